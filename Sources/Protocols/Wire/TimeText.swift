// SPDX-License-Identifier: Apache-2.0

import Bytes

extension ByteBuffer {
    /// Appends a time as RFC 3339 has it, in UTC: `2026-11-23T13:25:35.123456789Z`.
    ///
    /// - Parameters:
    ///   - seconds: since 1970-01-01T00:00:00Z.
    ///   - nanoseconds: of that second, below 1,000,000,000.
    ///   - fractionDigits: 0 to 9; further digits are left out, never rounded.
    /// - Returns: whether the time is in the years 0 to 9999; if not, nothing is appended.
    package mutating func append(
        rfc3339Seconds seconds: Int64, nanoseconds: UInt32, fractionDigits: Int
    ) -> Bool {
        // 0000-01-01T00:00:00Z and 10000-01-01T00:00:00Z.
        guard -62_167_219_200..<253_402_300_800 ~= seconds else { return false }
        precondition(nanoseconds < 1_000_000_000 && 0...9 ~= fractionDigits)
        let (days, second) = seconds.dividedFlooring(by: 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        appendUninitialized(capacity: 30) { room in
            var digits = DigitWriter(room: room)
            digits.write(date.year, 4)
            digits.write(UInt8(ascii: "-"))
            digits.write(date.month, 2)
            digits.write(UInt8(ascii: "-"))
            digits.write(date.day, 2)
            digits.write(UInt8(ascii: "T"))
            digits.write(second / 3600, 2)
            digits.write(UInt8(ascii: ":"))
            digits.write(second / 60 % 60, 2)
            digits.write(UInt8(ascii: ":"))
            digits.write(second % 60, 2)
            if fractionDigits > 0 {
                digits.write(UInt8(ascii: "."))
                digits.write(Int64(nanoseconds), 9)
                digits.count -= 9 - fractionDigits
            }
            digits.write(UInt8(ascii: "Z"))
            return digits.count
        }
        return true
    }

    /// Appends nanoseconds since 1970-01-01T00:00:00Z as RFC 3339 has them; all of them are before
    /// the year 2555.
    package mutating func append(rfc3339Nanoseconds nanoseconds: UInt64, fractionDigits: Int = 9) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        _ = append(
            rfc3339Seconds: Int64(seconds), nanoseconds: UInt32(rest),
            fractionDigits: fractionDigits)
    }
}

/// Writes numbers of a fixed number of digits one behind the other.
private struct DigitWriter {
    let room: UnsafeMutableRawBufferPointer
    var count = 0

    init(room: UnsafeMutableRawBufferPointer) { self.room = room }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        room[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func write(_ value: Int64, _ digits: Int) {
        var rest = UInt64(truncatingIfNeeded: value)
        for place in stride(from: count &+ digits &- 1, through: count, by: -1) {
            room[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count &+= digits
    }
}
