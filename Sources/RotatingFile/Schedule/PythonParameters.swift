// SPDX-License-Identifier: Apache-2.0

import Linux

/// The parameters of Python's `logging.handlers.TimedRotatingFileHandler`.
extension RotatingFile {
    /// Opens or creates the file at `path`, rotated as `TimedRotatingFileHandler` says it.
    ///
    /// | Python | here |
    /// |---|---|
    /// | `filename`, `when`, `interval`, `utc`, `atTime` | the same |
    /// | `backupCount` | of ``seal(_:now:)``, since compressing and removing take their time |
    /// | `delay` | the file is opened at once |
    /// | `encoding`, `errors` | lines are bytes |
    ///
    /// Rollovers lie on the wall clock; with `aligned` false they are CPython 3.13's exactly.
    ///
    /// - Parameters:
    ///   - path: of the active file; its directory must exist.
    ///   - when: the unit of `interval`, or the day to roll over on; `RotationSchedule.When("W0")`
    ///     reads Python's names.
    ///   - interval: how many units, days or weeks lie between two rollovers.
    ///   - utc: whether the wall clock is UTC's, not that of the process's zone.
    ///   - atTime: the time of day of MIDNIGHT and W0 to W6.
    ///   - aligned: see ``RotationSchedule``.
    ///   - options: how files are made.
    ///   - now: seconds since 1970; nil asks the clock.
    ///   - onEvent: called with each event besides appending.
    /// - Throws: ``RotatingFileError/schedule(_:)`` when the settings make no schedule.
    public convenience init(
        path: String, when: RotationSchedule.When, interval: Int = 1, utc: Bool = false,
        atTime: TimeOfDay? = nil, aligned: Bool = true, options: Options = Options(),
        now: Int64? = nil, onEvent: ((RotatingFileEvent) -> Void)? = nil
    ) throws(RotatingFileError) {
        let schedule: RotationSchedule
        do {
            schedule = try RotationSchedule(
                when: when, interval: interval, atTime: atTime, zone: utc ? .utc : .local,
                aligned: aligned)
        } catch {
            throw .schedule(error)
        }
        try self.init(
            path: path, schedule: schedule, options: options, now: now ?? Clock.epochSeconds(),
            onEvent: onEvent)
    }
}
