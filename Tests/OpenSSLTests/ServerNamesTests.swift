// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import OpenSSL

@Suite struct ServerNamesTests {
    private static let names = {
        var names = ServerNames()
        names.add(["logs.example.org", "Other.Example.org"], for: 0)
        names.add(["*.example.org", "example.org"], for: 1)
        names.add(["*.example.org", "deep.a.example.org", "10.0.0.1"], for: 2)
        return names
    }()

    @Test(
        arguments: [
            ("logs.example.org", 0),
            ("LOGS.example.ORG", 0),
            ("other.example.org", 0),
            ("logs.example.org.", 0),
            // A name of its own comes before a star.
            ("any.example.org", 1),
            ("example.org", 1),
            ("deep.a.example.org", 2),
            // A star is one label (RFC 9525, 6.3).
            ("a.b.example.org", nil),
            (".example.org", nil),
            ("example.com", nil),
            ("org", nil),
            ("*.example.org", 1),
            ("", nil),
            (".", nil),
        ] as [(String, Int?)])
    func `a name chooses its certificate`(name: String, certificate: Int?) {
        #expect(Self.names.certificate(for: name) == certificate)
    }
}
