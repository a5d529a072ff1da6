// SPDX-License-Identifier: Apache-2.0

import Bytes

extension ByteBuffer {
    /// Appends the time of an entry, as `"time":"…",`, of seconds since 1970-01-01T00:00:00Z and
    /// nanoseconds.
    ///
    /// Nothing is appended for 0, and `"time_raw":{…},` for what is no time.
    ///
    /// - Returns: whether it is a time.
    mutating func append(lokiSeconds seconds: Int64, nanoseconds: Int64) -> Bool {
        if seconds == 0, nanoseconds == 0 { return false }
        let before = count
        append("\"time\":\"")
        if 0..<1_000_000_000 ~= nanoseconds,
            append(
                rfc3339Seconds: seconds, nanoseconds: UInt32(nanoseconds), fractionDigits: 9)
        {
            append("\",")
            return true
        }
        truncate(to: before)
        append("\"time_raw\":{\"seconds\":")
        append(decimal: Int(seconds))
        append(",\"nanos\":")
        append(decimal: Int(nanoseconds))
        append("},")
        return false
    }

    /// Appends the time of an entry in JSON: a string of nanoseconds or of RFC 3339, or a number.
    ///
    /// Nothing is appended for 0 and null, and `"time_raw":…,` for what is no time.
    ///
    /// - Returns: whether it is a time.
    mutating func append(lokiTime value: JSONValue, of json: borrowing JSONScanner) -> Bool {
        if value.kind == UInt8(ascii: "n") { return false }
        let time: LokiTime?
        if value.kind == .quote {
            let inside = json.bytes(value.range.lowerBound + 1..<value.range.upperBound - 1)
            if inside.isEmpty { return false }
            time = LokiTime(nanoseconds: inside) ?? LokiTime(rfc3339: inside)
        } else {
            time = LokiTime(number: json.bytes(value.range))
        }
        if let time {
            if time.isZero { return false }
            let before = count
            append("\"time\":\"")
            if append(
                rfc3339Seconds: time.seconds, nanoseconds: UInt32(time.nanoseconds),
                fractionDigits: time.fractionDigits)
            {
                append("\",")
                return true
            }
            truncate(to: before)
        }
        append("\"time_raw\":")
        json.append(value, to: &self)
        append(",")
        return false
    }
}

/// A time as it was sent.
struct LokiTime: Equatable {
    /// Since 1970-01-01T00:00:00Z.
    var seconds: Int64
    /// Of that second.
    var nanoseconds: Int64
    /// How many digits of the fraction were sent, 0 to 9.
    var fractionDigits: Int

    var isZero: Bool { seconds == 0 && nanoseconds == 0 }

    /// The time `count` units after 1970-01-01T00:00:00Z, of which a second has ten to the power of
    /// `digits`.
    private init(_ count: Int64, digits: Int) {
        var units: Int64 = 1
        for _ in 0..<digits { units *= 10 }
        let (seconds, rest) = count.dividedFlooring(by: units)
        self.seconds = seconds
        nanoseconds = rest * (1_000_000_000 / units)
        fractionDigits = digits
    }

    /// Reads an integer.
    init?(nanoseconds text: Span<UInt8>) {
        guard let count = text.integer(in: 0..<text.count) else { return nil }
        self = LokiTime(count, digits: 9)
    }

    /// Reads a number of seconds, milliseconds, microseconds or nanoseconds.
    ///
    /// Its magnitude tells which: less than 10^11 are seconds, until the year 5138, and each of the
    /// others a thousand times as much. Only seconds have a fraction.
    init?(number text: Span<UInt8>) {
        let point = text.firstIndex(of: UInt8(ascii: "."), from: 0)
        guard let whole = text.integer(in: 0..<point) else { return nil }
        guard point < text.count else {
            let digits =
                switch whole.magnitude {
                case ..<100_000_000_000: 0
                case ..<100_000_000_000_000: 3
                case ..<100_000_000_000_000_000: 6
                default: 9
                }
            self = LokiTime(whole, digits: digits)
            return
        }
        let digits = text.count - point - 1
        guard whole.magnitude < 100_000_000_000, text[0] != UInt8(ascii: "-"), 1...9 ~= digits,
            var fraction = text.integer(in: point + 1..<text.count), fraction >= 0
        else { return nil }
        for _ in digits..<9 { fraction *= 10 }
        seconds = whole
        nanoseconds = fraction
        fractionDigits = digits
    }

    /// Reads a time of RFC 3339, section 5.6, with up to nine digits of a fraction.
    init?(rfc3339 text: Span<UInt8>) {
        guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] | 0x20 == UInt8(ascii: "t") || text[10] == .space, text[13] == .colon,
            text[16] == .colon
        else { return nil }
        guard let year = text.digits(0..<4), let month = text.digits(5..<7),
            let day = text.digits(8..<10), let hour = text.digits(11..<13), hour < 24,
            let minute = text.digits(14..<16), minute < 60, let second = text.digits(17..<19),
            second < 60
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.exists else { return nil }
        var index = 19
        nanoseconds = 0
        fractionDigits = 0
        if text[index] == UInt8(ascii: ".") {
            let start = index + 1
            index = start
            while index < text.count, text[index].isDigit { index += 1 }
            fractionDigits = index - start
            guard 1...9 ~= fractionDigits, var fraction = text.digits(start..<index) else {
                return nil
            }
            for _ in fractionDigits..<9 { fraction *= 10 }
            nanoseconds = fraction
        }
        guard let offset = text.zoneOffset(from: index) else { return nil }
        seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset
    }
}

extension Span<UInt8> {
    /// The number that fills `range`, of digits alone.
    fileprivate func digits(_ range: Range<Int>) -> Int64? {
        guard 1...18 ~= range.count else { return nil }
        var value: Int64 = 0
        for index in range {
            guard self[index].isDigit else { return nil }
            value = value &* 10 &+ Int64(self[index] &- UInt8(ascii: "0"))
        }
        return value
    }

    /// The integer that fills `range`, of digits behind a sign or none.
    fileprivate func integer(in range: Range<Int>) -> Int64? {
        guard !range.isEmpty else { return nil }
        let isNegative = self[range.lowerBound] == UInt8(ascii: "-")
        let first = range.lowerBound + (isNegative ? 1 : 0)
        if range.upperBound - first <= 18 {
            guard let value = digits(first..<range.upperBound) else { return nil }
            return isNegative ? -value : value
        }
        var value: Int64 = 0
        for index in first..<range.upperBound {
            guard self[index].isDigit else { return nil }
            let (high, overflows) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(self[index] - UInt8(ascii: "0"))
            let (sum, carries) = high.subtractingReportingOverflow(digit)
            if overflows || carries { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The seconds by which the zone that fills the rest from `index` on is ahead of UTC.
    fileprivate func zoneOffset(from index: Int) -> Int64? {
        guard index < count else { return nil }
        if self[index] | 0x20 == UInt8(ascii: "z") { return index + 1 == count ? 0 : nil }
        let isBehind = self[index] == UInt8(ascii: "-")
        guard isBehind || self[index] == UInt8(ascii: "+"), index + 6 == count,
            self[index + 3] == .colon, let hours = digits(index + 1..<index + 3), hours < 24,
            let minutes = digits(index + 4..<index + 6), minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return isBehind ? -seconds : seconds
    }
}
