import Glibc

/// What calendar and clock on the wall show at one instant.
package struct CivilTime: Sendable, Hashable {
    /// The year, 1 to 9999 for every instant that a schedule works with.
    package var year: Int
    /// The month, 1 to 12.
    package var month: Int
    /// The day of the month, 1 to 31.
    package var day: Int
    package var hour: Int
    package var minute: Int
    /// The second, 0 to 59; 60 in a leap second of the `right/` zones.
    package var second: Int
    /// Whether the zone calls this daylight saving time (`tm_isdst`).
    package var isDaylightSaving = false

    package init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The wall at `time`, in epoch seconds.
    ///
    /// Local time is what `localtime_r` makes of the process's zone, which is what CPython calls
    /// too.
    package init(at time: Int64, in zone: RotationSchedule.Zone) {
        var instant = time_t(time)
        var fields = tm()
        switch zone {
        case .utc: gmtime_r(&instant, &fields)
        case .local: localtime_r(&instant, &fields)
        }
        self.init(
            year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1,
            day: Int(fields.tm_mday), hour: Int(fields.tm_hour), minute: Int(fields.tm_min),
            second: Int(fields.tm_sec))
        isDaylightSaving = fields.tm_isdst > 0
    }

    /// The day of the week, 0 for Monday as in Python; 1970-01-01 was a Thursday.
    package var weekday: Int {
        let days = daysSince1970 + 3
        return Int(days - floorDivision(days, by: 7) * 7)
    }

    /// Whole days from 1970-01-01 to this date in the Gregorian calendar.
    package var daysSince1970: Int64 {
        // A year is counted from March, so that the leap day is its last; an era is 400 years.
        let marchYear = Int64(month > 2 ? year : year - 1)
        let monthFromMarch = Int64((month + 9) % 12)
        let leapDays =
            floorDivision(marchYear, by: 4) - floorDivision(marchYear, by: 100)
            + floorDivision(marchYear, by: 400)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        return marchYear * 365 + leapDays + dayOfYear - 719_468
    }

    /// Seconds since midnight as the wall shows them.
    package var secondsSinceMidnight: Int64 { Int64((hour * 60 + minute) * 60 + second) }

    /// Seconds from 1970-01-01 00:00:00 on this wall to what it shows: the epoch seconds, were this
    /// UTC.
    package var reading: Int64 { daysSince1970 * secondsPerDay + secondsSinceMidnight }

    /// Whether date and time exist in the Gregorian calendar, leap seconds left out.
    package var exists: Bool {
        guard 1...9999 ~= year, 1...12 ~= month else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return 1...lengths[month - 1] ~= day
            && 0..<24 ~= hour && 0..<60 ~= minute && 0..<60 ~= second
    }
}

/// Seconds in a day of 24 hours.
let secondsPerDay: Int64 = 86_400
