// SPDX-License-Identifier: Apache-2.0

import Bytes

// The same values as those of `ProtobufValues`, written in the same way.

extension ByteBuffer {
    /// Reads an `AnyValue` and appends it.
    ///
    /// A value with unknown members is `{"value":…,"unknown_fields":{…}}`; what is no object stays as
    /// it came.
    ///
    /// - Returns: whether it is text and nothing else.
    mutating func append(
        anyValueOf json: inout JSONScanner, depth: Int
    ) throws(JSONMistake) -> Bool {
        guard json.peek() == .openBrace else {
            let value = try json.skipValue()
            json.append(value, to: &self)
            return false
        }
        let start = count
        var unknown = ByteBuffer()
        var hasValue = false
        var isText = false
        var more = try json.openObject()
        while more {
            let key = try json.readKey()
            if let kind = AnyValueKind(key, in: json) {
                // Of several values the last counts.
                let end = count
                if try append(kind, of: key, &json, into: &unknown, depth) {
                    if hasValue { removeBytes(start..<end) }
                    hasValue = true
                    isText = kind == .string
                }
            } else {
                try json.readUnknown(key, into: &unknown)
            }
            more = try json.continueObject()
        }
        if unknown.isEmpty {
            if !hasValue { append("null") }
            return isText
        }
        wrap(from: start, hasValue ? "value" : nil, unknown)
        return false
    }

    /// Reads a value of this kind and appends it; false, with nothing appended, if it is null or
    /// something else.
    private mutating func append(
        _ kind: AnyValueKind, of key: JSONString, _ json: inout JSONScanner,
        into unknown: inout ByteBuffer, _ depth: Int
    ) throws(JSONMistake) -> Bool {
        let first = json.peek()
        switch kind {
        case .string:
            guard first == .quote else { break }
            append(try json.readString(), of: json.text)
            return true
        case .array, .list:
            guard first == .openBrace else { break }
            guard depth < OTLPLimits.depth else { throw JSONMistake(.tooDeep, at: json.offset) }
            try append(nested: kind, of: &json, depth: depth + 1)
            return true
        default:
            guard first != UInt8(ascii: "n") else { break }
            let value = try json.skipValue()
            if append(kind, value, of: json.text) { return true }
            json.append(key, value, to: &unknown)
            return false
        }
        try json.readUnknown(key, into: &unknown)
        return false
    }

    /// Appends a boolean, number or bytes; false if the value is none.
    private mutating func append(
        _ kind: AnyValueKind, _ value: JSONValue, of text: Span<UInt8>
    ) -> Bool {
        let isString = value.kind == .quote
        let range = isString ? value.range.dropFirst().dropLast() : value.range
        let content = text.extracting(range)
        switch kind {
        case .bool:
            guard value.kind == UInt8(ascii: "t") || value.kind == UInt8(ascii: "f") else {
                return false
            }
            append(content)
            return true
        case .int:
            guard let number = content.integer else { return false }
            append(decimal: Int(number))
            return true
        case .double:
            guard let number = content.double(isString: isString) else { return false }
            append(double: number)
            return true
        default: return isString && append(base64Of: content)
        }
    }

