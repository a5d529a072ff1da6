// SPDX-License-Identifier: Apache-2.0

import Bytes

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
    static let equals = UInt8(ascii: "=")
    static let ampersand = UInt8(ascii: "&")
    static let percent = UInt8(ascii: "%")
    /// In front of each text of a JSON text sequence (RFC 7464, section 2.2).
    static let recordSeparator: UInt8 = 0x1E

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

    /// Whether a number or literal may begin so.
    var beginsScalar: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "t"),
            UInt8(ascii: "f"), UInt8(ascii: "n"):
            true
        default: false
        }
    }

    /// Whether a JSON value may begin so.
    var beginsValue: Bool {
        self == .openBrace || self == .openBracket || self == .quote || beginsScalar
    }

    /// A byte of a UTF-8 sequence other than its first.
    var isContinuation: Bool { self & 0xC0 == 0x80 }
}

extension Span<UInt8> {
    /// The first place at or behind `start` that is not white space; `count` if there is none.
    func skippingWhiteSpace(from start: Int) -> Int {
        var index = start
        while index < count, self[index].isWhiteSpace { index += 1 }
        return index
    }

    /// Whether U+FEFF in UTF-8 stands at `index`.
    func isByteOrderMark(at index: Int) -> Bool {
        index + 3 <= count && self[index] == 0xEF && self[index + 1] == 0xBB
            && self[index + 2] == 0xBF
    }

    /// Where the byte order marks at `index` end; nil if they are a part of what follows.
    ///
    /// They are none of white space, a comma, the end, or a value whose first byte tells where it
    /// begins. Files that were put together have a mark in front of each, but not hundreds.
    func endOfByteOrderMarks(at index: Int) -> Int? {
        var end = index
        while end - index < 64 * 3, isByteOrderMark(at: end) { end += 3 }
        guard end > index else { return nil }
        guard end < count else { return end }
        switch self[end] {
        case .openBrace, .openBracket, .quote, .comma: return end
        default: return self[end].isWhiteSpace ? end : nil
        }
    }

    /// How many bytes are UTF-8 in front of the first sequence that is not.
    var validPrefixCount: Int {
        var index = 0
        while index < count {
            let sequence = UTF8Sequence(in: self, at: index)
            guard sequence.isWellFormed else { return index }
            index += sequence.byteCount
        }
        return count
    }

    /// Whether nothing but white space stands between the first byte and the last.
    ///
    /// Objects of nothing are the shortest records, for which an index costs most.
    var isBlankInside: Bool {
        for index in 1..<count - 1 where !self[index].isWhiteSpace { return false }
        return true
    }

    /// Where in a record that is UTF-8, but has no index, JSON ends: at a control character in a
    /// string, or at the end, where a string or bracket is still open.
    var mistake: Int {
        var scanner = StructureScanner()
        for index in 0..<count {
            if scanner.isInString, self[index] < 0x20 { return index }
            scanner.step(self[index])
        }
        return count
    }

    /// `range` without white space at its end.
    func trimmingEnd(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, self[end - 1].isWhiteSpace { end -= 1 }
        return range.lowerBound..<end
    }

    /// `range` without white space at either end.
    func trimming(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound, self[start].isWhiteSpace { start += 1 }
        return trimmingEnd(start..<range.upperBound)
    }

    /// The last place at or before `index` where no UTF-8 sequence is cut in two.
    func characterBoundary(atOrBefore index: Int) -> Int {
        guard index < count else { return count }
        var boundary = index
        while boundary > 0, index - boundary < 3, self[boundary].isContinuation { boundary -= 1 }
        return self[boundary].isContinuation ? index : boundary
    }
}
