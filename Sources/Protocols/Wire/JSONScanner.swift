// SPDX-License-Identifier: Apache-2.0

import Ingest

/// Reads JSON (RFC 8259) from front to back, for bodies whose members are looked up in order.
///
/// What it has read is valid: the grammar, escapes, UTF-8, and the limits of nesting and numbers.
/// Only the end of a value at the top is not checked, as in `1x`: look at `peek()` behind it.
///
///     var more = try json.openObject()
///     while more {
///         let key = try json.readKey()
///         if json.isEqual(key, "time") { … } else { _ = try json.skipValue() }
///         more = try json.continueObject()
///     }
///
/// To pause, keep `offset` and `depth`, and make a scanner of the same text with them later. After a
/// mistake the scanner is of no use; `offset` then is anywhere between its last value and there.
package struct JSONScanner: ~Escapable {
    package let text: Span<UInt8>
    /// Where reading goes on.
    package private(set) var offset: Int
    /// How many objects and arrays are open.
    package private(set) var depth: Int
    let depthLimit: Int
    /// Whether CR or LF were passed between tokens.
    package private(set) var hasLineBreaks = false

    /// How many bytes a number may have.
    static var numberLimit: Int { 4096 }

    /// A scanner of `text` from `offset` on.
    ///
    /// - Parameters:
    ///   - depth: How many objects and arrays are open at `offset`.
    ///   - depthLimit: How many may be open.
    @_lifetime(copy text)
    package init(
        _ text: Span<UInt8>, at offset: Int = 0, depth: Int = 0, depthLimit: Int = 64
    ) {
        self.text = text
        self.offset = offset
        self.depth = depth
        self.depthLimit = depthLimit
    }

    // MARK: Tokens

    /// Skips white space and returns the byte behind it: the first of a value, if one is next; 0 at
    /// the end of the text.
    @inline(__always)
    package mutating func peek() -> UInt8 { text.nextToken(&offset, &hasLineBreaks) }

    /// Whether nothing but white space is left.
    package mutating func isAtEnd() -> Bool { peek() == 0 && offset == text.count }

    /// Reads `byte`, one of the six structural characters.
    @inline(__always)
    package mutating func expect(_ byte: UInt8) throws(JSONMistake) {
        guard peek() == byte else { throw mistake() }
        offset &+= 1
    }

    /// Why what stands at `offset` is no JSON.
    package func mistake() -> JSONMistake { JSONMistake(.invalidJSON, at: offset) }

    // MARK: Objects and arrays

    /// Reads the brace in front of an object, and the one behind it if it is empty.
    ///
    /// - Returns: Whether a member follows.
    @inline(__always)
    package mutating func openObject() throws(JSONMistake) -> Bool {
        try open(.openBrace, .closeBrace)
    }

    /// Reads the comma behind a member, or the brace behind the last.
    ///
    /// - Returns: Whether a member follows.
    @inline(__always)
    package mutating func continueObject() throws(JSONMistake) -> Bool {
        try proceed(until: .closeBrace)
    }

    /// Reads the bracket in front of an array, and the one behind it if it is empty.
    ///
    /// - Returns: Whether an element follows.
    @inline(__always)
    package mutating func openArray() throws(JSONMistake) -> Bool {
        try open(.openBracket, .closeBracket)
    }

    /// Reads the comma behind an element, or the bracket behind the last.
    ///
    /// - Returns: Whether an element follows.
    @inline(__always)
    package mutating func continueArray() throws(JSONMistake) -> Bool {
        try proceed(until: .closeBracket)
    }

    @inline(__always)
    private mutating func open(_ first: UInt8, _ last: UInt8) throws(JSONMistake) -> Bool {
        try expect(first)
        guard depth < depthLimit else { throw JSONMistake(.tooDeep, at: offset - 1) }
        guard peek() == last else {
            depth += 1
            return true
        }
        offset &+= 1
        return false
    }

    @inline(__always)
    private mutating func proceed(until last: UInt8) throws(JSONMistake) -> Bool {
        let byte = peek()
        if byte == .comma {
            offset &+= 1
            return true
        }
        guard byte == last else { throw mistake() }
        offset &+= 1
        depth -= 1
        return false
    }

    // MARK: Values

    /// Reads the name of a member, and the colon.
    @inline(__always)
    package mutating func readKey() throws(JSONMistake) -> JSONString {
        let key = try readString()
        if offset < text.count, text[offset] == .colon {
            offset &+= 1
        } else {
            try expect(.colon)
        }
        return key
    }

    /// Reads a string.
    @inline(__always)
    package mutating func readString() throws(JSONMistake) -> JSONString {
        guard peek() == .quote else { throw mistake() }
        let start = offset &+ 1
        let (end, hasEscapes) = try text.endOfString(at: offset)
        offset = end
        return JSONString(range: start..<end &- 1, hasEscapes: hasEscapes)
    }

    /// Reads a number, and returns where it stands.
    @inline(__always)
    package mutating func readNumber() throws(JSONMistake) -> Range<Int> {
        _ = peek()
        let start = offset
        offset = try text.endOfNumber(at: start)
        return start..<offset
    }

    /// Reads a value of any kind.
    @inline(__always)
    package mutating func skipValue() throws(JSONMistake) -> JSONValue {
        let kind = peek()
        let start = offset
        var hasBreaks = false
        if kind == .openBrace || kind == .openBracket {
            (offset, hasBreaks) = try text.endOfNested(at: start, levels: depthLimit &- depth)
        } else {
            offset = try text.endOfScalar(at: start, kind)
        }
        return JSONValue(range: start..<offset, kind: kind, hasLineBreaks: hasBreaks)
    }
}

/// A string of a JSON text that was read.
package struct JSONString: Equatable, Sendable {
    /// Where it stands, between its quotes.
    package let range: Range<Int>
    package let hasEscapes: Bool

    /// Where it stands with its quotes.
    package var quotedRange: Range<Int> { range.lowerBound - 1..<range.upperBound + 1 }
}

/// A value of a JSON text that was read.
package struct JSONValue: Equatable, Sendable {
    package let range: Range<Int>
    /// Its first byte, which tells an object from an array, a string, a number or a literal.
    package let kind: UInt8
    /// Whether CR or LF stand between its tokens.
    package let hasLineBreaks: Bool
}

/// Why a text is no JSON, or not to be used.
package struct JSONMistake: Error, Equatable {
    /// `invalidJSON`, `invalidUTF8`, `tooDeep` or `numberTooLong`.
    package let reason: RejectionReason
    package let offset: Int

    package init(_ reason: RejectionReason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
