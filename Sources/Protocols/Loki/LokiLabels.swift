// SPDX-License-Identifier: Apache-2.0

import Bytes

extension ByteBuffer {
    /// Appends labels such as `{a="b", c="d"}` as an object of JSON.
    ///
    /// Values are quoted as in Go, and names may be. Source: prometheus/prometheus, promql/parser.
    ///
    /// - Returns: whether `text` is of that form; if not, nothing is appended.
    mutating func append(labelsIn text: Span<UInt8>, _ scratch: inout ByteBuffer) -> Bool {
        let before = count
        append("{")
        guard appendMembers(ofLabels: text, &scratch) else {
            truncate(to: before)
            return false
        }
        if span[count - 1] == .comma { truncate(to: count - 1) }
        append("}")
        return true
    }

    private mutating func appendMembers(
        ofLabels text: Span<UInt8>, _ scratch: inout ByteBuffer
    ) -> Bool {
        var labels = LabelScanner(text)
        guard labels.skip(.openBrace) else { return false }
        while !labels.skip(.closeBrace) {
            guard let name = labels.readName(), labels.skip(UInt8(ascii: "=")) else { return false }
            guard append(name, of: text, &scratch, isName: true) else { return false }
            guard let value = labels.readQuoted() else { return false }
            guard append(value, of: text, &scratch, isName: false) else { return false }
            append(",")
            if labels.skip(.comma) { continue }
            guard labels.skip(.closeBrace) else { return false }
            break
        }
        return labels.isAtEnd()
    }

    private mutating func append(
        _ quoted: LabelText, of text: Span<UInt8>, _ scratch: inout ByteBuffer, isName: Bool
    ) -> Bool {
        let inside = text.extracting(quoted.range)
        guard quoted.hasEscapes else {
            if isName { append(jsonName: inside) } else { append(jsonText: inside) }
            return true
        }
        scratch.removeAll()
        guard scratch.append(unquotingGo: inside) else { return false }
        if isName { append(jsonName: scratch.span) } else { append(jsonText: scratch.span) }
        return true
    }

    /// Appends what the inside of an interpreted string literal of Go stands for (Go specification,
    /// *String literals*).
    ///
    /// - Returns: whether all its escapes are valid.
    fileprivate mutating func append(unquotingGo inside: Span<UInt8>) -> Bool {
        var index = 0
        while index < inside.count {
            let next = inside.firstIndex(of: .backslash, from: index)
            append(inside.extracting(index..<next))
            guard next < inside.count else { return true }
            guard next + 1 < inside.count,
                let end = append(goEscape: inside, at: next + 1)
            else { return false }
            index = end
        }
        return true
    }

    /// Appends what an escape stands for whose letter is at `index`, and returns where it ends.
    private mutating func append(goEscape text: Span<UInt8>, at index: Int) -> Int? {
        let letter = text[index]
        switch letter {
        case UInt8(ascii: "n"): append("\n")
        case UInt8(ascii: "t"): append("\t")
        case UInt8(ascii: "r"): append("\r")
        case UInt8(ascii: "a"): append(0x07 as UInt8)
        case UInt8(ascii: "b"): append(0x08 as UInt8)
        case UInt8(ascii: "v"): append(0x0B as UInt8)
        case UInt8(ascii: "f"): append(0x0C as UInt8)
        case .backslash, .quote, UInt8(ascii: "'"): append(letter)
        case UInt8(ascii: "x"): return appendByte(text, at: index + 1, digits: 2, base: 16)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return appendByte(text, at: index, digits: 3, base: 8)
        case UInt8(ascii: "u"): return appendScalar(text, at: index + 1, digits: 4)
        case UInt8(ascii: "U"): return appendScalar(text, at: index + 1, digits: 8)
        default: return nil
        }
        return index + 1
    }

    private mutating func appendByte(
        _ text: Span<UInt8>, at index: Int, digits: Int, base: UInt32
    ) -> Int? {
        guard let value = text.number(at: index, digits: digits, base: base), value < 256 else {
            return nil
        }
        append(UInt8(value))
        return index + digits
    }

    private mutating func appendScalar(_ text: Span<UInt8>, at index: Int, digits: Int) -> Int? {
        guard let value = text.number(at: index, digits: digits, base: 16),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        for byte in UTF8.encode(scalar) ?? .init() { append(byte) }
        return index + digits
    }
}

extension Span<UInt8> {
    /// The number of so many digits at `index`.
    fileprivate func number(at index: Int, digits: Int, base: UInt32) -> UInt32? {
        guard digits <= count - index else { return nil }
        var value: UInt32 = 0
        for place in index..<index + digits {
            guard let digit = self[place].hexadecimalValue, digit < base else { return nil }
            let (high, overflows) = value.multipliedReportingOverflow(by: base)
            if overflows { return nil }
            value = high + UInt32(digit)
        }
        return value
    }
}

/// A name or value of a label, without its quotes.
private struct LabelText {
    let range: Range<Int>
    let hasEscapes: Bool
}

/// Reads labels from front to back.
private struct LabelScanner: ~Escapable {
    private let text: Span<UInt8>
    private var index = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    /// Skips `byte` and the white space in front of it, if it is there.
    mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func isAtEnd() -> Bool {
        skipSpace()
        return index == text.count
    }

    private mutating func skipSpace() {
        while index < text.count, text[index].isJSONSpace { index += 1 }
    }

    /// Reads a name, which has quotes if it is not of letters, digits and the like.
    mutating func readName() -> LabelText? {
        skipSpace()
        guard index < text.count else { return nil }
        if text[index] == .quote { return readQuoted() }
        let start = index
        while index < text.count, isOfName(text[index]) { index += 1 }
        return index > start ? LabelText(range: start..<index, hasEscapes: false) : nil
    }

    private func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case .quote, .comma, .openBrace, .closeBrace, UInt8(ascii: "="), UInt8(ascii: "`"),
            UInt8(ascii: "!"), UInt8(ascii: "~"):
            false
        default: !byte.isJSONSpace
        }
    }

    /// Reads a text in quotation marks, or between back-ticks, where it has no escapes.
    mutating func readQuoted() -> LabelText? {
        skipSpace()
        guard index < text.count else { return nil }
        let quote = text[index]
        guard quote == .quote || quote == UInt8(ascii: "`") else { return nil }
        let start = index + 1
        var hasEscapes = false
        index = start
        while index < text.count, text[index] != quote {
            if text[index] == .backslash, quote == .quote {
                hasEscapes = true
                index += 1
            }
            index += 1
        }
        guard index < text.count else { return nil }
        index += 1
        return LabelText(range: start..<index - 1, hasEscapes: hasEscapes)
    }
}
