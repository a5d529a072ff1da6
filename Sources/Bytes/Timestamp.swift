// SPDX-License-Identifier: Apache-2.0

extension ByteBuffer {
    /// Appends `2026-11-23T13:25:35.123Z`; `milliseconds` count from the epoch.
    package mutating func append(rfc3339 milliseconds: Int64) {
        let (seconds, fraction) = milliseconds.dividedFlooring(by: 1000)
        let (days, second) = seconds.dividedFlooring(by: 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        append(padded: date.year, digits: 4)
        append(UInt8(ascii: "-"))
        append(padded: date.month, digits: 2)
        append(UInt8(ascii: "-"))
        append(padded: date.day, digits: 2)
        append(UInt8(ascii: "T"))
        append(padded: second / 3600, digits: 2)
        append(UInt8(ascii: ":"))
        append(padded: second / 60 % 60, digits: 2)
        append(UInt8(ascii: ":"))
        append(padded: second % 60, digits: 2)
        append(UInt8(ascii: "."))
        append(rfc3339Fraction: fraction)
    }

    /// Appends the end of such a time, `123Z`; `milliseconds` are those of its second.
    package mutating func append(rfc3339Fraction milliseconds: Int64) {
        append(padded: milliseconds, digits: 3)
        append(UInt8(ascii: "Z"))
    }

    private mutating func append(padded value: Int64, digits: Int) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}

/// Timestamps (RFC 3339), in UTC with milliseconds.
package enum RFC3339 {
    package static func string(epochNanoseconds: Int64) -> String {
        var text = ByteBuffer(capacity: 24)
        text.append(rfc3339: epochNanoseconds / 1_000_000)
        return String(text)
    }
}
