// SPDX-License-Identifier: Apache-2.0

import OpenSSL
import Streams
import Testing

@testable import Access

/// Secrets that the tests know.
enum TokenFixture {
    static func digest(of secret: String) throws -> SHA256.Digest {
        let hash = try #require(SHA256())
        let digest = hash.digest(of: secret.utf8.span)
        return try #require(digest)
    }

    static func hexadecimal(of secret: String) throws -> String {
        let digest = try digest(of: secret)
        return (0..<digest.count).map { index in
            String(digest[index] >> 4, radix: 16) + String(digest[index] & 15, radix: 16)
        }.joined()
    }

    static func token(
        _ name: String, _ secret: String, streams: [String] = ["*"], expiresAt: Int64? = nil
    ) throws -> Token {
        Token(
            name: name, digest: try digest(of: secret),
            streams: streams.compactMap { StreamPattern($0) },
            expiresAt: expiresAt)
    }
}
