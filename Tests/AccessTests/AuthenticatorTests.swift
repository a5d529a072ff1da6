// SPDX-License-Identifier: Apache-2.0

import Foundation
import OpenSSL
import Testing

@testable import Access

struct AuthenticatorTests {
    /// What a request with these fields is found to be.
    private func sender(
        _ authorization: String, key: String = "", now: Int64 = 0
    ) throws -> Authenticator.Finding {
        let table = TokenTable([
            try TokenFixture.token("shop", "cw_s", expiresAt: 100),
            try TokenFixture.token("bank", "cw_b"),
        ])
        let authenticator = try #require(Authenticator(table))
        return authenticator.sender(
            authorization.utf8.span, apiKey: key.utf8.span, now: now)
    }

    private static func basic(_ text: String) -> String {
        "Basic " + Data(text.utf8).base64EncodedString()
    }

    @Test(arguments: [
        ("Bearer cw_s", ""), ("bEARER cw_s", ""), ("Splunk cw_s", ""), ("", "cw_s"),
        (basic("shop:cw_s"), ""), ("Bearer cw_s", "cw_s"), (basic("shop:cw_s"), "cw_s"),
    ])
    func `a secret is known in each of its forms`(authorization: String, key: String) throws {
        #expect(try sender(authorization, key: key) == .token(0))
    }

    @Test(
        arguments: [
            ("Bearer", ""), ("Bearer cw_", ""), ("Bearer cw_ss", ""), ("Bearer cw_S", ""),
            ("Bearer cw_s cw_s", ""), ("Bearer \(String(repeating: "a", count: 30_000))", ""),
            ("Basic", ""), ("Basic cw_s", ""), (basic("cw_s"), ""), (basic(":cw_s"), ""),
            (basic("bank:cw_s"), ""), (basic("shop:"), ""), (basic("shop:cw_b"), ""),
            (basic("Shop:cw_s"), ""), (basic("shop:cw_s") + "=", ""), (basic("shop: cw_s"), ""),
            (basic(String(repeating: "a", count: 30_000) + ":cw_s"), ""),
            ("", "cw_x"), ("", "Bearer cw_s"), ("Bearer cw_s", "cw_b"), ("Bearer cw_s", "cw_x"),
            ("Bearer cw_x", "cw_s"), ("Digest cw_s", "cw_s"),
        ])
    func `wrong or contradictory credentials are rejected`(
        authorization: String, key: String
    ) throws {
        #expect(try sender(authorization, key: key) == .wrong)
    }

    @Test(arguments: ["", "Digest username=shop", "cw_s", "Negotiate abc"])
    func `anything but a known secret counts as no credentials`(authorization: String) throws {
        #expect(try sender(authorization) == .missing)
    }

    @Test func `a request's credentials do not reach the next request`() throws {
        let table = TokenTable([
            try TokenFixture.token("shop", "cw_s"), try TokenFixture.token("bank", "cw_b"),
        ])
        let authenticator = try #require(Authenticator(table))
        let credentials: [(String, Authenticator.Finding)] = [
            (Self.basic("shop:cw_s"), .token(0)), (Self.basic("bank:cw_b"), .token(1)),
            (Self.basic("shop:cw_"), .wrong), (Self.basic("s"), .wrong), ("Basic !", .wrong),
            (Self.basic("shop:cw_s"), .token(0)),
        ]
        for (authorization, expected) in credentials {
            let found = authenticator.sender(
                authorization.utf8.span, apiKey: "".utf8.span, now: 0)
            #expect(found == expected, "\(authorization)")
        }
    }

    @Test func `the longest name and secret are known, and no longer secret is`() throws {
        let name = String(repeating: "n", count: Token.nameByteLimit)
        let secrets = [0, 1].map { String(repeating: "s", count: 256 + $0) }
        let table = TokenTable(try secrets.map { try TokenFixture.token(name, $0) })
        let authenticator = try #require(Authenticator(table))
        let found = secrets.map { secret in
            let credentials = Self.basic("\(name):\(secret)")
            return authenticator.sender(credentials.utf8.span, apiKey: "".utf8.span, now: 0)
        }
        #expect(found == [.token(0), .wrong])
    }

    @Test func `a token ends at its time`() throws {
        #expect(try sender("Bearer cw_s", now: 99) == .token(0))
        #expect(try sender("Bearer cw_s", now: 100) == .expired(0))
        #expect(try sender("Bearer cw_b", now: 100) == .token(1))
    }

    @Test func `each of many tokens is found, and no other`() throws {
        let tokens = try (0..<500).map { try TokenFixture.token("t\($0)", "cw_\($0)") }
        let table = TokenTable(tokens)
        for index in tokens.indices {
            #expect(table.index(of: tokens[index].digest) == index)
            // The same first bytes, as an attacker would have found them.
            var near = tokens[index].digest
            near[31] ^= 1
            #expect(table.index(of: near) == nil)
        }
        #expect(TokenTable([]).index(of: tokens[0].digest) == nil)
    }
}
