// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// The rollover and the names that it gives.
@Suite struct RolloverTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    // first                          second
    // append "a", in the minute 0
    //                                append "b", in the minute 1: rolls over
    // append "c": opens the new file
    @Test func `the second process only opens the new file`() throws {
        let (first, second) = (try place.open(), try place.open())
        try first.append("a\n", at: 0)
        try second.append("b\n", at: 60)
        try first.append("c\n", at: 60)
        #expect(try place.names == ["app.log", "app.log.1970-01-01_00-00"])
        #expect(try place.text("app.log.1970-01-01_00-00") == "a\n")
        #expect(try place.text() == "b\nc\n")
        #expect(place.events == [.rolledOver(to: place.path("app.log.1970-01-01_00-00"))])
    }

    @Test func `a clock that is behind appends to the new file too`() throws {
        let (first, second) = (try place.open(), try place.open())
        try first.append("a\n", at: 0)
        try second.append("b\n", at: 60)
        try first.append("c\n", at: 59)
        #expect(try place.text() == "b\nc\n")
    }

    @Test func `a late rollover is named after the interval of its lines`() throws {
        let file = try place.open()
        try file.append("a\n", at: 0)
        try file.append("b\n", at: 7 * 60)
        try file.append("c\n", at: 8 * 60)
        #expect(
            try place.names == ["app.log", "app.log.1970-01-01_00-00", "app.log.1970-01-01_00-07"])
    }

    @Test func `a rollover whose directory cannot be listed is tried again and costs no record`()
        throws
    {
        let result = try ChildProcess(
            program: "/usr/bin/env",
            arguments: [
                "CORDWOOD_FAULTS=getdents64:1=EIO", ChildProcess.probe, "append",
                "path=" + place.path(), "id=a", "count=60", "slot=20", "pause=5000", "bytes=0",
            ]
        ).run()
        #expect(result.status == 0)
        #expect(result.output.contains("cannot list \(place.directory): Input/output error"))
        let printed = result.output.split(separator: "\n")
        let acknowledged = printed.filter { $0.hasPrefix("+ ") }.map { $0.dropFirst(2) }
        #expect(acknowledged.count >= 60 && !printed.contains { $0.hasPrefix("- ") })
        let written = place.lines.map { $0.dropFirst(#"{"id":""#.count).prefix { $0 != "\"" } }
        #expect(written == acknowledged)
        #expect(try place.names.count > 2)
    }

    @Test func `a rollover lists the directory only if there is no ledger yet`() throws {
        let result = try ChildProcess(
            program: "/usr/bin/env",
            arguments: [
                // Two calls are one listing.
                "CORDWOOD_FAULTS=getdents64:3+=EIO", ChildProcess.probe, "append",
                "path=" + place.path(), "id=a", "count=60", "slot=20", "pause=5000", "bytes=0",
            ]
        ).run()
        #expect(!result.output.contains("cannot list"))
        #expect(try place.names.count > 5)
    }

    @Test func `a clock that is set back finds the names of earlier intervals taken`() throws {
        let file = try place.open()
        for (text, now) in [("a\n", 0), ("b\n", 60), ("c\n", 120), ("d\n", 0), ("e\n", 60)] {
            try file.tick(now: Int64(now))
            try file.append(text, at: Int64(now))
        }
        try file.tick(now: 120)
        #expect(try place.text("app.log.1970-01-01_00-00") == "a\n")
        #expect(try place.text("app.log.1970-01-01_00-01") == "b\n")
        #expect(try place.text("app.log.1970-01-01_00-00.1") == "c\nd\n")
        #expect(try place.text("app.log.1970-01-01_00-01.1") == "e\n")
    }

    @Test func `an empty file is not rotated`() throws {
        let file = try place.open()
        try file.append("a\n", at: 60)
        #expect(try place.names == ["app.log"])
        #expect(file.rolloverAt == 120)
    }

    @Test(arguments: [
        ([".gz"], ".1"), ([""], ".1"), (["", ".1.gz"], ".2"), ([".gz", ".1", ".2.gz"], ".3"),
        ([".1"], ".2"), ([".9.gz"], ".10"),
    ])
    func `the name after the highest existing one, plain or compressed, is used`(
        taken: [String], expected: String
    ) throws {
        let name = "app.log.1970-01-01_00-00"
        for suffix in taken { try place.write("theirs\n", to: name + suffix) }
        let file = try place.open()
        try file.append("a\n", at: 0)
        try file.tick(now: 60)
        #expect(try place.text(name + expected) == "a\n")
        for suffix in taken { #expect(try place.text(name + suffix) == "theirs\n") }
    }

    /// What somebody puts there must neither stop rollovers nor make names that are never sealed.
    @Test(arguments: [
        (".999999999999999999", ""), (".9999999999", ""), (".999999999", ".1"),
        (".999999998", ".999999999"), (".0", ""), (".07", ""), (".1x", ""), (".-1", ""),
        (".1.2", ""), (".99999999999999999999999999", ""),
    ])
    func `a foreign number does not lead to a foreign name`(foreign: String, ours: String) throws {
        let name = "app.log.1970-01-01_00-00"
        try place.write("theirs\n", to: name + foreign)
        let isFree = try place.text(name) == nil
        let file = try place.open()
        try file.append("a\n", at: 0)
        try file.tick(now: 60)
        let made = try #require(
            place.events.compactMap {
                if case .rolledOver(let path) = $0 { RotatingFile.split(path).name } else { nil }
            }.last)
        #expect(isFree && (made == name + ours || ours == ".1" && made == name))
        #expect(RotatedName(parsing: made, base: "app.log") != nil)
        #expect(try place.text(made) == "a\n")
        #expect(try place.text(name + foreign) == "theirs\n")
        try file.append("b\n", at: 59)
        try file.tick(now: 120)
        #expect(try place.seal().pendingCount == 0)
        #expect(place.bytes(made + ".gz") != nil)
    }

    @Test(arguments: [Int64.min, -1, 0, 99_999_999_999, .max])
    func `whatever year it is, the name can be read again`(now: Int64) throws {
        let schedule = try RotationSchedule(when: .seconds, zone: .utc)
        let start = schedule.intervalStart(
            endingAt: schedule.rollover(after: now), now: now)
        let name = RotatedName(base: "app.log", schedule: schedule, intervalStart: start)
        #expect(RotatedName(parsing: name.plainName, base: "app.log") == name)
    }

    @Test func `a rollover that fails costs no line and is tried again a second later`() throws {
        // With the rotated file's suffix the name is longer than a name may be.
        let long = String(repeating: "x", count: 240)
        let schedule = try RotationSchedule(when: .minutes, zone: .utc)
        let other = try RotatingFile(
            path: place.path(long), schedule: schedule, now: 0,
            onEvent: { [unowned place] in place.events.append($0) })
        try other.append("a\n", at: 0)
        try other.append("b\n", at: 60)
        try other.append("c\n", at: 60)
        try other.append("d\n", at: 61)
        #expect(try place.text(long) == "a\nb\nc\nd\n")
        #expect(place.events.count == 2)
    }

    /// As if a process had died between the rename and the new file.
    @Test func `a rollover that died after its rename is finished by the next process`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n", at: 0)
        try alive.append("b\n", at: 0)
        dead.page.phase = .adopting
        try place.rename("app.log", to: "app.log.1970-01-01_00-00")
        // Even one whose clock says that nothing is due.
        try alive.append("c\n", at: 59)
        #expect(try place.text("app.log.1970-01-01_00-00") == "a\nb\n")
        #expect(try place.text() == "c\n")
    }

    @Test func `a rollover that died after its new file is finished by the next process`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n", at: 0)
        dead.page.phase = .adopting
        try place.rename("app.log", to: "app.log.1970-01-01_00-00")
        try place.write("")
        try alive.append("b\n", at: 60)
        #expect(try place.names == ["app.log", "app.log.1970-01-01_00-00"])
        #expect(try place.text() == "b\n")
        #expect(alive.rolloverAt == 120)
    }

    @Test func `an object in the file's place is not renamed unchecked`() throws {
        let file = try place.open()
        try file.append("a\n", at: 0)
        try place.rename("app.log", to: "elsewhere")
        try place.write("theirs\n")
        try file.append("b\n", at: 60)
        #expect(try place.text() == "theirs\nb\n")
        #expect(try place.text("elsewhere") == "a\n")
        #expect(place.events == [.activeFileReplaced(path: place.path())])
    }
}
