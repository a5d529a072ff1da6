// SPDX-License-Identifier: Apache-2.0

/// The instants of `logging.handlers.TimedRotatingFileHandler` in CPython 3.13.
///
/// A rollover is counted from the instant of the one before, so these drift with restarts and late
/// records. Changes of the clock are taken for an hour, as there: a zone that does otherwise (Lord
/// Howe, Casablanca) rolls over off the mark.
struct CPythonRollover {
    let when: RotationSchedule.When
    /// Seconds between rollovers.
    let interval: Int64
    let atTime: TimeOfDay?
    let zone: RotationSchedule.Zone

    private static let hour: Int64 = 3600

    /// `computeRollover`.
    func rollover(after time: Int64) -> Int64 {
        let base: Int64
        switch when {
        case .seconds, .minutes, .hours, .days: return time + interval
        case .midnight: base = secondsPerDay
        case .weekday: base = 7 * secondsPerDay
        }
        let now = CivilTime(at: time, in: zone)
        let first = firstTimeOfDay(after: time, showing: now)
        return corrected(first + interval - base, madeWhileDaylightSaving: now.isDaylightSaving)
    }

    /// The instant that names the file which is closed at `rolloverAt`, as `doRollover` has it at
    /// `now`.
    func intervalStart(endingAt rolloverAt: Int64, now: Int64) -> Int64 {
        let start = rolloverAt - interval
        guard zone == .local else { return start }
        let wasDaylightSaving = CivilTime(at: start, in: zone).isDaylightSaving
        switch (wasDaylightSaving, CivilTime(at: now, in: zone).isDaylightSaving) {
        case (false, true): return start + Self.hour
        case (true, false): return start - Self.hour
        default: return start
        }
    }

    /// The next time of day, on the wanted day of the week if there is one, as if no day had other
    /// than 24 hours.
    private func firstTimeOfDay(after time: Int64, showing now: CivilTime) -> Int64 {
        // Without a time of day it is the midnight that ends the day.
        let wanted = atTime?.secondsSinceMidnight ?? secondsPerDay
        var wait = wanted - now.secondsSinceMidnight
        var day = now.weekday
        if wait <= 0 {
            wait += secondsPerDay
            day += 1
        }
        if case .weekday(let wantedDay) = when {
            wait += Int64((wantedDay - day + 14) % 7) * secondsPerDay
        }
        return time + wait
    }

    private func corrected(_ rollover: Int64, madeWhileDaylightSaving: Bool) -> Int64 {
        guard zone == .local else { return rollover }
        let isDaylightSaving = CivilTime(at: rollover, in: zone).isDaylightSaving
        switch (madeWhileDaylightSaving, isDaylightSaving) {
        case (true, false): return rollover + Self.hour
        case (false, true):
            // An hour earlier daylight saving may not have begun: the wanted time is one that the
            // day leaves out.
            let earlier = rollover - Self.hour
            return CivilTime(at: earlier, in: zone).isDaylightSaving ? earlier : rollover
        default: return rollover
        }
    }
}
