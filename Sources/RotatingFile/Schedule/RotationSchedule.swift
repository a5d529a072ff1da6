// SPDX-License-Identifier: Apache-2.0

import Bytes

/// When a file is rotated, and the time in the name of the rotated file.
///
/// The settings are those of Python's `logging.handlers.TimedRotatingFileHandler`. With `aligned`
/// false the instants and the names are those of CPython 3.13 exactly. With `aligned` true, the
/// default, rollovers lie on the wall clock:
///
/// - S, M, H: at the slots of `interval` units counted from local midnight. Where the interval does
///   not divide the day, the last slot of the day is shorter. An interval of a day or more is
///   counted from 1970-01-01 00:00 local.
/// - D, MIDNIGHT: at midnight, or MIDNIGHT at `atTime`, of every `interval`-th day, counted from
///   1970-01-01.
/// - W0 to W6: in every `interval`-th week, counted from 1970-01-01: at `atTime` of that day, or
///   without it at the midnight that ends the day.
///
/// A wall time that a day leaves out is reached at the first instant that shows more. In a repeated
/// hour S, M and H have their boundaries twice, so two files want the same name; a boundary of D,
/// MIDNIGHT and W happens only the first time.
///
/// A schedule is a value and asks no clock. Instants are epoch seconds; those outside the years 1
/// to 9999 are treated as the nearest inside.
public struct RotationSchedule: Sendable, Hashable {
    /// The zone whose wall clock a schedule follows.
    public enum Zone: String, Sendable, Hashable {
        /// Coordinated Universal Time.
        case utc
        /// The zone of the process, as `localtime_r(3)` has it: set `TZ` and call `tzset(3)` before
        /// the first use.
        case local
    }

    /// The unit of the interval, or the day on which to roll over.
    public let when: When
    /// How many units, days or weeks lie between two rollovers.
    public let interval: Int
    /// The time of day of MIDNIGHT and W0–W6; nil is midnight.
    public let atTime: TimeOfDay?
    /// The zone of the boundaries and of the names.
    public let zone: Zone
    /// Whether rollovers lie on the wall clock, or where CPython puts them.
    public let aligned: Bool

    private static let longestIntervalSeconds = Int64(100 * 366) * secondsPerDay
    private static let firstInstant = CivilTime(year: 1, month: 1, day: 3).reading
    private static let lastInstant = CivilTime(year: 9999, month: 12, day: 29).reading

    /// A schedule of these settings.
    ///
    /// A time of day with S, M, H or D, which CPython ignores, is an error here.
    public init(
        when: When, interval: Int = 1, atTime: TimeOfDay? = nil, zone: Zone = .local,
        aligned: Bool = true
    ) throws(RotationScheduleError) {
        let (seconds, overflow) = Int64(interval).multipliedReportingOverflow(by: when.unitSeconds)
        guard interval >= 1, !overflow, seconds <= Self.longestIntervalSeconds else {
            throw .intervalOutOfRange(interval)
        }
        if case .weekday(let day) = when, !(0...6 ~= day) { throw .weekdayOutOfRange(day) }
        if atTime != nil, !when.hasTimeOfDay { throw .timeOfDayNotUsed(when) }
        self.when = when
        self.interval = interval
        self.atTime = atTime
        self.zone = zone
        self.aligned = aligned
    }

    /// The first rollover of a file whose interval began at `time`: CPython's `computeRollover`.
    ///
    /// It is later than `time`. After a rollover at `now` the next one is `rollover(after: now)`,
    /// however late that one was.
    public func rollover(after time: Int64) -> Int64 {
        let time = Self.clamped(time)
        if aligned { return boundary.next(after: time, on: LocalTime(zone: zone)) }
        return max(cpython.rollover(after: time), time + 1)
    }

    /// The start of the interval that ends at `rolloverAt`, which names the file that is closed
    /// then.
    ///
    /// `now` is when the rollover is done. CPython, and so `aligned` false, corrects the start by
    /// an hour if daylight saving is in force at one and not at the other; an aligned schedule does
    /// not look at it.
    public func intervalStart(endingAt rolloverAt: Int64, now: Int64) -> Int64 {
        let rolloverAt = Self.clamped(rolloverAt)
        if aligned { return boundary.previous(before: rolloverAt, on: LocalTime(zone: zone)) }
        return cpython.intervalStart(endingAt: rolloverAt, now: Self.clamped(now))
    }

    /// The end of a rotated file's name for the interval that starts at `start`, without the dot
    /// before it.
    ///
    /// `%Y-%m-%d_%H-%M-%S` for S, `%Y-%m-%d_%H-%M` for M, `%Y-%m-%d_%H` for H, `%Y-%m-%d` for the
    /// others.
    public func suffix(forIntervalStartingAt start: Int64) -> String {
        let time = CivilTime(at: Self.clamped(start), in: zone)
        var suffix =
            "\(padded(time.year, to: 4))-\(padded(time.month, to: 2))-\(padded(time.day, to: 2))"
        guard when.suffixParts > 0 else { return suffix }
        suffix += "_\(padded(time.hour, to: 2))"
        guard when.suffixParts > 1 else { return suffix }
        suffix += "-\(padded(time.minute, to: 2))"
        guard when.suffixParts > 2 else { return suffix }
        // A leap second shares the name of the second before: names hold only times that every
        // calendar knows.
        return suffix + "-\(padded(min(time.second, 59), to: 2))"
    }

    private var boundary: AlignedBoundary {
        let length = Int64(interval) * when.unitSeconds
        let timeOfDay = atTime?.secondsSinceMidnight ?? 0
        switch when {
        case .seconds, .minutes, .hours, .days:
            return length < secondsPerDay
                ? .slots(length: length) : .wallTimes(period: length, phase: 0)
        case .midnight:
            return .wallTimes(period: length, phase: timeOfDay)
        case .weekday(let day):
            // 1970-01-01 was a Thursday, so the first Monday had the number 4.
            let date = Int64((day + 4) % 7 + (atTime == nil ? 1 : 0))
            return .wallTimes(period: length, phase: date * secondsPerDay + timeOfDay)
        }
    }

    private var cpython: CPythonRollover {
        CPythonRollover(
            when: when, interval: Int64(interval) * when.unitSeconds, atTime: atTime, zone: zone)
    }

    private static func clamped(_ time: Int64) -> Int64 {
        min(max(time, firstInstant), lastInstant)
    }
}
