// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What the members of a `LogRecord` say, which may come in any order.
///
/// It is reused, so that its buffers are made once.
struct JSONRecord: ~Copyable {
    private var numbers = RecordNumbers()
    private var severityText: JSONString?
    private var eventName: JSONString?
    private var traceID: JSONString?
    private var spanID: JSONString?
    /// Times that are no numbers of nanoseconds, as members.
    private var rawTimes = ByteBuffer()
    private var body = ByteBuffer()
    private var isText = false
    private var attributes = ByteBuffer()
    private var unknown = ByteBuffer()

    var hasTime: Bool { numbers.time > 0 }

    /// Bytes of memory that it takes.
    var byteCount: Int {
        rawTimes.capacity + body.capacity + attributes.capacity + unknown.capacity
    }

    mutating func shrink(to byteCount: Int) {
        guard self.byteCount > byteCount else { return }
        rawTimes = ByteBuffer()
        body = ByteBuffer()
        attributes = ByteBuffer()
        unknown = ByteBuffer()
    }

    /// Reads a record, and forgets the one before.
    mutating func read(_ json: inout JSONScanner) throws(JSONMistake) {
        numbers = RecordNumbers()
        severityText = nil
        eventName = nil
        traceID = nil
        spanID = nil
        rawTimes.removeAll()
        body.removeAll()
        attributes.removeAll()
        unknown.removeAll()
        var more = try json.openObject()
        while more {
            try readMember(&json)
            more = try json.continueObject()
        }
    }

    private mutating func readMember(_ json: inout JSONScanner) throws(JSONMistake) {
        let key = try json.readKey()
        if json.isEqual(key, "timeUnixNano", "time_unix_nano") {
            numbers.time = try readTime(&json, "\"time_raw\":")
        } else if json.isEqual(key, "observedTimeUnixNano", "observed_time_unix_nano") {
            numbers.observedTime = try readTime(&json, "\"observed_time_raw\":")
        } else if json.isEqual(key, "body") {
            if try json.skipNull() { return }
            body.removeAll()
            isText = try body.append(anyValueOf: &json, depth: 1)
        } else if json.isEqual(key, "attributes") {
            try attributes.append(attributesOf: &json, key, orInto: &unknown)
        } else if json.isEqual(key, "severityNumber", "severity_number") {
            try readSeverity(&json, key)
        } else if try readText(&json, key) {
            return
        } else if json.isEqual(key, "flags") {
            numbers.flags = UInt32(
                try json.readUnsigned(of: key, upTo: UInt64(UInt32.max), orInto: &unknown) ?? 0)
        } else if json.isEqual(key, "droppedAttributesCount", "dropped_attributes_count") {
            numbers.droppedAttributesCount = UInt32(
                try json.readUnsigned(of: key, upTo: UInt64(UInt32.max), orInto: &unknown) ?? 0)
        } else {
            try json.readUnknown(key, into: &unknown)
        }
    }

    /// Reads a member that is text; false if it is another one.
    private mutating func readText(
        _ json: inout JSONScanner, _ key: JSONString
    ) throws(JSONMistake) -> Bool {
        if json.isEqual(key, "severityText", "severity_text") {
            severityText = try json.readText(of: key, orInto: &unknown)
        } else if json.isEqual(key, "traceId", "trace_id") {
            traceID = try json.readText(of: key, orInto: &unknown)
        } else if json.isEqual(key, "spanId", "span_id") {
            spanID = try json.readText(of: key, orInto: &unknown)
        } else if json.isEqual(key, "eventName", "event_name") {
            eventName = try json.readText(of: key, orInto: &unknown)
        } else {
            return false
        }
        return true
    }

    /// Reads nanoseconds; what is none is kept under `name`.
    private mutating func readTime(
        _ json: inout JSONScanner, _ name: StaticString
    ) throws(JSONMistake) -> UInt64 {
        if try json.skipNull() { return 0 }
        let value = try json.skipValue()
        if let time = json.unsigned(value) { return time }
        rawTimes.append(name)
        json.append(value, to: &rawTimes)
        rawTimes.append(",")
        return 0
    }

    /// Reads a number, or the name that protobuf's JSON has for it.
    private mutating func readSeverity(
        _ json: inout JSONScanner, _ key: JSONString
    ) throws(JSONMistake) {
        numbers.severity = 0
        if try json.skipNull() { return }
        let value = try json.skipValue()
        let isString = value.kind == .quote
        let range = isString ? value.range.dropFirst().dropLast() : value.range
        let content = json.bytes(range)
        if let number = content.integer.flatMap({ Int32(exactly: $0) }) {
            numbers.severity = number
        } else if isString, let number = severity(ofEnumName: content) {
            numbers.severity = number
        } else {
            json.append(key, value, to: &unknown)
        }
    }

    /// Appends the record's own members to a line.
    func append(to line: inout ByteBuffer, from text: Span<UInt8>) {
        line.append(time: numbers.time, "\"time\":\"")
        line.append(time: numbers.observedTime, "\"observed_time\":\"")
        if !rawTimes.isEmpty { line.append(rawTimes) }
        if let severityText, !severityText.range.isEmpty {
            line.append(text: severityText, of: text, "\"level\":")
        } else {
            line.append(levelOf: numbers.severity)
        }
        line.append(number: Int(numbers.severity), "\"severity_number\":")
        if !body.isEmpty {
            line.append(isText ? "\"message\":" : "\"body\":")
            line.append(body)
            line.append(",")
        }
        line.append(text: eventName, of: text, "\"event_name\":")
        line.append(id: traceID, of: text, byteCount: 16, "\"trace_id\":")
        line.append(id: spanID, of: text, byteCount: 8, "\"span_id\":")
        line.append(number: Int(numbers.flags), "\"flags\":")
        line.append(attributes: attributes)
        line.append(
            number: Int(numbers.droppedAttributesCount), "\"dropped_attributes_count\":")
        line.append(unknownMembers: unknown)
    }
}

extension ByteBuffer {
    /// Reads an array of `KeyValue` and appends them as members; another value is unknown.
    mutating func append(
        attributesOf json: inout JSONScanner, _ key: JSONString, orInto unknown: inout ByteBuffer
    ) throws(JSONMistake) {
        guard json.peek() == .openBracket else { return try json.readUnknown(key, into: &unknown) }
        var more = try json.openArray()
        while more {
            try append(keyValueOf: &json, depth: 2)
            more = try json.continueArray()
        }
    }

    /// Appends `"attributes":{…},` with members that end in commas, unless there are none.
    mutating func append(attributes: borrowing ByteBuffer) {
        if attributes.isEmpty { return }
        append("\"attributes\":{")
        append(attributes)
        closeObject()
        append(",")
    }
}
