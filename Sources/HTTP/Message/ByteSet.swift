// SPDX-License-Identifier: Apache-2.0

/// A set of ASCII characters in two words.
///
/// A table of 256 entries would be a global behind a lazy initializer or a load through a pointer;
/// two constants live in registers.
struct ByteSet {
    private let low: UInt64
    private let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte & 0x40 == 0 ? low : high
        return byte < 0x80 && (word &>> UInt64(byte & 0x3f)) & 1 != 0
    }
}

// The tests compare these constants with the characters that the grammars name.
extension ByteSet {
    /// RFC 9110, 5.6.2: `tchar`.
    @inline(__always) static var token: ByteSet {
        ByteSet(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe)
    }

    /// Visible ASCII except `#`: more than RFC 3986 allows in a path or a query, because clients
    /// send `|`, `"` and brackets unencoded, but nothing that two parsers could read differently.
    @inline(__always) static var target: ByteSet {
        ByteSet(low: 0xffff_fff6_0000_0000, high: 0x7fff_ffff_ffff_ffff)
    }

    /// The characters of an identifier that a client chooses, and that is echoed and logged.
    @inline(__always) static var identifier: ByteSet {
        ByteSet(low: 0x27ff_e800_0000_0000, high: 0x47ff_fffe_87ff_fffe)
    }

    /// RFC 3986, 3.2.2: `reg-name` without its percent-encoded octets.
    @inline(__always) static var registeredName: ByteSet {
        ByteSet(low: 0x2bff_7fd2_0000_0000, high: 0x47ff_fffe_87ff_fffe)
    }

    /// The characters of an IPv6 address between its brackets.
    @inline(__always) static var ipv6: ByteSet {
        ByteSet(low: 0x07ff_4000_0000_0000, high: 0x0000_007e_0000_007e)
    }

    @inline(__always) static var hexadecimal: ByteSet {
        ByteSet(low: 0x03ff_0000_0000_0000, high: 0x0000_007e_0000_007e)
    }
}
