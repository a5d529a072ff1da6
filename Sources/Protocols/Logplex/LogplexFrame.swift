// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The parts of a frame, `<PRI>1 TIME HOST APP PROC - MESSAGE`: RFC 5424 without structured data.
///
/// `-` stands for an unknown part. The space in front of an empty message may be absent.
struct LogplexFrame: Equatable {
    /// The facility times eight, plus the severity.
    let priority: Int
    let time: Range<Int>
    let host: Range<Int>
    let appName: Range<Int>
    let processID: Range<Int>
    let messageID: Range<Int>
    let message: Range<Int>

    /// Finds the parts of a frame that has no line feed at its end; nil if it is something else.
    init?(_ frame: Span<UInt8>) {
        guard let (priority, version) = Self.priority(of: frame),
            version + 2 <= frame.count, frame[version] == UInt8(ascii: "1"),
            frame[version + 1] == UInt8(ascii: " ")
        else { return nil }
        self.priority = priority
        var at = version + 2
        guard let time = Self.field(frame, &at), let host = Self.field(frame, &at),
            let appName = Self.field(frame, &at), let processID = Self.field(frame, &at)
        else { return nil }
        self.time = time
        self.host = host
        self.appName = appName
        self.processID = processID
        let end = frame.firstIndex(of: UInt8(ascii: " "), from: at)
        guard end > at else { return nil }
        messageID = at..<end
        message = min(end + 1, frame.count)..<frame.count
    }

    /// The priority, from 0 to 191, and where the version begins behind it.
    private static func priority(of frame: Span<UInt8>) -> (Int, Int)? {
        guard frame.count > 2, frame[0] == UInt8(ascii: "<") else { return nil }
        var value = 0
        var at = 1
        while at < min(frame.count, 4), let digit = frame[at].decimalValue {
            value = value * 10 + digit
            at += 1
        }
        guard at > 1, at < frame.count, frame[at] == UInt8(ascii: ">"), value < 192 else {
            return nil
        }
        return (value, at + 1)
    }

    /// The field at `at`, which is not empty and ends with a space; `at` moves behind that.
    private static func field(_ frame: Span<UInt8>, _ at: inout Int) -> Range<Int>? {
        let end = frame.firstIndex(of: UInt8(ascii: " "), from: at)
        guard end > at, end < frame.count else { return nil }
        defer { at = end + 1 }
        return at..<end
    }

    /// Where the frame at `start` is: behind its length, or the line if it has none.
    ///
    /// A length that is larger than the body, as that of a body that was cut off, is one only in front
    /// of a priority: a line of text may begin with a number too.
    static func range(in body: Span<UInt8>, from start: Int) -> Range<Int> {
        var length = 0
        var at = start
        while at < min(body.count, start + 10), let digit = body[at].decimalValue {
            length = length * 10 + digit
            at += 1
        }
        if at > start, at < body.count, body[at] == UInt8(ascii: " ") {
            at += 1
            if length <= body.count - at { return at..<(at + length) }
            if at < body.count, body[at] == UInt8(ascii: "<") { return at..<body.count }
        }
        let lineFeed = body.firstIndex(of: UInt8(ascii: "\n"), from: start)
        return start..<min(lineFeed + 1, body.count)
    }
}

extension LogplexFrame {
    /// Appends the members of the record, each with a comma behind it; returns whether the time is one
    /// of them.
    func append(of frame: Span<UInt8>, to line: inout ByteBuffer) -> Bool {
        let hasTime = frame.extracting(time).isRFC3339
        if hasTime {
            line.append("\"time\":\"")
            line.append(frame.extracting(time))
            line.append("\",")
        } else {
            Self.append("\"time_raw\":", frame.extracting(time), to: &line)
        }
        line.append("\"level\":\"")
        line.append(Self.severities[priority & 7])
        line.append("\",\"message\":")
        line.append(jsonText: frame.extracting(message))
        line.append(UInt8(ascii: ","))
        Self.append("\"host\":", frame.extracting(host), to: &line)
        Self.append("\"app_name\":", frame.extracting(appName), to: &line)
        Self.append("\"proc_id\":", frame.extracting(processID), to: &line)
        Self.append("\"msg_id\":", frame.extracting(messageID), to: &line)
        line.append("\"priority\":")
        line.append(decimal: priority)
        line.append(UInt8(ascii: ","))
        return hasTime
    }

    /// Appends a member with `name`, unless `value` is unknown.
    private static func append(
        _ name: StaticString, _ value: Span<UInt8>, to line: inout ByteBuffer
    ) {
        if value.equals("-") { return }
        line.append(name)
        line.append(jsonText: value)
        line.append(UInt8(ascii: ","))
    }

    /// The severities of RFC 5424, 6.2.1, by the names that syslog(3) gives them.
    private static let severities: [8 of StaticString] = [
        "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
    ]
}

extension UInt8 {
    /// The value of an ASCII digit; nil for any other byte.
    fileprivate var decimalValue: Int? {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= self ? Int(self - UInt8(ascii: "0")) : nil
    }
}

extension Span<UInt8> {
    /// Whether it is a date and time of RFC 3339, 5.6, such as `2012-11-30T06:45:29.123+00:00`.
    fileprivate var isRFC3339: Bool {
        guard hasForm("0000-00-00T00:00:00", at: 0) else { return false }
        let date = CivilDate(
            year: Int64(number(at: 0) * 100 + number(at: 2)), month: Int64(number(at: 5)),
            day: Int64(number(at: 8)))
        guard date.exists, number(at: 11) < 24, number(at: 14) < 60, number(at: 17) <= 60 else {
            return false
        }
        var at = 19
        if hasForm(".0", at: at) {
            at += 2
            while at < count, self[at].decimalValue != nil { at += 1 }
        }
        if hasForm("Z", at: at) { return at + 1 == count }
        guard hasForm("+00:00", at: at) || hasForm("-00:00", at: at), at + 6 == count else {
            return false
        }
        return number(at: at + 1) < 24 && number(at: at + 4) < 60
    }

    /// Whether the bytes from `start` on are those of `form`, in which `0` stands for any digit.
    private func hasForm(_ form: StaticString, at start: Int) -> Bool {
        guard start + form.utf8CodeUnitCount <= count else { return false }
        for index in 0..<form.utf8CodeUnitCount {
            let (expected, byte) = (form.utf8Start[index], self[start + index])
            guard expected == UInt8(ascii: "0") ? byte.decimalValue != nil : byte == expected
            else { return false }
        }
        return true
    }

    /// The value of the two digits at `start`.
    private func number(at start: Int) -> Int {
        (self[start].decimalValue ?? 0) * 10 + (self[start + 1].decimalValue ?? 0)
    }
}
