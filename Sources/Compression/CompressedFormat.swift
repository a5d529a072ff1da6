// SPDX-License-Identifier: Apache-2.0

import CZlib

/// How deflate's bytes (RFC 1951) are wrapped.
package enum CompressedFormat: Sendable, CaseIterable {
    /// RFC 1952: a header, and the checksum and length behind each member.
    case gzip
    /// RFC 1950: two bytes in front, a checksum behind.
    case zlib
    /// Nothing around them.
    case raw

    /// zlib's number for a window of 32 KiB in this format.
    var windowBits: Int32 {
        switch self {
        case .gzip: MAX_WBITS + 16
        case .zlib: MAX_WBITS
        case .raw: -MAX_WBITS
        }
    }
}

/// The library that compresses and decompresses.
package enum Zlib {
    /// Its version, such as `1.2.13`.
    package static var version: String { String(cString: zlibVersion()) }
}
