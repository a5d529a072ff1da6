// SPDX-License-Identifier: Apache-2.0

/// Why a rotation schedule cannot be made from the given settings.
public enum RotationScheduleError: Error, Equatable, CustomStringConvertible {
    /// The interval is less than one, or longer than a hundred years.
    case intervalOutOfRange(Int)
    /// The day of the week is not 0 (Monday) to 6 (Sunday).
    case weekdayOutOfRange(Int)
    /// A time of day was given for a schedule that has none: S, M, H or D.
    case timeOfDayNotUsed(RotationSchedule.When)
    /// The name is not that of a zone in the system's zoneinfo database.
    case unknownTimeZone(String)
    /// The environment variable `TZ` is neither the name of a zone nor rules as POSIX writes them.
    case unknownEnvironmentZone(String)

    /// A sentence with the mistake and the allowed values.
    public var description: String {
        switch self {
        case .intervalOutOfRange(let interval):
            "an interval of \(interval) is out of range: it must be at least 1 and, multiplied by "
                + "its unit, at most a hundred years"
        case .weekdayOutOfRange(let day):
            "\(day) is not a day of the week: use 0 (Monday) to 6 (Sunday)"
        case .timeOfDayNotUsed(let when):
            "a time of day has no meaning with \(when): use MIDNIGHT or W0 to W6 with it, "
                + "or leave it out"
        case .unknownTimeZone(let name):
            "'\(name)' is not a time zone in \(ZoneDatabase.directory): use a name such as "
                + "Europe/Berlin, and see that the tzdata package is installed"
        case .unknownEnvironmentZone(let name):
            "the environment variable TZ is '\(name)', which is no time zone in "
                + "\(ZoneDatabase.directory): set it or rotation.timezone to a name such as "
                + "Asia/Shanghai, or to UTC, and see that the tzdata package is installed"
        }
    }
}
