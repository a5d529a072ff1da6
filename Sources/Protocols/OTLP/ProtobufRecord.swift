// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What the fields of a `LogRecord` say.
struct ProtobufRecord {
    private var numbers = RecordNumbers()
    private var severityText = 0..<0
    private var eventName = 0..<0
    private var traceID = 0..<0
    private var spanID = 0..<0
    private var body = 0..<0
    /// Where the first body begins; -1: there is none.
    private var bodyStart = -1
    private var isBodyMerged = false
    /// Where the attributes are, with other fields among them.
    private var attributes = 0..<0
    private var hasUnknown = false
    private let range: Range<Int>

    var hasTime: Bool { numbers.time > 0 }

    init(at range: Range<Int>, in bytes: Span<UInt8>) throws(ProtobufError) {
        self.range = range
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            switch (fields.number, fields.type) {
            case (6, .length):
                let start = attributes.isEmpty ? fields.start : attributes.lowerBound
                attributes = start..<fields.end
            case (1, .fixed64): numbers.time = fields.value
            case (11, .fixed64): numbers.observedTime = fields.value
            case (2, .varint): numbers.severity = Int32(bitPattern: fields.value32)
            case (3, .length): severityText = fields.contents
            case (5, .length):
                if bodyStart < 0 { bodyStart = fields.start } else { isBodyMerged = true }
                body = fields.contents
            case (7, .varint): numbers.droppedAttributesCount = fields.value32
            case (8, .fixed32): numbers.flags = fields.value32
            case (9, .length): traceID = fields.contents
            case (10, .length): spanID = fields.contents
            case (12, .length): eventName = fields.contents
            default: hasUnknown = true
            }
        }
    }

    /// Appends the record's own members to a line.
    func append(to line: inout ByteBuffer, from bytes: Span<UInt8>) throws(ProtobufError) {
        line.append(time: numbers.time, "\"time\":\"")
        line.append(time: numbers.observedTime, "\"observed_time\":\"")
        if severityText.isEmpty {
            line.append(levelOf: numbers.severity)
        } else {
            line.append(text: bytes.extracting(severityText), "\"level\":")
        }
        line.append(number: Int(numbers.severity), "\"severity_number\":")
        if bodyStart >= 0 { try appendBody(to: &line, from: bytes) }
        line.append(text: bytes.extracting(eventName), "\"event_name\":")
        line.append(id: bytes.extracting(traceID), byteCount: 16, "\"trace_id\":")
        line.append(id: bytes.extracting(spanID), byteCount: 8, "\"span_id\":")
        line.append(number: Int(numbers.flags), "\"flags\":")
        try line.append(attributes: 6, at: attributes, in: bytes)
        line.append(
            number: Int(numbers.droppedAttributesCount), "\"dropped_attributes_count\":")
        if hasUnknown { try line.append(unknownFieldsOf: .record, at: range, in: bytes) }
    }

    private func appendBody(
        to line: inout ByteBuffer, from bytes: Span<UInt8>
    ) throws(ProtobufError) {
        guard !isBodyMerged else {
            let merged = try ProtobufFields.merge(5, in: bodyStart..<range.upperBound, of: bytes)
            return try line.append(body: 0..<merged.count, in: merged.span)
        }
        try line.append(body: body, in: bytes)
    }
}

extension ByteBuffer {
    /// Appends the `AnyValue` at `range` as `message` if it is text, and as `body` if not.
    fileprivate mutating func append(
        body range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        let value = try AnyValueFields(at: range, in: bytes)
        append(value.isText ? "\"message\":" : "\"body\":")
        try append(value, of: range, in: bytes, depth: 1)
        append(",")
    }

    /// Appends `"attributes":{…},` with the attributes among the fields at `range`, unless there are
    /// none.
    mutating func append(
        attributes number: UInt32, at range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        if range.isEmpty { return }
        let start = count
        append("\"attributes\":{")
        let empty = count
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            guard fields.number == number, fields.type == .length else { continue }
            try append(keyValue: fields.contents, in: bytes, depth: 2)
        }
        if count == empty { return truncate(to: start) }
        closeObject()
        append(",")
    }
}
