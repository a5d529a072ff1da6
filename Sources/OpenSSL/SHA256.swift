// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// SHA-256 (FIPS 180-4), with a context that is used again and again.
package final class SHA256 {
    package typealias Digest = InlineArray<32, UInt8>

    // SAFETY: made once, freed once, in `deinit`; nobody else has it.
    private let context: OpaquePointer

    /// Nil only if memory runs out, or if a policy of the machine forbids the algorithm.
    package init?() {
        guard let context = EVP_MD_CTX_new() else { return nil }
        self.context = context
        // Looks the algorithm up once, so that a digest costs no more than the hashing.
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            return nil
        }
    }

    deinit { EVP_MD_CTX_free(context) }

    /// The digest of `bytes`, EVP_DigestInit(3); nil where OpenSSL fails.
    package func digest(of bytes: Span<UInt8>) -> Digest? {
        var digest = Digest(repeating: 0)
        let isDone = bytes.withUnsafeBufferPointer { input in
            withUnsafeMutableBytes(of: &digest) { output in
                EVP_DigestInit_ex(context, nil, nil) == 1
                    && EVP_DigestUpdate(context, input.baseAddress, input.count) == 1
                    && EVP_DigestFinal_ex(
                        context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
            }
        }
        return isDone ? digest : nil
    }

    /// Whether two digests are the same, in a time that does not tell how much of them is,
    /// CRYPTO_memcmp(3).
    package static func areEqual(_ left: Digest, _ right: Digest) -> Bool {
        withUnsafeBytes(of: left) { left in
            withUnsafeBytes(of: right) { right in
                CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
            }
        }
    }
}
