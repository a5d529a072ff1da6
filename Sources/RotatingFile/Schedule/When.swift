// SPDX-License-Identifier: Apache-2.0

import Bytes

extension RotationSchedule {
    /// The unit of a schedule's interval, or the day on which it rolls over: Python's `when`.
    public enum When: Sendable, Hashable, CustomStringConvertible {
        /// `S`: every interval seconds.
        case seconds
        /// `M`: every interval minutes.
        case minutes
        /// `H`: every interval hours.
        case hours
        /// `D`: every interval days.
        case days
        /// `MIDNIGHT`: at midnight, or at a time of day, every interval days.
        case midnight
        /// `W0` (Monday) to `W6` (Sunday): on that day, every interval weeks.
        case weekday(Int)

        /// Reads `S`, `M`, `H`, `D`, `MIDNIGHT` or `W0` to `W6`, in any case; nil for anything
        /// else.
        public init?(_ text: String) {
            // Unicode has other letters with these capitals, such as the long s.
            guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            switch text.uppercased() {
            case "S": self = .seconds
            case "M": self = .minutes
            case "H": self = .hours
            case "D": self = .days
            case "MIDNIGHT": self = .midnight
            case let name where name.utf8.count == 2 && name.utf8.first == UInt8(ascii: "W"):
                guard let day = decimal(name.utf8.dropFirst()), day <= 6 else { return nil }
                self = .weekday(day)
            default: return nil
            }
        }

        /// The name that `init(_:)` reads, in capitals.
        public var description: String {
            switch self {
            case .seconds: "S"
            case .minutes: "M"
            case .hours: "H"
            case .days: "D"
            case .midnight: "MIDNIGHT"
            case .weekday(let day): "W\(day)"
            }
        }

        var unitSeconds: Int64 {
            switch self {
            case .seconds: 1
            case .minutes: 60
            case .hours: 3600
            case .days, .midnight: secondsPerDay
            case .weekday: 7 * secondsPerDay
            }
        }

        var hasTimeOfDay: Bool {
            switch self {
            case .seconds, .minutes, .hours, .days: false
            case .midnight, .weekday: true
            }
        }

        /// How many of hour, minute and second a rotated file's name holds behind the date.
        var suffixParts: Int {
            switch self {
            case .seconds: 3
            case .minutes: 2
            case .hours: 1
            case .days, .midnight, .weekday: 0
            }
        }
    }
}
