import Bytes

/// The IMF-fixdate form of a time: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
    private static let secondsPerDay = 86_400

    static func append(epochSeconds: Int, to out: inout ByteBuffer) {
        var days = epochSeconds / secondsPerDay
        var second = epochSeconds % secondsPerDay
        if second < 0 {
            second += secondsPerDay
            days -= 1
        }
        let date = civilDate(daysSinceEpoch: days)
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

    private static func append(twoDigits value: Int, to out: inout ByteBuffer) {
        out.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10 % 10))
        out.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }

    /// The Gregorian date, counted in years that begin on 1 March so that the leap day comes last.
    private static func civilDate(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        // 1970-01-01 is day 719,468 since 0000-03-01; 400 years are 146,097 days.
        let days = daysSinceEpoch + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // From March on, the months have 153 days in every five.
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func weekday(daysSinceEpoch: Int) -> StaticString {
        // 1970-01-01 was a Thursday.
        switch ((daysSinceEpoch + 4) % 7 + 7) % 7 {
        case 0: "Sun, "
        case 1: "Mon, "
        case 2: "Tue, "
        case 3: "Wed, "
        case 4: "Thu, "
        case 5: "Fri, "
        default: "Sat, "
        }
    }

    private static func month(_ month: Int) -> StaticString {
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
