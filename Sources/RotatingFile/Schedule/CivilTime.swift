// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc

/// The date and time that calendar and clock on the wall show at one instant.
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
    /// Local time is that of the process's zone by `localtime_r`, which CPython calls too.
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

    /// The date alone.
    package var date: CivilDate {
        CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
    }

    /// The day of the week, 0 for Monday as in Python.
    package var weekday: Int { date.weekday }

    /// Seconds since midnight as the wall shows them.
    package var secondsSinceMidnight: Int64 { Int64((hour * 60 + minute) * 60 + second) }

    /// Seconds from 1970-01-01 00:00:00 on this wall to what it shows: the epoch seconds, were this
    /// UTC.
    package var reading: Int64 { date.daysSinceEpoch * secondsPerDay + secondsSinceMidnight }

    /// Whether date and time exist in the Gregorian calendar, leap seconds left out.
    package var exists: Bool {
        date.exists && 0..<24 ~= hour && 0..<60 ~= minute && 0..<60 ~= second
    }
}

/// Seconds in a day of 24 hours.
let secondsPerDay: Int64 = 86_400
