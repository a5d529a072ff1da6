// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Bytes that nobody can guess.
package enum SecretBytes {
    /// `count` of them from OpenSSL's generator for private values, RAND_priv_bytes(3); nil where
    /// it has no entropy.
    package static func make(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return RAND_priv_bytes(&bytes, Int32(count)) == 1 ? bytes : nil
    }
}
