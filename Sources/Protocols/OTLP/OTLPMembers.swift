// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The members at the beginning of a line that are numbers, in both encodings.
struct RecordNumbers {
    /// Nanoseconds since 1970-01-01T00:00:00Z; 0: not set.
    var time: UInt64 = 0
    var observedTime: UInt64 = 0
    /// 1 to 24 for the levels that have names; 0: not set.
    var severity: Int32 = 0
    var flags: UInt32 = 0
    var droppedAttributesCount: UInt32 = 0
}

// Members with a comma behind each, in the order of the line.

extension ByteBuffer {
    /// Appends `"time":"…",`, unless it is not set.
    mutating func append(time nanoseconds: UInt64, _ name: StaticString) {
        guard nanoseconds > 0 else { return }
        append(name)
        append(rfc3339Nanoseconds: nanoseconds)
        append("\",")
    }

    /// Appends the level for a severity without a text of its own, unless it has no name.
    mutating func append(levelOf severity: Int32) {
        guard 1...24 ~= severity else { return }
        append("\"level\":\"")
        append(severityName(severity))
        append("\",")
    }

    /// Appends a number as a member, unless it is 0.
    mutating func append(number: Int, _ name: StaticString) {
        guard number != 0 else { return }
        append(name)
        append(decimal: number)
        append(",")
    }

    /// Appends text as a member, unless it is empty.
    mutating func append(text: Span<UInt8>, _ name: StaticString) {
        guard !text.isEmpty else { return }
        append(name)
        append(jsonText: text)
        append(",")
    }

    /// Appends an id as a member, in lower-case hexadecimal digits, unless it is empty.
    ///
    /// Some senders put the digits themselves where the bytes belong; they are twice `byteCount`.
    mutating func append(id: Span<UInt8>, byteCount: Int, _ name: StaticString) {
        guard !id.isEmpty else { return }
        append(name)
        append("\"")
        if id.count == 2 * byteCount, id.isHexadecimal {
            append(lowercaseDigits: id)
        } else {
            append(hexadecimal: id)
        }
        append("\",")
    }

    /// Appends hexadecimal digits of either case in lower case.
    mutating func append(lowercaseDigits digits: Span<UInt8>) {
        appendUninitialized(capacity: digits.count) { room in
            // A digit has the bit of the lower case already.
            for index in 0..<digits.count { room[index] = digits[index] | 0x20 }
            return digits.count
        }
    }
}

extension Span<UInt8> {
    /// Whether all bytes are hexadecimal digits.
    var isHexadecimal: Bool {
        for index in 0..<count where self[index].hexadecimalValue == nil { return false }
        return true
    }
}

/// The name of a severity from 1 to 24, as the data model of logs has it.
private func severityName(_ severity: Int32) -> StaticString {
    switch severity {
    case 1: "TRACE"
    case 2: "TRACE2"
    case 3: "TRACE3"
    case 4: "TRACE4"
    case 5: "DEBUG"
    case 6: "DEBUG2"
    case 7: "DEBUG3"
    case 8: "DEBUG4"
    case 9: "INFO"
    case 10: "INFO2"
    case 11: "INFO3"
    case 12: "INFO4"
    case 13: "WARN"
    case 14: "WARN2"
    case 15: "WARN3"
    case 16: "WARN4"
    case 17: "ERROR"
    case 18: "ERROR2"
    case 19: "ERROR3"
    case 20: "ERROR4"
    case 21: "FATAL"
    case 22: "FATAL2"
    case 23: "FATAL3"
    default: "FATAL4"
    }
}

/// The severity whose name in the schema is `name`, such as `SEVERITY_NUMBER_INFO2`; nil if there is
/// none.
func severity(ofEnumName name: Span<UInt8>) -> Int32? {
    let prefix: StaticString = "SEVERITY_NUMBER_"
    let start = prefix.utf8CodeUnitCount
    guard name.count > start, name.extracting(..<start).equals(prefix) else { return nil }
    let rest = name.extracting(start...)
    if rest.equals("UNSPECIFIED") { return 0 }
    for number in Int32(1)...24 where rest.equals(severityName(number)) { return number }
    return nil
}
