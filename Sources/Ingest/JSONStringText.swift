import Bytes

extension ByteBuffer {
    /// Appends what the inside of a valid JSON string stands for, as part of one line.
    mutating func append(lineEscapingString inside: Span<UInt8>) {
        var index = 0
        while index < inside.count {
            let escape = inside.firstIndex(of: .backslash, from: index)
            append(lineEscaping: inside.extracting(index..<escape))
            guard escape < inside.count else { return }
            let (scalar, next) = Self.unescape(inside, at: escape)
            append(lineEscaping: scalar)
            index = next
        }
    }

    /// The character of the escape at `index`, and where the escape ends.
    private static func unescape(
        _ text: Span<UInt8>, at index: Int
    ) -> (scalar: Unicode.Scalar, end: Int) {
        switch text[index + 1] {
        case UInt8(ascii: "u"): break
        case UInt8(ascii: "b"): return ("\u{8}", index + 2)
        case UInt8(ascii: "f"): return ("\u{C}", index + 2)
        case UInt8(ascii: "n"): return ("\n", index + 2)
        case UInt8(ascii: "r"): return ("\r", index + 2)
        case UInt8(ascii: "t"): return ("\t", index + 2)
        case let byte: return (Unicode.Scalar(byte), index + 2)
        }
        let unit = codeUnit(text, at: index) ?? 0xFFFD
        if let scalar = Unicode.Scalar(unit) { return (scalar, index + 6) }
        guard UTF16.isLeadSurrogate(UInt16(unit)), let low = codeUnit(text, at: index + 6),
            UTF16.isTrailSurrogate(UInt16(low)),
            let scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF))
        else { return ("\u{FFFD}", index + 6) }
        return (scalar, index + 12)
    }

    /// The value of a `\uXXXX` at `index`; nil if there is none.
    private static func codeUnit(_ text: Span<UInt8>, at index: Int) -> UInt32? {
        guard index + 6 <= text.count, text[index] == .backslash,
            text[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for place in index + 2..<index + 6 {
            guard let digit = hexDigit(text[place]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}

/// The value of a hexadecimal digit.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
