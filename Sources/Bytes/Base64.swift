// SPDX-License-Identifier: Apache-2.0

/// Base64 (RFC 4648, 4), strictly: padded, without white space, and one spelling for each value.
package enum Base64 {
    /// The digits, and whether the last four are filled up.
    package struct Alphabet: Sendable {
        let digits: StaticString
        let isPadded: Bool

        /// RFC 4648, 4.
        package static let standard = Alphabet(
            digits: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            isPadded: true)

        /// RFC 4648, 5, without padding: safe in a shell, a URL and a header.
        package static let urlSafe = Alphabet(
            digits: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
            isPadded: false)
    }

    /// Appends the bytes that `encoded` stands for to `decoded`; false, with `decoded` unchanged, where
    /// it is not Base64.
    package static func decode(_ encoded: Span<UInt8>, into decoded: inout ByteBuffer) -> Bool {
        let before = decoded.count
        guard encoded.count % 4 == 0 else { return false }
        var count = encoded.count
        while count > 0, count > encoded.count - 2, encoded[count - 1] == UInt8(ascii: "=") {
            count -= 1
        }
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for index in 0..<count {
            guard let value = value(of: encoded[index]) else {
                decoded.truncate(to: before)
                return false
            }
            bits = bits << 6 | value
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                decoded.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        // RFC 4648, 3.5: the bits left over are zero, or there would be several spellings.
        guard bits & (1 << bitCount - 1) == 0 else {
            decoded.truncate(to: before)
            return false
        }
        return true
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

extension ByteBuffer {
    /// Appends `bytes` in Base64.
    package mutating func append(
        base64 bytes: Span<UInt8>, _ alphabet: Base64.Alphabet = .standard
    ) {
        let digits = alphabet.digits.utf8Start
        appendUninitialized(capacity: (bytes.count + 2) / 3 * 4) { room in
            var written = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let count = min(3, bytes.count - start)
                var group: UInt32 = 0
                for place in 0..<3 {
                    group = group << 8 | (place < count ? UInt32(bytes[start + place]) : 0)
                }
                for place in 0..<4 where place <= count || alphabet.isPadded {
                    let digit = Int(group >> UInt32(18 - 6 * place)) & 63
                    room[written] = place <= count ? digits[digit] : UInt8(ascii: "=")
                    written += 1
                }
            }
            return written
        }
    }
}
