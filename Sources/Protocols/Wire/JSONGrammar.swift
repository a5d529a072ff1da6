// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

// The grammar of RFC 8259. Each function is given where it begins and returns where it ends, so that
// places stay in registers from token to token.

extension Span<UInt8> {
    /// Skips white space from `index` on and returns the byte behind it; 0 at the end.
    @inline(__always)
    func nextToken(_ index: inout Int, _ hasLineBreaks: inout Bool) -> UInt8 {
        if index < count {
            let byte = self[index]
            if byte > .space { return byte }
            if byte == .space, index &+ 1 < count {
                let next = self[index &+ 1]
                if next > .space {
                    index &+= 1
                    return next
                }
            }
        }
        let (end, passedBreak) = endOfSpace(from: index)
        index = end
        if passedBreak { hasLineBreaks = true }
        return end < count ? self[end] : 0
    }

    @inline(never)
    private func endOfSpace(from start: Int) -> (end: Int, hasLineBreaks: Bool) {
        var index = start
        var hasLineBreaks = false
        while index < count, self[index].isJSONSpace {
            if self[index] == .lineFeed || self[index] == .carriageReturn { hasLineBreaks = true }
            index &+= 1
        }
        return (index, hasLineBreaks)
    }

    /// Where the object or array at `start` ends, which has at most `levels` levels.
    @inline(never)
    func endOfNested(
        at start: Int, levels: Int
    ) throws(JSONMistake) -> (end: Int, hasLineBreaks: Bool) {
        // A bit for each open level, the innermost lowest: 1 for an object, 0 for an array.
        var kinds: UInt64 = 0
        var level = 0
        var index = start
        var hasLineBreaks = false
        while true {
            let kind = nextToken(&index, &hasLineBreaks)
            if kind == .openBrace || kind == .openBracket {
                guard level < levels else { throw JSONMistake(.tooDeep, at: index) }
                if level == 64 {
                    // No bit is left: the other levels are for a call of its own.
                    let nested = try endOfNested(at: index, levels: levels - level)
                    index = nested.end
                    if nested.hasLineBreaks { hasLineBreaks = true }
                } else {
                    level &+= 1
                    index &+= 1
                    let first = nextToken(&index, &hasLineBreaks)
                    if kind == .openBrace {
                        kinds = kinds &<< 1 | 1
                        if first != .closeBrace {
                            index = try endOfKey(at: index, first, &hasLineBreaks)
                            continue
                        }
                    } else {
                        kinds = kinds &<< 1
                        if first != .closeBracket { continue }
                    }
                }
            } else {
                index = try endOfScalar(at: index, kind)
            }
            // Behind a value.
            while true {
                let byte = nextToken(&index, &hasLineBreaks)
                if byte == .comma {
                    index &+= 1
                    guard kinds & 1 == 1 else { break }
                    let first = nextToken(&index, &hasLineBreaks)
                    index = try endOfKey(at: index, first, &hasLineBreaks)
                    break
                }
                guard byte == (kinds & 1 == 1 ? .closeBrace : .closeBracket) else {
                    throw JSONMistake(.invalidJSON, at: index)
                }
                index &+= 1
                level &-= 1
                kinds &>>= 1
                if level == 0 { return (index, hasLineBreaks) }
            }
        }
    }

    /// Where the colon behind the key at `start`, which begins with `first`, ends.
    @inline(__always)
    private func endOfKey(
        at start: Int, _ first: UInt8, _ hasLineBreaks: inout Bool
    ) throws(JSONMistake) -> Int {
        guard first == .quote else { throw JSONMistake(.invalidJSON, at: start) }
        var index = try endOfString(at: start).end
        guard nextToken(&index, &hasLineBreaks) == .colon else {
            throw JSONMistake(.invalidJSON, at: index)
        }
        return index &+ 1
    }

    /// Where the string, number or literal at `start` ends; `kind` is its first byte.
    @inline(__always)
    func endOfScalar(at start: Int, _ kind: UInt8) throws(JSONMistake) -> Int {
        switch kind {
        case .quote: return try endOfString(at: start).end
        case UInt8(ascii: "t"): return try endOfLiteral(at: start, "true")
        case UInt8(ascii: "f"): return try endOfLiteral(at: start, "false")
        case UInt8(ascii: "n"): return try endOfLiteral(at: start, "null")
        default: return try endOfNumber(at: start)
        }
    }

    private func endOfLiteral(at start: Int, _ literal: StaticString) throws(JSONMistake) -> Int {
        let end = start &+ literal.utf8CodeUnitCount
        guard end <= count, extracting(start..<end).equals(literal) else {
            throw JSONMistake(.invalidJSON, at: start)
        }
        return end
    }

