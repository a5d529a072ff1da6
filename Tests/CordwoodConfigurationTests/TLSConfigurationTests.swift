// SPDX-License-Identifier: Apache-2.0

import OpenSSL
import Testing

@testable import CordwoodConfiguration

@Suite struct TLSConfigurationTests {
    @Test(arguments: [
        (
            "tls:\n  listen: 10.0.0.1:1",
            "FILE:2: tls.listen has an address, but tls.certificates is empty: name the server's"
                + " certificate there."
        ),
        (
            "tls:\n  certificates: [a, b]",
            "FILE:2: tls.certificates has a file, but tls.listen is empty: nobody would be spoken"
                + " to by TLS; name an address there."
        ),
        (
            "tls:\n  listen: 10.0.0.1:1\n  certificates: [a, b]\n  keys: [c]",
            "FILE:4: tls.keys has 1 and tls.certificates 2: to each certificate belongs a key, or"
                + " tls.keys is empty and each is in its certificate's file."
        ),
        (
            "tls: {client_auth: required}",
            "FILE:1: tls.client_auth is required, but tls.client_ca is empty: name there whose"
                + " certificates are good."
        ),
        (
            "tls: {client_ca: a}",
            "FILE:1: tls.client_ca has a file, but tls.client_auth is none: nobody would be asked"
                + " for a certificate; say optional or required."
        ),
        (
            "listen: []",
            "FILE:1: listen and tls.listen are both empty: nobody could send anything."
        ),
        (
            "listen: [10.0.0.1:1]\ntls: {listen: [10.0.0.1:1], certificates: a}",
            "FILE:2: tls.listen and listen both have 10.0.0.1:1: an address is for one of them."
        ),
        (
            "listen: []\nadmin: {listen: 10.0.0.1:1}\ntls: {listen: 10.0.0.1:1, certificates: a}",
            "FILE:2: admin.listen and tls.listen both have 10.0.0.1:1: an address is for one of"
                + " them."
        ),
        (
            "tls:\n  min_version: 1.1",
            #"FILE:2: tls.min_version is "1.1", but must be 1.2 or 1.3."#
        ),
    ])
    func `contradictory settings are reported in a sentence`(yaml: String, sentence: String) throws
    {
        #expect(try mistakes(yaml) == [sentence])
    }

    @Test func `without keys each is in the file of its certificate`() throws {
        let yaml = "listen: []\ntls: {listen: 10.0.0.1:1, certificates: [a, b]}"
        let options = try #require(try load(yaml).effective.configuration.tlsOptions)
        #expect(options.identities.map(\.key) == ["a", "b"])
    }

    @Test func `keys belong to certificates in their order`() throws {
        let yaml = "tls: {listen: 10.0.0.1:1, certificates: [a, b], keys: [c, d]}"
        let options = try #require(try load(yaml).effective.configuration.tlsOptions)
        #expect(
            options.identities == [
                .init(certificate: "a", key: "c"), .init(certificate: "b", key: "d"),
            ])
    }

    @Test func `without a TLS listener there is no TLS`() throws {
        #expect(try load("tls: {min_version: 1.3}").effective.configuration.tlsOptions == nil)
    }
}
