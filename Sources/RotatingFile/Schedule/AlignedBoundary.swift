// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The instants at which a schedule rolls over that is aligned with the wall clock.
///
/// They depend on nothing but the settings and the zone: a restart, another process and a late
/// rollover find the same ones.
enum AlignedBoundary: Equatable {
    /// Slots of so many seconds, less than a day, counted from every midnight; the last of a day
    /// may be shorter.
    ///
    /// A boundary is where the wall shows the start of a slot, or jumps into another slot. So a
    /// repeated stretch of local time has its boundaries twice, and one that is left out has a
    /// single one at the jump.
    case slots(length: Int64)
    /// The wall times `phase + k × period`, in seconds counted from 1970-01-01 00:00 on the wall.
    ///
    /// A boundary is the first instant at which the wall shows at least that: once, even where the
    /// wall shows it twice.
    case wallTimes(period: Int64, phase: Int64)

    /// The first boundary later than `time`.
    func next(after time: Int64, on clock: LocalTime) -> Int64 {
        switch self {
        case .slots(let length):
            return nextSlot(after: time, length: length, on: clock)
        case .wallTimes(let period, let phase):
            let shown = clock.furthestReading(through: time)
            let passed = (shown - phase).dividedFlooring(by: period).quotient
            return clock.firstInstant(reaching: phase + (passed + 1) * period)
        }
    }

    /// The last boundary earlier than `time`.
    func previous(before time: Int64, on clock: LocalTime) -> Int64 {
        switch self {
        case .slots(let length):
            return slotStart(at: time - 1, length: length, on: clock)
        case .wallTimes(let period, let phase):
            let shown = clock.furthestReading(through: time - 1)
            let passed = (shown - phase).dividedFlooring(by: period).quotient
            return clock.firstInstant(reaching: phase + passed * period)
        }
    }

    private func nextSlot(after time: Int64, length: Int64, on clock: LocalTime) -> Int64 {
        var time = time
        while true {
            let reading = clock.reading(at: time)
            let slot = Slot(reading: reading, length: length)
            let candidate = time + (slot.end - reading)
            guard let jump = clock.firstJump(after: time, through: candidate) else {
                return candidate
            }
            if isBoundary(jump, length: length, on: clock) { return jump }
            time = jump
        }
    }

    private func slotStart(at time: Int64, length: Int64, on clock: LocalTime) -> Int64 {
        var time = time
        while true {
            let reading = clock.reading(at: time)
            let slot = Slot(reading: reading, length: length)
            let candidate = time - (reading - slot.start)
            guard let jump = clock.lastJump(after: candidate, through: time) else {
                return candidate
            }
            if isBoundary(jump, length: length, on: clock) { return jump }
            time = jump - 1
        }
    }

    private func isBoundary(_ time: Int64, length: Int64, on clock: LocalTime) -> Bool {
        let reading = clock.reading(at: time)
        let slot = Slot(reading: reading, length: length)
        return reading == slot.start
            || slot != Slot(reading: clock.reading(at: time - 1), length: length)
    }
}

/// A slot of the local day, as wall readings.
private struct Slot: Equatable {
    let start: Int64
    let end: Int64

    /// The slot that holds `reading`; it never reaches over midnight.
    init(reading: Int64, length: Int64) {
        let midnight = reading.dividedFlooring(by: secondsPerDay).quotient * secondsPerDay
        start = midnight + (reading - midnight) / length * length
        end = min(start + length, midnight + secondsPerDay)
    }
}