    /// Where the string at `start` ends, behind its quote.
    @inline(__always)
    func endOfString(at start: Int) throws(JSONMistake) -> (end: Int, hasEscapes: Bool) {
        var index = start &+ 1
        let raw = bytes
        while index &+ 8 <= count {
            // A byte that is below 0x20, or 0 after XOR, borrows into its own top bit. The lowest bit
            // that is set is exact.
            let word = UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslashes = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let others = (word &- 0x2020_2020_2020_2020) | backslashes | word
            let found = (quotes | others) & 0x8080_8080_8080_8080
            if found == 0 {
                index &+= 8
                continue
            }
            guard others & found & (0 &- found) == 0 else { break }
            return (index &+ found.trailingZeroBitCount &>> 3 &+ 1, false)
        }
        return try endOfAnyString(at: start)
    }

    /// The same for a string that has escapes, that is not ASCII, or that is near the end.
    @inline(never)
    private func endOfAnyString(
        at start: Int
    ) throws(JSONMistake) -> (end: Int, hasEscapes: Bool) {
        let first = start &+ 1
        var index = first
        var hasEscapes = false
        var octets: UInt64 = 0
        while true {
            index = endOfPlainText(from: index, octets: &octets)
            guard index < count else { throw JSONMistake(.invalidJSON, at: count) }
            let byte = self[index]
            if byte == .quote { break }
            guard byte == .backslash, let next = endOfEscape(at: index) else {
                throw JSONMistake(.invalidJSON, at: index)
            }
            hasEscapes = true
            index = next
        }
        if octets & 0x8080_8080_8080_8080 != 0, !extracting(first..<index).isUTF8 {
            throw JSONMistake(.invalidUTF8, at: first)
        }
        return (index &+ 1, hasEscapes)
    }

    /// The first place at or behind `start` of a quote, backslash or control character; `count` if
    /// there is none.
    ///
    /// The bytes before it are added to `octets` with OR, each at some place of it.
    @inline(__always)
    private func endOfPlainText(from start: Int, octets: inout UInt64) -> Int {
        var index = start
        let raw = bytes
        while index &+ 8 <= count {
            // A byte that is below 0x20, or 0 after XOR, borrows into its own top bit, which was 0.
            // The lowest bit that is set is exact.
            let word = UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let below = word &- 0x2020_2020_2020_2020
            let quotes = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslashes = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let found = (below | quotes | backslashes) & ~word & 0x8080_8080_8080_8080
            if found != 0 {
                octets |= word & ((found & (0 &- found)) &- 1)
                return index &+ found.trailingZeroBitCount &>> 3
            }
            octets |= word
            index &+= 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte == .quote || byte == .backslash { return index }
            octets |= UInt64(byte)
            index &+= 1
        }
        return index
    }

    /// Where the escape at `index` ends (section 7); nil if it is none.
    private func endOfEscape(at index: Int) -> Int? {
        guard index &+ 1 < count else { return nil }
        switch self[index &+ 1] {
        case .quote, .backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index &+ 2
        case UInt8(ascii: "u"):
            guard index &+ 6 <= count else { return nil }
            for place in index &+ 2..<index &+ 6 where self[place].hexadecimalValue == nil {
                return nil
            }
            return index &+ 6
        default: return nil
        }
    }

    /// Where the number at `start` ends (section 6).
    func endOfNumber(at start: Int) throws(JSONMistake) -> Int {
        var index = start
        if index < count, self[index] == UInt8(ascii: "-") { index &+= 1 }
        if index < count, self[index] == UInt8(ascii: "0") {
            index &+= 1
        } else {
            index = try endOfDigits(at: index)
        }
        if index < count, self[index] == UInt8(ascii: ".") {
            index = try endOfDigits(at: index &+ 1)
        }
        if index < count, self[index] | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            if index < count, self[index] == UInt8(ascii: "+") || self[index] == UInt8(ascii: "-") {
                index &+= 1
            }
            index = try endOfDigits(at: index)
        }
        guard index &- start <= JSONScanner.numberLimit else {
            throw JSONMistake(.numberTooLong, at: start)
        }
        return index
    }

    @inline(__always)
    private func endOfDigits(at start: Int) throws(JSONMistake) -> Int {
        var index = start
        while index < count, self[index].isDigit { index &+= 1 }
        guard index > start else { throw JSONMistake(.invalidJSON, at: start) }
        return index
    }
}
