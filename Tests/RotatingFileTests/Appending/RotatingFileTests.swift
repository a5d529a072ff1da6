// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// Appending, and what a second does.
@Suite struct RotatingFileTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `appended lines are in the file`() throws {
        let file = try place.open()
        try file.append("one\n")
        try file.append("two\nthree\n")
        #expect(try place.text() == "one\ntwo\nthree\n")
        #expect(place.events.isEmpty)
    }

    @Test func `two processes append in the order of their calls`() throws {
        let (first, second) = (try place.open(), try place.open())
        for number in 0..<3 {
            try first.append("a\(number)\n")
            try second.append("b\(number)\n")
        }
        #expect(try place.text() == "a0\nb0\na1\nb1\na2\nb2\n")
        #expect(place.events.isEmpty)
    }

    @Test(arguments: ["x", "x\ny", "\nx"])
    func `a batch that does not end a line is rejected`(batch: String) throws {
        let file = try place.open()
        #expect(throws: RotatingFileError.unterminatedBatch) { try file.append(batch) }
        #expect(try place.text() == "")
    }

    @Test func `an empty batch is nothing`() throws {
        let file = try place.open()
        try file.append("", at: 60)
        #expect(try place.names == ["app.log"])
    }

    @Test func `a second without anything due touches nothing`() throws {
        let file = try place.open()
        try file.append("one\n")
        let before = file.generation
        try file.tick(now: 59)
        #expect(file.generation == before && place.events.isEmpty)
    }

    @Test func `a file without appends is rotated on time`() throws {
        let file = try place.open()
        try file.append("one\n")
        try file.tick(now: 60)
        #expect(try place.names == ["app.log", "app.log.1970-01-01_00-00"])
        #expect(try place.text() == "")
    }

    @Test func `the work of each second releases a file that another process has rotated`() throws {
        let (idle, busy) = (try place.open(), try place.open())
        try busy.append("one\n")
        try busy.append("two\n", at: 60)
        #expect(try place.seal().pendingCount == 1)
        try idle.tick(now: 60)
        #expect(try place.seal().sealedCount == 1)
    }

    @Test func `lines of a file that was rolled over are synchronized too`() throws {
        let file = try place.open(isDurable: true)
        try file.append("one\n")
        try file.append("two\n", at: 60)
        #expect(try place.seal().pendingCount == 1)
        try file.synchronize()
        #expect(try place.seal().sealedCount == 1)
    }

    @Test func `a clock set back by a year does not put the rollover off for a year`() throws {
        let file = try place.open(now: 366 * 86400)
        try file.append("one\n", at: 366 * 86400)
        try file.tick(now: 366 * 86400)
        try file.tick(now: 30)
        #expect(file.rolloverAt == 60)
    }

    @Test func `a page from the future does not put the rollover off either`() throws {
        do { try place.open(now: 366 * 86400).append("one\n", at: 366 * 86400) }
        #expect(try place.open(now: 30).rolloverAt == 60)
    }

    @Test func `a missing directory is reported`() {
        #expect {
            try RotatingFile(
                path: "/nowhere/app.log", schedule: RotationSchedule(when: .hours), now: 0)
        } throws: { error in
            guard case RotatingFileError.system(_, "/nowhere", .noSuchFileOrDirectory) = error
            else { return false }
            return true
        }
    }
}
