// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import OpenSSL

struct SHA256Tests {
    private static func digest(of text: String, _ hash: SHA256) throws -> SHA256.Digest {
        let digest = hash.digest(of: text.utf8.span)
        return try #require(digest)
    }

    /// The examples of FIPS 180-2, appendix B, and of nothing at all.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the same context gives the digest of each text`(text: String, expected: String) throws {
        let hash = try #require(SHA256())
        for _ in 0..<2 {
            let digest = try Self.digest(of: text, hash)
            let digits = digest.span.indices.map { index in
                String(digest[index] >> 4, radix: 16) + String(digest[index] & 15, radix: 16)
            }
            #expect(digits.joined() == expected)
        }
    }

    @Test func `digests are equal when all of their bytes are`() throws {
        let hash = try #require(SHA256())
        let one = try Self.digest(of: "one", hash)
        #expect(SHA256.areEqual(one, one))
        for index in 0..<32 {
            var other = one
            other[index] ^= 1
            #expect(!SHA256.areEqual(one, other))
        }
    }

    @Test func `secrets are as long as asked and never the same`() throws {
        let secrets = try (0..<100).map { _ in try #require(SecretBytes.make(32)) }
        #expect(secrets.allSatisfy { $0.count == 32 })
        #expect(Set(secrets).count == 100)
    }
}
