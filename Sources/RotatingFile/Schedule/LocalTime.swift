// SPDX-License-Identifier: Apache-2.0

/// The wall clock of a zone as a function of the instant, and where it jumps.
///
/// Only `reading(at:)` asks the system; everything else is searched for in its answers, so no rule
/// of any zone (an hour, a half hour, a negative hour, a whole day) is built in.
struct LocalTime {
    let zone: RotationSchedule.Zone

    /// No zone's wall is further from UTC than this: POSIX allows up to 24:59:59, tzdata uses less
    /// than 16 hours.
    static let furthestOffset: Int64 = 26 * 3600

    /// The distance of the samples between which a jump is searched for.
    ///
    /// Two jumps inside one step could hide each other. The closest two in tzdata are four days
    /// apart (Africa/Freetown, 1939).
    private static let step: Int64 = 12 * 3600

    /// The reading of the wall clock at `time`, as `CivilTime.reading`.
    func reading(at time: Int64) -> Int64 {
        zone == .utc ? time : CivilTime(at: time, in: zone).reading
    }

    /// How far the wall is ahead of UTC at `time`, in seconds.
    func offset(at time: Int64) -> Int64 { reading(at: time) - time }

    /// The first instant in `start + 1 ... end` at which the offset is another than a second
    /// before.
    func firstJump(after start: Int64, through end: Int64) -> Int64? {
        let offset = offset(at: start)
        var low = start
        while low < end {
            let high = min(low + Self.step, end)
            if self.offset(at: high) != offset { return jump(between: low, and: high) }
            low = high
        }
        return nil
    }

    /// The last instant in `start + 1 ... end` at which the offset is another than a second before.
    func lastJump(after start: Int64, through end: Int64) -> Int64? {
        let offset = offset(at: end)
        var high = end
        while high > start {
            let low = max(high - Self.step, start)
            if self.offset(at: low) != offset { return jump(between: low, and: high) }
            high = low
        }
        return nil
    }

    /// The furthest that the wall has shown up to and at `time`.
    ///
    /// It is more than the reading at `time` while a stretch of local time is repeated.
    func furthestReading(through time: Int64) -> Int64 {
        var furthest = reading(at: time)
        var end = time
        while let jump = lastJump(after: time - Self.furthestOffset, through: end) {
            furthest = max(furthest, reading(at: jump - 1))
            end = jump - 1
        }
        return furthest
    }

    /// The first instant at which the wall shows `wanted` or more.
    ///
    /// More, where the wall jumps over `wanted`; the first of two, where it shows it twice.
    func firstInstant(reaching wanted: Int64) -> Int64 {
        var time = wanted - Self.furthestOffset
        while true {
            let candidate = wanted - offset(at: time)
            guard let jump = firstJump(after: time, through: candidate) else { return candidate }
            if reading(at: jump) >= wanted { return jump }
            time = jump
        }
    }

    /// Bisects to the instant of the jump, given two instants with different offsets.
    private func jump(between start: Int64, and end: Int64) -> Int64 {
        let offset = offset(at: start)
        var (low, high) = (start, end)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(at: middle) == offset { low = middle } else { high = middle }
        }
        return high
    }
}
