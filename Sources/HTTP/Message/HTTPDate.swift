// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The IMF-fixdate form of a time: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
    private static let secondsPerDay: Int64 = 86_400

    static func append(epochSeconds: Int, to out: inout ByteBuffer) {
        let (days, second) = Int64(epochSeconds).dividedFlooring(by: secondsPerDay)
        let date = CivilDate(daysSinceEpoch: days)
        out.append(weekday(daysSinceEpoch: days))
        append(twoDigits: date.day, to: &out)
        out.append(month(date.month))
        append(twoDigits: date.year / 100, to: &out)
        append(twoDigits: date.year % 100, to: &out)
        out.append(UInt8(ascii: " "))
        append(twoDigits: second / 3600, to: &out)
        out.append(UInt8(ascii: ":"))
        append(twoDigits: second / 60 % 60, to: &out)
        out.append(UInt8(ascii: ":"))
        append(twoDigits: second % 60, to: &out)
        out.append(" GMT")
    }

    private static func append(twoDigits value: Int64, to out: inout ByteBuffer) {
        out.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10 % 10))
        out.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }

    private static func weekday(daysSinceEpoch: Int64) -> StaticString {
        // 1970-01-01 was a Thursday.
        switch (daysSinceEpoch + 4).dividedFlooring(by: 7).remainder {
        case 0: "Sun, "
        case 1: "Mon, "
        case 2: "Tue, "
        case 3: "Wed, "
        case 4: "Thu, "
        case 5: "Fri, "
        default: "Sat, "
        }
    }

    private static func month(_ month: Int64) -> StaticString {
        switch month {
        case 1: " Jan "
        case 2: " Feb "
        case 3: " Mar "
        case 4: " Apr "
        case 5: " May "
        case 6: " Jun "
        case 7: " Jul "
        case 8: " Aug "
        case 9: " Sep "
        case 10: " Oct "
        case 11: " Nov "
        default: " Dec "
        }
    }
}
