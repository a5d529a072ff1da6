// SPDX-License-Identifier: Apache-2.0

import OpenSSL

/// All tokens, by the digests of their secrets.
package struct TokenTable: Sendable {
    /// In the order of the file.
    package let tokens: [Token]
    /// The first eight bytes of each digest, sorted, with the place of the token.
    private let keys: [UInt64]
    private let places: [Int]

    init(_ tokens: [Token]) {
        self.tokens = tokens
        let sorted = tokens.indices.sorted {
            Self.key(of: tokens[$0].digest) < Self.key(of: tokens[$1].digest)
        }
        places = sorted
        keys = sorted.map { Self.key(of: tokens[$0].digest) }
    }

    /// The place of the token with this digest.
    ///
    /// The time of the search depends on the digest, which reveals nothing: an attacker cannot
    /// choose the digest of a secret, nor find a secret for a digest. The whole digest is then
    /// compared in constant time.
    func index(of digest: SHA256.Digest) -> Int? {
        let key = Self.key(of: digest)
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        while low < keys.count, keys[low] == key {
            let place = places[low]
            if SHA256.areEqual(tokens[place].digest, digest) { return place }
            low += 1
        }
        return nil
    }

    private static func key(of digest: SHA256.Digest) -> UInt64 {
        withUnsafeBytes(of: digest) { UInt64(bigEndian: $0.load(as: UInt64.self)) }
    }
}
