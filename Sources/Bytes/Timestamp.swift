extension ByteBuffer {
    /// Appends `2026-11-23T13:25:35.123Z`; `milliseconds` count from the epoch.
    package mutating func append(rfc3339 milliseconds: Int64) {
        let (seconds, fraction) = milliseconds.dividedFlooring(by: 1000)
        let (days, second) = seconds.dividedFlooring(by: 86_400)
        let (year, month, day) = civilDate(daysSinceEpoch: days)
        append(padded: year, digits: 4)
        append(UInt8(ascii: "-"))
        append(padded: month, digits: 2)
        append(UInt8(ascii: "-"))
        append(padded: day, digits: 2)
        append(UInt8(ascii: "T"))
        append(padded: second / 3600, digits: 2)
        append(UInt8(ascii: ":"))
        append(padded: second / 60 % 60, digits: 2)
        append(UInt8(ascii: ":"))
        append(padded: second % 60, digits: 2)
        append(UInt8(ascii: "."))
        append(padded: fraction, digits: 3)
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

/// The proleptic Gregorian date, counted in years that begin in March so that the leap day is last.
private func civilDate(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // 719_468 days lie between 0000-03-01 and 1970-01-01; 400 years have 146_097.
    let (era, dayOfEra) = (days + 719_468).dividedFlooring(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

extension Int64 {
    fileprivate func dividedFlooring(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
