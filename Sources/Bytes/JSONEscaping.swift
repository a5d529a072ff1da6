// SPDX-License-Identifier: Apache-2.0

extension ByteBuffer {
    /// Appends `text` as the inside of a JSON string; ill-formed UTF-8 becomes U+FFFD.
    package mutating func append(jsonEscaping text: Span<UInt8>) {
        _ = append(jsonEscaping: text, replacesIllFormed: true)
    }

    /// Appends `text` as the inside of a JSON string; false, with nothing appended, where it is not
    /// UTF-8.
    package mutating func append(jsonEscapingUTF8 text: Span<UInt8>) -> Bool {
        let before = count
        if append(jsonEscaping: text, replacesIllFormed: false) { return true }
        truncate(to: before)
        return false
    }

    /// Returns false, with a part appended, at the first ill-formed sequence that is not replaced.
    @inline(__always)
    private mutating func append(jsonEscaping text: Span<UInt8>, replacesIllFormed: Bool) -> Bool {
        var copied = 0
        var index = 0
        while true {
            index = text.firstSpecial(from: index)
            guard index < text.count else { break }
            let byte = text[index]
            if byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                index += 1
                continue
            }
            let sequence = UTF8Sequence(in: text, at: index)
            let next = index + sequence.byteCount
            if byte < 0x80 || !sequence.isWellFormed {
                if byte >= 0x80, !replacesIllFormed { return false }
                append(text.extracting(copied..<index))
                if byte < 0x80 { append(jsonEscape: byte) } else { append("\u{FFFD}") }
                copied = next
            }
            index = next
        }
        append(text.extracting(copied..<text.count))
        return true
    }

    /// Appends another buffer's text as the inside of a JSON string.
    ///
    /// The buffer is borrowed whole, because a span of a property counts as an access to its owner.
    package mutating func append(jsonEscaping text: borrowing ByteBuffer) {
        append(jsonEscaping: text.span)
    }

    /// Appends `text` as a JSON string, quotes included (RFC 8259, section 7).
    package mutating func append(jsonString text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { append(jsonEscaping: $0.span) }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(jsonEscape byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        default: append(unicodeEscape: UInt16(byte))
        }
    }

    /// Appends `\uXXXX`.
    package mutating func append(unicodeEscape unit: UInt16) {
        append("\\u")
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0xF
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}

extension Span<UInt8> {
    /// The first place at or behind `start` that may hold a byte that JSON escapes or that is not
    /// ASCII, or the last seven bytes at most.
    @inline(__always)
    fileprivate func firstSpecial(from start: Int) -> Int {
        var index = start
        let octets = bytes
        while index &+ 8 <= count {
            // Eight at a time: a byte below 0x20, or a byte that is 0 after XOR, borrows into its own
            // top bit. The lowest bit set is exact.
            let word = UInt64(
                littleEndian: octets.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let below = word &- 0x2020_2020_2020_2020
            let quotes = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslashes = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let found = (below | quotes | backslashes | word) & 0x8080_8080_8080_8080
            if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        return index
    }
}
