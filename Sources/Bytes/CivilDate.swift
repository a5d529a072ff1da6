// SPDX-License-Identifier: Apache-2.0

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Equatable, Sendable {
    package let year: Int64
    /// From 1 for January.
    package let month: Int64
    /// From 1.
    package let day: Int64

    /// The date of these numbers, which need not exist.
    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date `days` days after 1970-01-01; negative numbers are days before it.
    ///
    /// Years are counted from March on, so that the leap day comes last.
    package init(daysSinceEpoch days: Int64) {
        // 719,468 days lie between 0000-03-01 and 1970-01-01; 400 years have 146,097.
        let (era, dayOfEra) = (days + 719_468).dividedFlooring(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // From March on, the months have 153 days in every five.
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01 to this date, whose month is 1 to 12.
    package var daysSinceEpoch: Int64 {
        // A year is counted from March, so that the leap day is its last.
        let marchYear = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let leapDays =
            marchYear.dividedFlooring(by: 4).quotient - marchYear.dividedFlooring(by: 100).quotient
            + marchYear.dividedFlooring(by: 400).quotient
        return marchYear * 365 + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - 719_468
    }

    /// The day of the week, 0 for Monday; 1970-01-01 was a Thursday.
    package var weekday: Int { Int((daysSinceEpoch + 3).dividedFlooring(by: 7).remainder) }

    /// Whether the calendar has this date, in the years 1 to 9999.
    package var exists: Bool {
        guard 1...9999 ~= year, 1...12 ~= month else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [12 of Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return 1...lengths[Int(month) - 1] ~= day
    }
}

extension Int64 {
    /// The quotient rounded down, and the remainder, which is never negative.
    package func dividedFlooring(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
