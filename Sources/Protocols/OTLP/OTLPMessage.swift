// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The messages of an export of logs, and the numbers of their fields.
///
/// Source: opentelemetry-proto 1.10, `logs_service.proto`, `logs.proto`, `resource.proto` and
/// `common.proto`.
enum OTLPMessage {
    case request, resourceLogs, resource, entityRef, scopeLogs, scope, record, keyValue, anyValue
    case arrayValue, keyValueList

    /// Whether the message has a field of this number and type.
    func knows(_ number: UInt32, _ type: ProtobufWireType) -> Bool {
        switch (self, type) {
        case (.request, .length), (.arrayValue, .length), (.keyValueList, .length): number == 1
        case (.keyValue, .length): 1...2 ~= number
        case (.resourceLogs, .length), (.scopeLogs, .length): 1...3 ~= number
        case (.resource, .length): number == 1 || number == 3
        case (.resource, .varint): number == 2
        case (.entityRef, .length): 1...4 ~= number
        case (.scope, .length): 1...3 ~= number
        case (.scope, .varint): number == 4
        case (.record, .length): [3, 5, 6, 9, 10, 12].contains(number)
        case (.record, .varint): number == 2 || number == 7
        case (.record, .fixed32): number == 8
        case (.record, .fixed64): number == 1 || number == 11
        case (.anyValue, .length): number == 1 || 5...7 ~= number
        case (.anyValue, .varint): 2...3 ~= number
        case (.anyValue, .fixed64): number == 4
        default: false
        }
    }
}

extension ByteBuffer {
    /// Appends `"unknown_fields":{"13":"…"},` with the fields of the message at `range` that
    /// `message` does not know, each in Base64 with its tag.
    mutating func append(
        unknownFieldsOf message: OTLPMessage, at range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        append("\"unknown_fields\":{")
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            if message.knows(fields.number, fields.type) { continue }
            append("\"")
            append(decimal: Int(fields.number))
            append("\":\"")
            append(base64: bytes.extracting(fields.raw))
            append("\",")
        }
        closeObject()
        append(",")
    }

    /// Puts a closing brace in the place of the comma behind the last member; an object without
    /// members has none.
    mutating func closeObject() { close(with: "}") }

    /// The same for an array.
    mutating func closeArray() { close(with: "]") }

    private mutating func close(with bracket: StaticString) {
        if endsWithComma { truncate(to: count - 1) }
        append(bracket)
    }

    private var endsWithComma: Bool { !isEmpty && span[count - 1] == UInt8(ascii: ",") }
}
