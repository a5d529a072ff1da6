// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Appends the members of an event's line, each with a comma behind it.
struct SplunkLine: ~Escapable {
    private let text: Span<UInt8>

    /// - Parameter text: the body that the events were read from.
    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    /// Appends the members of `event`, and those that `query` has for all events.
    ///
    /// - Returns: Whether one of them is its time.
    func append(
        _ event: borrowing SplunkEvent, _ query: borrowing SplunkQuery, to line: inout ByteBuffer
    ) -> Bool {
        let hasTime = event[.time].map { append(time: $0, to: &line) } ?? false
        let value = event[.event]
        let isText = value?.kind == .quote
        if let value, isText {
            append("\"message\":", value, to: &line)
        } else if !event.line.isEmpty {
            line.append("\"message\":")
            line.append(text.extracting(event.line))
            line.append(.comma)
        }
        append("\"host\":", event[.host], or: query.host, to: &line)
        append("\"source\":", event[.source], or: query.source, to: &line)
        append("\"sourcetype\":", event[.sourcetype], or: query.sourcetype, to: &line)
        append("\"index\":", event[.index], or: query.index, to: &line)
        if let value, !isText {
            if event.line.isEmpty {
                append("\"event\":", value, to: &line)
            } else {
                append(value, without: event.lineMember, to: &line)
            }
        }
        if let fields = event[.fields] { append("\"fields\":", fields, to: &line) }
        if !event.others.isEmpty { append(othersOf: event, to: &line) }
        line.append(query.channel)
        return hasTime
    }

    @inline(__always)
    private func append(_ name: StaticString, _ value: JSONValue, to line: inout ByteBuffer) {
        line.append(name)
        append(value, to: &line)
        line.append(.comma)
    }

    @inline(__always)
    private func append(
        _ name: StaticString, _ value: JSONValue?, or preset: borrowing ByteBuffer,
        to line: inout ByteBuffer
    ) {
        if let value { append(name, value, to: &line) } else { line.append(preset) }
    }

    @inline(__always)
    private func append(_ value: JSONValue, to line: inout ByteBuffer) {
        let bytes = text.extracting(value.range)
        if value.hasLineBreaks {
            line.append(withoutLineBreaks: bytes)
        } else {
            line.append(bytes)
        }
    }

    /// Appends the rest of an event whose `line` is the message.
    private func append(
        _ event: JSONValue, without member: Range<Int>, to line: inout ByteBuffer
    ) {
        line.append("\"event\":")
        line.append(
            withoutLineBreaks: text.extracting(event.range.lowerBound..<member.lowerBound))
        line.append(
            withoutLineBreaks: text.extracting(member.upperBound..<event.range.upperBound))
        line.append(.comma)
    }

    private func append(othersOf event: borrowing SplunkEvent, to line: inout ByteBuffer) {
        line.append("\"extra\":{")
        for index in 0..<event.others.count {
            let other = event.others[index]
            line.append(text.extracting(other.name))
            line.append(.colon)
            append(other.value, to: &line)
            line.append(.comma)
        }
        line.truncate(to: line.count - 1)
        line.append("},")
    }

    /// Appends a time in seconds, a number or a string of digits, as RFC 3339 has it.
    ///
    /// What cannot be read, or only in part, stands in `time_raw`.
    ///
    /// - Returns: Whether the time was appended.
    private func append(time value: JSONValue, to line: inout ByteBuffer) -> Bool {
        var digits = value.range
        if value.kind == .quote { digits = digits.lowerBound + 1..<digits.upperBound - 1 }
        var hasTime = false
        var isExact = value.kind == UInt8(ascii: "n")
        if let time = EpochSeconds(text.extracting(digits)) {
            if time.isZero {
                isExact = time.isExact
            } else {
                let start = line.count
                line.append("\"time\":\"")
                hasTime = line.append(
                    rfc3339Seconds: time.seconds, nanoseconds: time.nanoseconds,
                    fractionDigits: time.fractionDigits)
                if hasTime { line.append("\",") } else { line.truncate(to: start) }
                isExact = hasTime && time.isExact
            }
        }
        if !isExact { append("\"time_raw\":", value, to: &line) }
        return hasTime
    }
}
