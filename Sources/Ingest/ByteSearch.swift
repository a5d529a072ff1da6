import Glibc

extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")

    /// White space of RFC 8259, section 2.
    var isWhiteSpace: Bool {
        self == .space || self == .lineFeed || self == .carriageReturn || self == .tab
    }

    /// White space, or one of the six structural characters of RFC 8259, section 2.
    var isDelimiter: Bool {
        switch self {
        case .openBrace, .closeBrace, .openBracket, .closeBracket, .comma, UInt8(ascii: ":"): true
        default: isWhiteSpace
        }
    }

    /// A byte of a UTF-8 sequence other than its first.
    var isContinuation: Bool { self & 0xC0 == 0x80 }
}

extension Span<UInt8> {
    /// Where `byte` comes first in `start..<count`; `count` if nowhere.
    func firstIndex(of byte: UInt8, from start: Int) -> Int {
        guard start < count else { return count }
        return withUnsafeBufferPointer { bytes in
            // SAFETY: start is within the contents, and memchr stays within the count it is given.
            guard let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(byte), bytes.count - start)
            else { return bytes.count }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Where `byte` comes last in `range`; nil if nowhere.
    func lastIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        var index = range.upperBound
        while index > range.lowerBound {
            index -= 1
            if self[index] == byte { return index }
        }
        return nil
    }

    /// The first place at or behind `start` that is not white space; `count` if there is none.
    func skippingWhiteSpace(from start: Int) -> Int {
        var index = start
        while index < count, self[index].isWhiteSpace { index += 1 }
        return index
    }

    /// `range` without white space at its end.
    func trimmingEnd(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, self[end - 1].isWhiteSpace { end -= 1 }
        return range.lowerBound..<end
    }

    /// The last place at or before `index` where no UTF-8 sequence is cut in two.
    func characterBoundary(atOrBefore index: Int) -> Int {
        guard index < count else { return count }
        var boundary = index
        while boundary > 0, index - boundary < 3, self[boundary].isContinuation { boundary -= 1 }
        return self[boundary].isContinuation ? index : boundary
    }
}