    /// Appends the bytes that are encoded in `text`, with or without padding, in either alphabet.
    private mutating func append(base64Of text: Span<UInt8>) -> Bool {
        var digits = ByteBuffer(capacity: text.count + 4)
        for index in 0..<text.count {
            switch text[index] {
            case UInt8(ascii: "-"): digits.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): digits.append(UInt8(ascii: "/"))
            default: digits.append(text[index])
            }
        }
        while digits.count % 4 != 0 { digits.append(UInt8(ascii: "=")) }
        var decoded = ByteBuffer(capacity: digits.count)
        guard Base64.decode(digits.span, into: &decoded) else { return false }
        append(jsonBase64: decoded.span)
        return true
    }

    private mutating func append(
        nested kind: AnyValueKind, of json: inout JSONScanner, depth: Int
    ) throws(JSONMistake) {
        let start = count
        var unknown = ByteBuffer()
        append(kind == .array ? "[" : "{")
        var more = try json.openObject()
        while more {
            let key = try json.readKey()
            if json.isEqual(key, "values"), json.peek() == .openBracket {
                try append(elementsOf: &json, kind, depth: depth)
            } else {
                try json.readUnknown(key, into: &unknown)
            }
            more = try json.continueObject()
        }
        if kind == .array { closeArray() } else { closeObject() }
        if !unknown.isEmpty { wrap(from: start, "values", unknown) }
    }

    private mutating func append(
        elementsOf json: inout JSONScanner, _ kind: AnyValueKind, depth: Int
    ) throws(JSONMistake) {
        var more = try json.openArray()
        while more {
            if kind == .array {
                _ = try append(anyValueOf: &json, depth: depth)
                append(",")
            } else {
                try append(keyValueOf: &json, depth: depth)
            }
            more = try json.continueArray()
        }
    }

    /// Reads a `KeyValue` and appends it as a member.
    mutating func append(keyValueOf json: inout JSONScanner, depth: Int) throws(JSONMistake) {
        guard json.peek() == .openBrace else { throw JSONMistake(.malformed, at: json.offset) }
        var unknown = ByteBuffer()
        let start = count
        var name: JSONString?
        // Where the value begins; -1: there is none. It is written once the name is known.
        var value = -1
        var valueStart = -1
        var more = try json.openObject()
        let inside = json.depth
        while more {
            let key = try json.readKey()
            if json.isEqual(key, "key") {
                guard let text = try json.readText(of: key, orInto: &unknown) else {
                    more = try json.continueObject()
                    continue
                }
                name = text
                truncate(to: start)
                valueStart = -1
            } else if json.isEqual(key, "value") {
                _ = json.peek()
                value = json.offset
                truncate(to: start)
                if let name {
                    append(name: name, of: json.text)
                    valueStart = count
                    _ = try append(anyValueOf: &json, depth: depth)
                } else {
                    _ = try json.skipValue()
                }
            } else {
                try json.readUnknown(key, into: &unknown)
            }
            more = try json.continueObject()
        }
        if valueStart < 0 {
            append(name: name ?? JSONString(range: 0..<0, hasEscapes: false), of: json.text)
            valueStart = count
            if value >= 0 {
                var again = JSONScanner(
                    json.text, at: value, depth: inside, depthLimit: OTLPLimits.jsonDepth)
                _ = try append(anyValueOf: &again, depth: depth)
            } else {
                append("null")
            }
        }
        if !unknown.isEmpty { wrap(from: valueStart, "value", unknown) }
        append(",")
    }

    /// Puts what was appended from `start` on into an object with unknown members.
    private mutating func wrap(
        from start: Int, _ name: StaticString?, _ unknown: borrowing ByteBuffer
    ) {
        var written = ByteBuffer(capacity: count - start)
        written.append(span.extracting(start...))
        truncate(to: start)
        append("{")
        if let name {
            append("\"")
            append(name)
            append("\":")
            append(written)
            append(",")
        }
        append(unknownMembers: unknown)
        closeObject()
    }

    private mutating func removeBytes(_ range: Range<Int>) {
        var rest = ByteBuffer(capacity: count - range.upperBound)
        rest.append(span.extracting(range.upperBound...))
        truncate(to: range.lowerBound)
        append(rest)
    }
}

/// The members of an `AnyValue`, of which one is set.
private enum AnyValueKind {
    case string, bool, int, double, array, list, bytes

    @inline(__always)
    init?(_ key: JSONString, in json: borrowing JSONScanner) {
        if json.isEqual(key, "stringValue", "string_value") {
            self = .string
        } else if json.isEqual(key, "intValue", "int_value") {
            self = .int
        } else if json.isEqual(key, "boolValue", "bool_value") {
            self = .bool
        } else if json.isEqual(key, "doubleValue", "double_value") {
            self = .double
        } else if json.isEqual(key, "kvlistValue", "kvlist_value") {
            self = .list
        } else if json.isEqual(key, "arrayValue", "array_value") {
            self = .array
        } else if json.isEqual(key, "bytesValue", "bytes_value") {
            self = .bytes
        } else {
            return nil
        }
    }
}
