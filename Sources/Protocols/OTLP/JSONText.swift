// SPDX-License-Identifier: Apache-2.0

import Bytes

// OTLP's JSON is that of protobuf, with hexadecimal ids. Members have their names in camel case or as
// in the schema, and null is a member that is absent.

extension JSONScanner {
    /// Whether a name is `camel`, or `snake` as the schema has it.
    @inline(__always)
    func isEqual(_ key: JSONString, _ camel: StaticString, _ snake: StaticString) -> Bool {
        isEqual(key, camel) || isEqual(key, snake)
    }

    /// Reads a null, if it is next.
    @inline(__always)
    mutating func skipNull() throws(JSONMistake) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        _ = try skipValue()
        return true
    }

    /// Reads a string; nil, with another value read and appended to `unknown` as the member `key`, if
    /// there is none.
    mutating func readText(
        of key: JSONString, orInto unknown: inout ByteBuffer
    ) throws(JSONMistake) -> JSONString? {
        if peek() == .quote { return try readString() }
        try readUnknown(key, into: &unknown)
        return nil
    }

    /// Reads an unsigned number, or a string of its digits; nil as above.
    mutating func readUnsigned(
        of key: JSONString, upTo limit: UInt64, orInto unknown: inout ByteBuffer
    ) throws(JSONMistake) -> UInt64? {
        if try skipNull() { return nil }
        let value = try skipValue()
        if let number = unsigned(value), number <= limit { return number }
        append(key, value, to: &unknown)
        return nil
    }

    /// The value of digits that are a number or a string.
    func unsigned(_ value: JSONValue) -> UInt64? {
        let isString = value.kind == .quote
        let range = isString ? value.range.dropFirst().dropLast() : value.range
        guard 1...20 ~= range.count else { return nil }
        var result: UInt64 = 0
        for index in range {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, overflows) = result.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = product.addingReportingOverflow(UInt64(digit))
            guard !overflows, !isOver else { return nil }
            result = sum
        }
        return result
    }

    /// Reads any value, and appends it as the member `key`, unless it is null.
    mutating func readUnknown(
        _ key: JSONString, into unknown: inout ByteBuffer
    ) throws(JSONMistake) {
        if try skipNull() { return }
        let value = try skipValue()
        append(key, value, to: &unknown)
    }

    /// Appends a member as it came, with a comma behind it.
    func append(_ key: JSONString, _ value: JSONValue, to buffer: inout ByteBuffer) {
        buffer.append("\"")
        buffer.append(bytes(key.range))
        buffer.append("\":")
        append(value, to: &buffer)
        buffer.append(",")
    }
}

extension ByteBuffer {
    /// Appends `"unknown_fields":{…},` with members that end in commas, unless there are none.
    mutating func append(unknownMembers members: borrowing ByteBuffer) {
        if members.isEmpty { return }
        append("\"unknown_fields\":{")
        append(members)
        closeObject()
        append(",")
    }

    /// Appends a string that was read, as text of protobuf is written.
    @inline(__always)
    mutating func append(_ string: JSONString, of text: Span<UInt8>) {
        guard !string.hasEscapes else { return append(escaped: string, of: text) }
        append("\"")
        append(text.extracting(string.range))
        append("\"")
    }

    @inline(never)
    private mutating func append(escaped string: JSONString, of text: Span<UInt8>) {
        var unescaped = ByteBuffer(capacity: string.range.count)
        unescaped.append(insideOfString: text.extracting(string.range))
        append(jsonText: unescaped)
    }

    /// Appends a string as the name of a member.
    @inline(__always)
    mutating func append(name string: JSONString, of text: Span<UInt8>) {
        guard !string.hasEscapes else { return append(escapedName: string, of: text) }
        append("\"")
        append(text.extracting(string.range))
        append("\":")
    }

    @inline(never)
    private mutating func append(escapedName string: JSONString, of text: Span<UInt8>) {
        var unescaped = ByteBuffer(capacity: string.range.count)
        unescaped.append(insideOfString: text.extracting(string.range))
        append(jsonName: unescaped.span)
    }

    /// Appends text as a member, unless it is empty or absent.
    mutating func append(text string: JSONString?, of text: Span<UInt8>, _ name: StaticString) {
        guard let string, !string.range.isEmpty else { return }
        append(name)
        append(string, of: text)
        append(",")
    }

    /// Appends an id of hexadecimal digits as a member, unless it is empty or absent.
    ///
    /// What is no such number stays as it is.
    mutating func append(
        id string: JSONString?, of text: Span<UInt8>, byteCount: Int, _ name: StaticString
    ) {
        guard let string, !string.range.isEmpty else { return }
        let digits = text.extracting(string.range)
        guard !string.hasEscapes, digits.isHexadecimal else {
            return append(text: string, of: text, name)
        }
        append(name)
        append("\"")
        let start = count
        append(lowercaseDigits: digits)
        if digits.count == 4 * byteCount { decodeDigits(from: start) }
        append("\",")
    }

    /// Puts in the place of the digits from `start` on what they stand for, if that is digits again.
    private mutating func decodeDigits(from start: Int) {
        var decoded = ByteBuffer(capacity: (count - start) / 2)
        for index in stride(from: start, to: count, by: 2) {
            guard let high = span[index].hexadecimalValue,
                let low = span[index + 1].hexadecimalValue
            else { return }
            decoded.append(high << 4 | low)
        }
        guard decoded.span.isHexadecimal else { return }
        truncate(to: start)
        append(lowercaseDigits: decoded.span)
    }
}
