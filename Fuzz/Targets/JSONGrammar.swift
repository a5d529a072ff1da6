// SPDX-License-Identifier: Apache-2.0

/// RFC 8259 once more, octet by octet, to check the lines that the fast reader accepted.
struct JSONGrammar {
    private var rest: ArraySlice<UInt8>

    /// Whether `line` is one object and nothing else, without CR, in valid UTF-8.
    static func isObject(_ line: ArraySlice<UInt8>) -> Bool {
        guard String(validating: line, as: UTF8.self) != nil, !line.contains(13) else {
            return false
        }
        var grammar = JSONGrammar(rest: line)
        grammar.skipWhiteSpace()
        guard grammar.rest.first == UInt8(ascii: "{"), grammar.takeValue() else { return false }
        return grammar.rest.isEmpty
    }

    /// Whether `text` is one value, with white space around it, in valid UTF-8.
    static func isValue(_ text: ArraySlice<UInt8>) -> Bool {
        guard String(validating: text, as: UTF8.self) != nil else { return false }
        var grammar = JSONGrammar(rest: text)
        return grammar.takeValue() && grammar.rest.isEmpty
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
        return true
    }

    private mutating func skipWhiteSpace() { rest = rest.drop { [9, 10, 13, 32].contains($0) } }

    private mutating func takeValue() -> Bool {
        skipWhiteSpace()
        defer { skipWhiteSpace() }
        switch rest.first {
        case UInt8(ascii: "{"): return takeMembers(until: "}") { $0.takeMember() }
        case UInt8(ascii: "["): return takeMembers(until: "]") { $0.takeValue() }
        case UInt8(ascii: "\""): return takeString()
        default: return take("true") || take("false") || take("null") || takeNumber()
        }
    }

    private mutating func takeMembers(
        until end: StaticString, _ member: (inout Self) -> Bool
    ) -> Bool {
        rest = rest.dropFirst()
        skipWhiteSpace()
        if take(end) { return true }
        while true {
            guard member(&self) else { return false }
            if take(end) { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func takeMember() -> Bool {
        skipWhiteSpace()
        guard takeString() else { return false }
        skipWhiteSpace()
        return take(":") && takeValue()
    }

    private mutating func takeString() -> Bool {
        guard take("\"") else { return false }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return true
            case 0..<32: return false
            case UInt8(ascii: "\\"): guard takeEscape() else { return false }
            default: break
            }
        }
        return false
    }

    private mutating func takeEscape() -> Bool {
        guard let byte = rest.popFirst() else { return false }
        if byte != UInt8(ascii: "u") { return "\"\\/bfnrt".utf8.contains(byte) }
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return digits.count == 4 && digits.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) }
    }

    private mutating func takeNumber() -> Bool {
        _ = take("-")
        guard take("0") || takeDigits() else { return false }
        if take("."), !takeDigits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            return takeDigits()
        }
        return true
    }

    private mutating func takeDigits() -> Bool {
        let digits = rest.prefix { $0 >= 48 && $0 <= 57 }
        rest = rest.dropFirst(digits.count)
        return !digits.isEmpty
    }
}
