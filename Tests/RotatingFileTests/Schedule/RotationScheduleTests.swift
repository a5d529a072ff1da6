// SPDX-License-Identifier: Apache-2.0

import RotatingFile
import Testing

struct RotationScheduleTests {
    @Test(arguments: [
        ("S", "S"), ("m", "M"), ("H", "H"), ("d", "D"), ("Midnight", "MIDNIGHT"), ("w0", "W0"),
        ("W6", "W6"),
    ])
    func `when is read in any case, as in Python`(text: String, expected: String) {
        #expect(RotationSchedule.When(text)?.description == expected)
    }

    @Test(arguments: ["", "X", "W", "W7", "W-1", "W00", "midnight ", "HOURS", "\u{17F}", "W٣"])
    func `any other when is rejected`(text: String) {
        #expect(RotationSchedule.When(text) == nil)
    }

    @Test(arguments: [("00:00", 0), ("23:59:59", 86_399), ("02:30", 9_000)])
    func `a time of day is hours, minutes and perhaps seconds`(text: String, seconds: Int64) {
        #expect(TimeOfDay(parsing: text)?.secondsSinceMidnight == seconds)
    }

    @Test(arguments: ["", "24:00", "12", "1:00", "12:60", "12:00:60", "12:00:", "+1:00", "12:00Z"])
    func `any other time of day is rejected`(text: String) {
        #expect(TimeOfDay(parsing: text) == nil)
    }

    @Test(
        arguments: [
            (.hours, 0, nil, .intervalOutOfRange(0)),
            (.seconds, -1, nil, .intervalOutOfRange(-1)),
            (.weekday(0), .max, nil, .intervalOutOfRange(.max)),
            (.days, 36_601, nil, .intervalOutOfRange(36_601)),
            (.weekday(7), 1, nil, .weekdayOutOfRange(7)),
            (.hours, 1, "03:00", .timeOfDayNotUsed(.hours)),
        ] as [(RotationSchedule.When, Int, String?, RotationScheduleError)])
    func `settings without a meaning are rejected`(
        when: RotationSchedule.When, interval: Int, at: String?, expected: RotationScheduleError
    ) {
        #expect(throws: expected) {
            try RotationSchedule(
                when: when, interval: interval, atTime: at.flatMap { TimeOfDay(parsing: $0) })
        }
    }

    static let everyWhen: [RotationSchedule.When] = [
        .seconds, .minutes, .hours, .days, .midnight, .weekday(0), .weekday(6),
    ]

    @Test(arguments: everyWhen, [true, false])
    func `no instant traps, and a rollover is later than the instant before it`(
        when: RotationSchedule.When, aligned: Bool
    ) throws {
        for zone in [RotationSchedule.Zone.utc, .local] {
            let schedule = try RotationSchedule(when: when, zone: zone, aligned: aligned)
            for time in [.min, -62_135_596_801, -1, 0, 1, 1_800_000_000, .max] as [Int64] {
                let rollover = schedule.rollover(after: time)
                let start = schedule.intervalStart(endingAt: rollover, now: time)
                #expect(rollover > time || time == .max)
                #expect(start < rollover)
                let name = RotatedName(base: "a", schedule: schedule, intervalStart: start)
                #expect(RotatedName(parsing: name.fileName, base: "a") == name)
            }
        }
    }

    @Test(
        arguments: [
            (.seconds, "2026-11-23_10-15-30"), (.minutes, "2026-11-23_10-15"),
            (.hours, "2026-11-23_10"), (.days, "2026-11-23"), (.midnight, "2026-11-23"),
            (.weekday(3), "2026-11-23"),
        ] as [(RotationSchedule.When, String)])
    func `the suffix is as fine as the unit`(when: RotationSchedule.When, suffix: String) throws {
        let schedule = try RotationSchedule(when: when, zone: .utc)
        #expect(schedule.suffix(forIntervalStartingAt: 1_795_428_930) == suffix)
    }

    @Test
    func `an aligned schedule finds the same rollover from anywhere in an interval`() throws {
        let schedule = try RotationSchedule(when: .minutes, interval: 7, zone: .utc)
        for start in stride(from: Int64(1_795_392_000), to: 1_795_478_400, by: 420) {
            let end = min(start + 420, 1_795_478_400)
            for time in [start, start + 1, end - 1] {
                #expect(schedule.rollover(after: time) == end)
                #expect(schedule.intervalStart(endingAt: end, now: time) == start)
            }
        }
    }
}
