// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What the fields of an `AnyValue` say; of several values the last counts.
struct AnyValueFields {
    /// The number of the field that holds the value; 0: none.
    var number: UInt32 = 0
    var scalar: UInt64 = 0
    var contents = 0..<0
    /// Where the first field of an array or list begins that came in several fields.
    var first = 0
    var isMerged = false
    var hasUnknown = false

    /// Whether the value is text and nothing else.
    var isText: Bool { number == 1 && !hasUnknown }

    init(at range: Range<Int>, in bytes: Span<UInt8>) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            switch (fields.number, fields.type) {
            case (1, .length), (7, .length):
                number = fields.number
                contents = fields.contents
            case (2, .varint), (3, .varint), (4, .fixed64):
                number = fields.number
                scalar = fields.value
            case (5, .length), (6, .length):
                isMerged = number == fields.number
                if !isMerged { first = fields.start }
                number = fields.number
                contents = fields.contents
            default: hasUnknown = true
            }
        }
    }
}

// `depth` is the number of objects and arrays of the line that are open. Functions that append
// members put a comma behind each.

extension ByteBuffer {
    /// Appends the `AnyValue` at `range`.
    ///
    /// Bytes are `{"base64":"…"}`, a double that is no number is a string as in protobuf's JSON, and a
    /// value with unknown fields is `{"value":…,"unknown_fields":{…}}`.
    mutating func append(
        anyValue range: Range<Int>, in bytes: Span<UInt8>, depth: Int
    ) throws(ProtobufError) {
        try append(AnyValueFields(at: range, in: bytes), of: range, in: bytes, depth: depth)
    }

    /// Appends the `AnyValue` at `range` whose fields are known.
    mutating func append(
        _ value: AnyValueFields, of range: Range<Int>, in bytes: Span<UInt8>, depth: Int
    ) throws(ProtobufError) {
        guard value.hasUnknown else { return try append(value, in: bytes, of: range, depth) }
        append("{")
        if value.number > 0 {
            append("\"value\":")
            try append(value, in: bytes, of: range, depth + 1)
            append(",")
        }
        try append(unknownFieldsOf: .anyValue, at: range, in: bytes)
        closeObject()
    }

    private mutating func append(
        _ value: AnyValueFields, in bytes: Span<UInt8>, of range: Range<Int>, _ depth: Int
    ) throws(ProtobufError) {
        switch value.number {
        case 1: append(jsonText: bytes.extracting(value.contents))
        case 2: append(value.scalar != 0 ? "true" : "false")
        case 3: append(decimal: Int(Int64(bitPattern: value.scalar)))
        case 4: append(double: Double(bitPattern: value.scalar))
        case 5, 6:
            guard depth < OTLPLimits.depth else {
                throw ProtobufError(.tooDeep, at: value.contents.lowerBound)
            }
            guard value.isMerged else {
                return try append(
                    nested: value.number, at: value.contents, in: bytes, depth: depth + 1)
            }
            let merged = try ProtobufFields.merge(
                value.number, in: value.first..<range.upperBound, of: bytes)
            try append(
                nested: value.number, at: 0..<merged.count, in: merged.span, depth: depth + 1)
        case 7: append(jsonBase64: bytes.extracting(value.contents))
        default: append("null")
        }
    }

    private mutating func append(
        nested number: UInt32, at range: Range<Int>, in bytes: Span<UInt8>, depth: Int
    ) throws(ProtobufError) {
        if number == 5 {
            try append(arrayValue: range, in: bytes, depth: depth)
        } else {
            try append(keyValueList: range, in: bytes, depth: depth)
        }
    }

    private mutating func append(
        arrayValue range: Range<Int>, in bytes: Span<UInt8>, depth: Int
    ) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        var hasUnknown = false
        let start = count
        append("[")
        while try fields.next(in: bytes) {
            guard fields.number == 1, fields.type == .length else {
                hasUnknown = true
                continue
            }
            try append(anyValue: fields.contents, in: bytes, depth: depth)
            append(",")
        }
        closeArray()
        if hasUnknown { try wrap(from: start, "values", .arrayValue, at: range, in: bytes) }
    }

    private mutating func append(
        keyValueList range: Range<Int>, in bytes: Span<UInt8>, depth: Int
    ) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        var hasUnknown = false
        let start = count
        append("{")
        while try fields.next(in: bytes) {
            guard fields.number == 1, fields.type == .length else {
                hasUnknown = true
                continue
            }
            try append(keyValue: fields.contents, in: bytes, depth: depth)
        }
        closeObject()
        if hasUnknown { try wrap(from: start, "values", .keyValueList, at: range, in: bytes) }
    }

    /// Appends the member that the `KeyValue` at `range` is.
    mutating func append(
        keyValue range: Range<Int>, in bytes: Span<UInt8>, depth: Int
    ) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        var key = 0..<0
        var value = 0..<0
        // Where the first value begins, if any.
        var first = -1
        var isMerged = false
        var hasUnknown = false
        while try fields.next(in: bytes) {
            switch (fields.number, fields.type) {
            case (1, .length): key = fields.contents
            case (2, .length):
                if first < 0 { first = fields.start } else { isMerged = true }
                value = fields.contents
            default: hasUnknown = true
            }
        }
        append(jsonName: bytes.extracting(key))
        let start = count
        if isMerged {
            let merged = try ProtobufFields.merge(2, in: first..<range.upperBound, of: bytes)
            try append(anyValue: 0..<merged.count, in: merged.span, depth: depth)
        } else if first >= 0 {
            try append(anyValue: value, in: bytes, depth: depth)
        } else {
            append("null")
        }
        if hasUnknown { try wrap(from: start, "value", .keyValue, at: range, in: bytes) }
        append(",")
    }

    /// Puts what was appended from `start` on into an object with the unknown fields of its message.
    private mutating func wrap(
        from start: Int, _ name: StaticString, _ message: OTLPMessage, at range: Range<Int>,
        in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        var written = ByteBuffer(capacity: count - start)
        written.append(span.extracting(start...))
        truncate(to: start)
        append("{\"")
        append(name)
        append("\":")
        append(written)
        append(",")
        try append(unknownFieldsOf: message, at: range, in: bytes)
        closeObject()
    }

    /// Appends a double as a number, or as the string that protobuf's JSON has for it.
    mutating func append(double value: Double) {
        if value.isFinite {
            append(string: value.description)
        } else {
            append(value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
        }
    }
}

/// The limits of OTLP's messages.
enum OTLPLimits {
    /// How many objects and arrays of a line may be open.
    static var depth: Int { 64 }
    /// The same for JSON that is read, where a value of a line has up to four levels.
    static var jsonDepth: Int { 1000 }
}
