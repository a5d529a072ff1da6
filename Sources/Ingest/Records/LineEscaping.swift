// SPDX-License-Identifier: Apache-2.0

import Bytes

// What a raw stream may not hold as it is: everything that some reader takes for the end of a line
// or some terminal for a command. The control characters of C0 but tab, DEL, those of C1 (NEL is
// one of them), and U+2028 and U+2029. Each becomes `\uXXXX`, and so does a backslash in front of
// what would be read as such an escape; therefore the text can be restored. A line that begins with
// a brace is JSON, or text as it came: text that needs an escape has its brace escaped too.

extension ByteBuffer {
    /// Appends `text`, in UTF-8 but for halves of surrogate pairs, as part of one line.
    mutating func append(rawText text: Span<UInt8>) {
        let start = text.skippingWhiteSpace(from: 0)
        guard start < text.count, text[start] == .openBrace, text.needsLineEscape else {
            return append(lineEscaping: text, backslashes: true)
        }
        append(lineEscaping: text.extracting(0..<start), backslashes: true)
        append(unicodeEscape: UInt16(UInt8.openBrace))
        append(lineEscaping: text.extracting(start + 1..<text.count), backslashes: true)
    }

    /// The text is lent whole, because a span of a property counts as an access to all of its owner.
    mutating func append(rawText text: borrowing ByteBuffer) { append(rawText: text.span) }

    /// Appends `text` as part of one line; `backslashes` says whether those are escaped that seem to
    /// begin an escape.
    mutating func append(lineEscaping text: Span<UInt8>, backslashes: Bool) {
        var copied = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte >= 0x20 && byte < 0x7F && byte != .backslash || byte == .tab {
                index += 1
                continue
            }
            guard let escape = text.lineEscape(at: index, backslashes: backslashes) else {
                index += 1
                continue
            }
            append(text.extracting(copied..<index))
            append(unicodeEscape: escape.unit)
            index += escape.byteCount
            copied = index
        }
        append(text.extracting(copied..<text.count))
    }
}

extension Span<UInt8> {
    fileprivate var needsLineEscape: Bool {
        for index in 0..<count {
            let byte = self[index]
            if byte >= 0x20 && byte < 0x7F && byte != .backslash || byte == .tab { continue }
            if lineEscape(at: index, backslashes: true) != nil { return true }
        }
        return false
    }

    /// The character at `index` and its bytes, if it has to be escaped; inside of a character there
    /// is nothing to escape.
    fileprivate func lineEscape(
        at index: Int, backslashes: Bool
    ) -> (unit: UInt16, byteCount: Int)? {
        let byte = self[index]
        if byte == .backslash {
            return backslashes && isUnicodeEscape(at: index) ? (UInt16(byte), 1) : nil
        }
        if byte < 0x80 { return (UInt16(byte), 1) }
        guard index + 1 < count else { return nil }
        let second = self[index + 1]
        if byte == 0xC2 { return 0x80..<0xA0 ~= second ? (UInt16(second), 2) : nil }
        guard index + 2 < count else { return nil }
        let third = self[index + 2]
        if byte == 0xE2, second == 0x80, third == 0xA8 || third == 0xA9 {
            return (0x2000 | UInt16(third & 0x3F), 3)
        }
        // Half of a surrogate pair.
        guard byte == 0xED, second >= 0xA0 else { return nil }
        return (0xD000 | UInt16(second & 0x3F) << 6 | UInt16(third & 0x3F), 3)
    }

    private func isUnicodeEscape(at index: Int) -> Bool {
        guard index + 6 <= count, self[index + 1] == UInt8(ascii: "u") else { return false }
        return (index + 2..<index + 6).allSatisfy { self[$0].hexadecimalValue != nil }
    }
}
