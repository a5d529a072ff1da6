import Bytes

/// Base64 (RFC 4648, 4), strictly: padded, without white space, and one spelling for each value.
package enum Base64 {
    /// Appends what `encoded` stands for to `decoded`; false, with `decoded` as it was, where it is
    /// not Base64.
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
        // RFC 4648, 3.5: what is left over is zero, or there would be several spellings.
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
