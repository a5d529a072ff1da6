// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile
import Testing

/// Zones whose clocks do what a constant of an hour does not foresee, asked of a process in them.
struct ZoneScheduleTests {
    struct Row: CustomTestStringConvertible {
        let why: String
        let zone: String
        /// `when`, interval and time of day.
        let settings: (String, Int, String)
        /// A UTC time, as are those of the rollovers; behind it the name of the file it closes.
        let from: String
        let rollovers: [(String, String)]
        var isAligned = true
        var testDescription: String { "\(zone): \(why)" }
    }

    static let rows = [
        Row(
            why: "back by half an hour, inside an hour: one file of an hour and a half",
            zone: "Australia/Lord_Howe", settings: ("H", 1, "-"), from: "2026-04-04 14:30:00",
            rollovers: [
                ("2026-04-04 15:30:00", "2026-04-05_01"), ("2026-04-04 16:30:00", "2026-04-05_02"),
            ]),
        Row(
            why: "back by half an hour: a slot of half an hour comes twice",
            zone: "Australia/Lord_Howe", settings: ("M", 30, "-"), from: "2026-04-04 14:30:00",
            rollovers: [
                ("2026-04-04 15:00:00", "2026-04-05_01-30"),
                ("2026-04-04 15:30:00", "2026-04-05_01-30"),
                ("2026-04-04 16:00:00", "2026-04-05_02-00"),
            ]),
        Row(
            why: "forward by half an hour into a slot",
            zone: "Australia/Lord_Howe", settings: ("H", 1, "-"), from: "2026-10-03 15:00:00",
            rollovers: [
                ("2026-10-03 15:30:00", "2026-10-04_01"), ("2026-10-03 16:00:00", "2026-10-04_02"),
            ]),
        Row(
            why: "daylight saving is negative, and 02:30 comes twice",
            zone: "Africa/Casablanca", settings: ("MIDNIGHT", 1, "02:30"),
            from: "2026-02-15 00:00:00",
            rollovers: [
                ("2026-02-15 01:30:00", "2026-02-14"), ("2026-02-16 02:30:00", "2026-02-15"),
            ]),
        Row(
            why: "30 December 2011 does not exist",
            zone: "Pacific/Apia", settings: ("MIDNIGHT", 1, "-"), from: "2011-12-29 09:00:00",
            rollovers: [
                ("2011-12-29 10:00:00", "2011-12-28"), ("2011-12-30 10:00:00", "2011-12-29"),
                ("2011-12-31 10:00:00", "2011-12-31"),
            ]),
        Row(
            why: "the Friday that does not exist ends with the Thursday",
            zone: "Pacific/Apia", settings: ("W4", 1, "12:00"), from: "2011-12-28 00:00:00",
            rollovers: [
                ("2011-12-30 10:00:00", "2011-12-23"), ("2012-01-05 22:00:00", "2011-12-31"),
            ]),
        Row(
            why: "a day begins at one o'clock",
            zone: "America/Sao_Paulo", settings: ("MIDNIGHT", 1, "-"), from: "2018-11-03 12:00:00",
            rollovers: [
                ("2018-11-04 03:00:00", "2018-11-03"), ("2018-11-05 02:00:00", "2018-11-04"),
            ]),
        Row(
            why: "the last hour of a day comes twice, and midnight only after the second",
            zone: "America/Sao_Paulo", settings: ("D", 1, "-"), from: "2018-02-17 12:00:00",
            rollovers: [
                ("2018-02-18 03:00:00", "2018-02-17"), ("2018-02-19 03:00:00", "2018-02-18"),
            ]),
        Row(
            why: "each of the two last hours of a day is a slot",
            zone: "America/Sao_Paulo", settings: ("H", 1, "-"), from: "2018-02-18 01:30:00",
            rollovers: [
                ("2018-02-18 02:00:00", "2018-02-17_23"), ("2018-02-18 03:00:00", "2018-02-17_23"),
            ]),
        Row(
            why: "half past midnight is left out",
            zone: "Asia/Beirut", settings: ("MIDNIGHT", 1, "00:30"), from: "2026-03-28 12:00:00",
            rollovers: [
                ("2026-03-28 22:00:00", "2026-03-28"), ("2026-03-29 21:30:00", "2026-03-29"),
            ]),
        Row(
            why: "midnight comes twice and counts once, also for who starts between the two",
            zone: "America/Havana", settings: ("MIDNIGHT", 1, "-"), from: "2026-11-01 04:30:00",
            rollovers: [("2026-11-02 05:00:00", "2026-11-01")]),
        Row(
            why: "a time that the first of two hours has shown is past in the second",
            zone: "America/Havana", settings: ("MIDNIGHT", 1, "00:30"),
            from: "2026-11-01 05:10:00",
            rollovers: [("2026-11-02 05:30:00", "2026-11-01")]),
        Row(
            why: "slots go on through the repeated hour",
            zone: "America/New_York", settings: ("M", 30, "-"), from: "2026-11-01 05:30:00",
            rollovers: [
                ("2026-11-01 06:00:00", "2026-11-01_01-30"),
                ("2026-11-01 06:30:00", "2026-11-01_01-00"),
                ("2026-11-01 07:00:00", "2026-11-01_01-30"),
            ]),
        Row(
            why: "a slot of six hours holds seven on the day that has 25",
            zone: "America/New_York", settings: ("H", 6, "-"), from: "2026-11-01 04:00:00",
            rollovers: [
                ("2026-11-01 11:00:00", "2026-11-01_00"), ("2026-11-01 17:00:00", "2026-11-01_06"),
            ]),
        Row(
            why: "the last slot of a day is shorter where the interval does not divide it",
            zone: "America/New_York", settings: ("H", 10, "-"), from: "2026-06-01 20:00:00",
            rollovers: [
                ("2026-06-02 00:00:00", "2026-06-01_10"), ("2026-06-02 04:00:00", "2026-06-01_20"),
                ("2026-06-02 14:00:00", "2026-06-02_00"),
            ]),
        Row(
            why: "the clock moves by two hours",
            zone: "Antarctica/Troll", settings: ("H", 1, "-"), from: "2026-03-29 00:30:00",
            rollovers: [
                ("2026-03-29 01:00:00", "2026-03-29_00"), ("2026-03-29 02:00:00", "2026-03-29_03"),
            ]),
        Row(
            why: "hours begin at half past in UTC",
            zone: "Asia/Kolkata", settings: ("H", 1, "-"), from: "2026-06-01 00:00:00",
            rollovers: [("2026-06-01 00:30:00", "2026-06-01_05")]),
        Row(
            why: "days are counted from 1970: the 20,500th to the 21,000th",
            zone: "Europe/Dublin", settings: ("D", 500, "-"), from: "2026-11-23 00:00:00",
            rollovers: [("2027-06-30 23:00:00", "2026-02-16")]),
        Row(
            why: "unaligned, an hour of CPython's comes late where the clock moves by half of one",
            zone: "Australia/Lord_Howe", settings: ("MIDNIGHT", 1, "-"),
            from: "2026-04-04 14:00:00",
            rollovers: [("2026-04-05 14:00:00", "2026-04-05")], isAligned: false),
        Row(
            why: "unaligned, days count from the start",
            zone: "Europe/Berlin", settings: ("D", 1, "-"), from: "2026-03-28 12:34:56",
            rollovers: [
                ("2026-03-29 12:34:56", "2026-03-28"), ("2026-03-30 12:34:56", "2026-03-29"),
            ], isAligned: false),
    ]

    @Test(arguments: rows)
    func `a schedule follows the zone's clock`(_ row: Row) throws {
        let (when, interval, at) = row.settings
        let fields: [String] = [
            row.zone, when, String(interval), at, "0", row.isAligned ? "1" : "0",
            String(try instant(row.from)), String(row.rollovers.count), "0",
        ]
        let result = try ChildProcess(
            program: ChildProcess.probe, arguments: ["schedule"],
            input: fields.joined(separator: "\t") + "\n"
        ).run()
        let expected = try row.rollovers.map { "\(try instant($0.0)):\($0.1)" }
        #expect(result.output == expected.joined(separator: " ") + "\n")
    }

    private func instant(_ utc: String) throws -> Int64 {
        let numbers = utc.split { "-: ".contains($0) }.compactMap { Int($0) }
        try #require(numbers.count == 6)
        return CivilTime(
            year: numbers[0], month: numbers[1], day: numbers[2],
            hour: numbers[3], minute: numbers[4], second: numbers[5]
        ).reading
    }
}
