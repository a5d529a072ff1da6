// SPDX-License-Identifier: Apache-2.0

import Bytes

/// A time on the wall clock, from 00:00:00 to 23:59:59.
public struct TimeOfDay: Sendable, Hashable, CustomStringConvertible {
    /// The hour, 0 to 23.
    public let hour: Int
    /// The minute, 0 to 59.
    public let minute: Int
    /// The second, 0 to 59.
    public let second: Int

    /// The time of day with these parts, or nil if one of them is out of range.
    public init?(hour: Int, minute: Int, second: Int = 0) {
        guard 0..<24 ~= hour, 0..<60 ~= minute, 0..<60 ~= second else { return nil }
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Reads `HH:MM` or `HH:MM:SS`, two digits each; nil for anything else.
    public init?(parsing text: String) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 2 || fields.count == 3 else { return nil }
        var parts = [0, 0, 0]
        for (index, field) in fields.enumerated() {
            guard field.utf8.count == 2, let value = decimal(field.utf8) else { return nil }
            parts[index] = value
        }
        self.init(hour: parts[0], minute: parts[1], second: parts[2])
    }

    /// Seconds since midnight, on a day of 24 hours.
    public var secondsSinceMidnight: Int64 { Int64((hour * 60 + minute) * 60 + second) }

    /// `HH:MM:SS`.
    public var description: String {
        "\(padded(hour, to: 2)):\(padded(minute, to: 2)):\(padded(second, to: 2))"
    }
}
