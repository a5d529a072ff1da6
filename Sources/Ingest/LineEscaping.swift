import Bytes

// What a raw stream may not hold as it is: everything that some reader takes for the end of a line
// or some terminal for a command. The control characters of C0 but tab, DEL, those of C1 (NEL is
// one of them), and U+2028 and U+2029.

extension ByteBuffer {
    /// Appends `text` as part of one line; ill-formed UTF-8 becomes U+FFFD.
    mutating func append(lineEscaping text: Span<UInt8>) {
        var copied = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte >= 0x20 && byte < 0x7F || byte == .tab {
                index += 1
                continue
            }
            let sequence = UTF8Sequence(in: text, at: index)
            let next = index + sequence.byteCount
            let escape = Self.lineEscape(in: text, at: index)
            if escape != nil || !sequence.isWellFormed {
                append(text.extracting(copied..<index))
                if let escape { append(unicodeEscape: escape) } else { append("\u{FFFD}") }
                copied = next
            }
            index = next
        }
        append(text.extracting(copied..<text.count))
    }

    /// Appends one character as part of one line.
    mutating func append(lineEscaping scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0..<9, 0xA..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
            append(unicodeEscape: UInt16(scalar.value))
        default:
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte) }
        }
    }

    /// The character at `index`, if it has to be escaped.
    private static func lineEscape(in text: Span<UInt8>, at index: Int) -> UInt16? {
        let byte = text[index]
        if byte < 0x80 { return UInt16(byte) }
        guard index + 1 < text.count else { return nil }
        let second = text[index + 1]
        if byte == 0xC2 { return 0x80..<0xA0 ~= second ? UInt16(second) : nil }
        guard byte == 0xE2, second == 0x80, index + 2 < text.count else { return nil }
        let third = text[index + 2]
        return third == 0xA8 || third == 0xA9 ? 0x2000 | UInt16(third & 0x3F) : nil
    }
}
