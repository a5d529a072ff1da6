// SPDX-License-Identifier: Apache-2.0

import Bytes

extension ByteBuffer {
    /// Appends what the inside of a valid JSON string stands for.
    ///
    /// Half of a surrogate pair, which is no character, becomes the three bytes that UTF-8 would
    /// have for it; `append(rawText:)` knows them.
    package mutating func append(insideOfString inside: Span<UInt8>) {
        var index = 0
        while index < inside.count {
            let escape = inside.firstIndex(of: .backslash, from: index)
            append(inside.extracting(index..<escape))
            guard escape < inside.count else { return }
            index = appendUnescaped(inside, at: escape)
        }
    }

    /// Appends the character of the escape at `index`, and returns where the escape ends.
    private mutating func appendUnescaped(_ text: Span<UInt8>, at index: Int) -> Int {
        switch text[index + 1] {
        case UInt8(ascii: "u"): break
        case UInt8(ascii: "b"): append(0x08)
        case UInt8(ascii: "f"): append(0x0C)
        case UInt8(ascii: "n"): append(.lineFeed)
        case UInt8(ascii: "r"): append(.carriageReturn)
        case UInt8(ascii: "t"): append(.tab)
        case let byte: append(byte)
        }
        guard text[index + 1] == UInt8(ascii: "u") else { return index + 2 }
        let unit = Self.codeUnit(text, at: index) ?? 0xFFFD
        guard unit & 0xFC00 == 0xD800, let low = Self.codeUnit(text, at: index + 6),
            low & 0xFC00 == 0xDC00
        else {
            append(codePoint: unit)
            return index + 6
        }
        append(codePoint: 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF))
        return index + 12
    }

    /// Appends a code point as UTF-8 would have it, a surrogate too.
    private mutating func append(codePoint: UInt32) {
        func continuation(_ shift: UInt32) -> UInt8 {
            0x80 | UInt8(truncatingIfNeeded: codePoint >> shift) & 0x3F
        }
        switch codePoint {
        case 0..<0x80: append(UInt8(truncatingIfNeeded: codePoint))
        case 0x80..<0x800:
            append(0xC0 | UInt8(truncatingIfNeeded: codePoint >> 6))
            append(continuation(0))
        case 0x800..<0x10000:
            append(0xE0 | UInt8(truncatingIfNeeded: codePoint >> 12))
            append(continuation(6))
            append(continuation(0))
        default:
            append(0xF0 | UInt8(truncatingIfNeeded: codePoint >> 18))
            append(continuation(12))
            append(continuation(6))
            append(continuation(0))
        }
    }

    /// The value of a `\uXXXX` at `index`; nil if there is none.
    private static func codeUnit(_ text: Span<UInt8>, at index: Int) -> UInt32? {
        guard index + 6 <= text.count, text[index] == .backslash,
            text[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for place in index + 2..<index + 6 {
            guard let digit = text[place].hexadecimalValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
