// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// Finishing what the dead left half done, and what hands did to the file.
@Suite struct RecoveryTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `the torn tail of a dead appender is cut off`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        dead.page.phase = .appending
        try place.write("to")
        try alive.append("b\n")
        #expect(try place.text() == "a\nb\n")
        #expect(place.events == [.cutBack(path: place.path(), byteCount: 2)])
    }

    @Test func `an append that comes to an end half-way leaves nothing`() throws {
        let limited = ChildProcess(
            program: try ChildProcess.probe,
            arguments: ["drive", "path=" + place.path(), "limit=4096"],
            input: "append 0 3000 a\nappend 0 3000 b c\nappend 0 50 d\n")
        let output = try limited.run().output
        #expect(output.hasPrefix("+ \n+ a\n- b,c ") && output.hasSuffix("+ d\n"))
        try place.open().append("e\n")
        let lines = try #require(try place.text()).split(separator: "\n")
        #expect(lines.map { $0.prefix(8) } == ["{\"id\":\"a", "{\"id\":\"d", "e"])
        #expect(place.events.isEmpty)
    }

    @Test func `a process that starts cuts the torn tail off too`() throws {
        do {
            let dead = try place.open()
            try dead.append("a\n")
            dead.page.phase = .appending
        }
        try place.write("whole\nto")
        _ = try place.open()
        #expect(try place.text() == "a\n")
    }

    @Test func `a death after the write and before the end of the mark costs nothing`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        dead.page.phase = .appending
        try alive.append("b\n")
        #expect(try place.text() == "a\nb\n" && place.events.isEmpty)
    }

    @Test func `a tail is cut in the file that was moved meanwhile`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        try alive.append("b\n")
        dead.page.phase = .appending
        try place.write("to")
        try place.rename("app.log", to: "elsewhere")
        try alive.tick(now: 0)
        #expect(try place.text("elsewhere") == "a\nb\n")
    }

    @Test func `a file that was removed is created again by the next append`() throws {
        let file = try place.open()
        try file.append("a\n")
        try place.remove("app.log")
        try file.append("b\n")
        #expect(try place.text() == "b\n")
        #expect(place.events == [.activeFileReplaced(path: place.path())])
    }

    @Test func `a file that was moved away is followed until the next second`() throws {
        let (first, second) = (try place.open(), try place.open())
        try first.append("a\n")
        try place.rename("app.log", to: "elsewhere")
        try first.append("b\n")
        try first.tick(now: 0)
        try first.append("c\n")
        try second.append("d\n")
        #expect(try place.text("elsewhere") == "a\nb\n")
        #expect(try place.text() == "c\nd\n")
        #expect(place.events == [.activeFileReplaced(path: place.path())])
    }

    @Test(arguments: [true, false])
    func `a file that was moved with its state page is reported once`(isMoved: Bool) throws {
        let (first, second) = (try place.open(), try place.open())
        try first.append("a\n")
        for name in ["app.log", ".app.log.state"] {
            if isMoved { try place.rename(name, to: name + ".old") } else { try place.remove(name) }
        }
        try first.tick(now: 0)
        try second.tick(now: 0)
        try second.append("b\n")
        try first.append("c\n")
        #expect(try place.text() == "b\nc\n")
        #expect(place.events == [.activeFileReplaced(path: place.path())])
        if isMoved { #expect(try place.text("app.log.old") == "a\n") }
    }

    @Test func `a removed state page does not count as a moved file`() throws {
        let file = try place.open()
        try file.append("a\n")
        try place.remove(".app.log.state")
        try file.tick(now: 0)
        #expect(!place.events.contains(.activeFileReplaced(path: place.path())))
    }

    @Test func `a file put in its place by a rename is appended to`() throws {
        let file = try place.open()
        try file.append("a\n")
        try place.write("theirs\nhalf", to: "other")
        try place.rename("other", to: "app.log")
        try file.append("b\n")
        #expect(try place.text() == "theirs\nhalf\nb\n")
    }

    @Test(arguments: [("x\n", "a\nx\nb\n"), ("x", "a\nx\nb\n")])
    func `what others append stays, and its last line is ended`(
        foreign: String, expected: String
    ) throws {
        let file = try place.open()
        try file.append("a\n")
        try place.write(foreign)
        try file.append("b\n")
        #expect(try place.text() == expected)
        let added = Int64(foreign.utf8.count)
        #expect(place.events == [.foreignChange(path: place.path(), byteCount: added)])
    }

    @Test(arguments: [(0, "c\n"), (2, "a\nc\n"), (3, "a\nb\nc\n")])
    func `a file that others cut short continues at its end`(length: Int, expected: String) throws {
        let file = try place.open()
        try file.append("a\nb\n")
        try #require(truncate(place.path(), length) == 0)
        try file.append("c\n")
        #expect(try place.text() == expected)
    }

    @Test func `after a reboot the tail after the last whole line is cut off`() throws {
        do {
            let file = try place.open()
            try file.append("a\n")
            file.page.seal(fingerprint: file.fingerprint, boot: BootID(high: 1, low: 2))
        }
        try place.write("torn")
        let file = try place.open(now: 30)
        #expect(file.hasGoodPage && file.rolloverAt == 60)
        try file.append("b\n", at: 30)
        #expect(try place.text() == "a\nb\n")
        #expect(place.events == [.cutAfterReboot(path: place.path(), byteCount: 4)])
    }

    @Test func `a tail longer than a block is found after a reboot`() throws {
        do {
            let file = try place.open()
            try file.append("a\n")
            file.page.seal(fingerprint: file.fingerprint, boot: BootID(high: 1, low: 2))
        }
        try place.write(String(repeating: "x", count: 200_000))
        _ = try place.open()
        #expect(try place.text() == "a\n")
    }

    @Test func `the interval of a file without a page starts when it was last written`() throws {
        try place.write("old\n")
        try place.setModified("app.log", 100)
        let file = try place.open(now: 1000)
        try file.append("new\n", at: 1000)
        #expect(try place.text("app.log.1970-01-01_00-01") == "old\n")
        #expect(try place.text() == "new\n")
    }

    @Test func `the last line of a file without a page is ended`() throws {
        try place.write("half")
        try place.open().append("a\n")
        #expect(try place.text() == "half\na\n")
    }

    @Test func `a process with another schedule is rejected while the file is in use`() throws {
        let file = try place.open()
        #expect(throws: RotatingFileError.otherScheduleInUse(path: place.path())) {
            try place.open(minutes: 5)
        }
        try file.append("a\n")
        #expect(try place.text() == "a\n" && place.events.isEmpty)
    }

    @Test func `an unused file can get another schedule`() throws {
        do { try place.open().append("a\n") }
        try place.setModified("app.log", 0)
        let file = try place.open(now: 30, minutes: 5)
        try file.append("b\n", at: 61)
        #expect(file.rolloverAt == 300)
        #expect(try place.text() == "a\nb\n")
    }

    // idle                           new
    // has the file of minute 0
    //                                rolls over, ends; another schedule takes over
    // must not go on with the old schedule
    @Test func `a process that missed a change of the schedule is rejected`() throws {
        let idle = try place.open()
        do {
            let busy = try place.open()
            try busy.append("a\n")
            try busy.append("b\n", at: 60)
        }
        let new = try place.open(now: 61, minutes: 5)
        #expect(throws: RotatingFileError.otherScheduleInUse(path: place.path())) {
            try idle.append("c\n", at: 61)
        }
        try new.append("d\n", at: 61)
        #expect(try place.text() == "b\nd\n")
    }
}
