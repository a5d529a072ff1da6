// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// What passes that remember do not look at, and what they notice all the same.
@Suite struct DirectoryMemoryTests {
    private let place: Workplace
    private let memory = DirectoryMemory()
    private var retention = Retention()

    init() throws {
        place = try Workplace()
        retention.backupCount = 2
        retention.maximumAgeSeconds = 1_000_000
        retention.maximumTotalByteCount = 1000
    }

    private static let now: Int64 = 2_000_000_000

    /// Active files with a page that will be due at `rolloverAt`, and two rotated files of each.
    private func make(_ count: Int, rolloverAt: Int64 = .max) throws {
        for number in 0..<count {
            try writePage(of: name(number), rolloverAt: rolloverAt)
            for day in 1...2 { try put("\(name(number)).2026-11-0\(day).gz") }
        }
        try settle()
    }

    private func name(_ number: Int) -> String { "\(1000 + number).log" }

    private func put(_ name: String, at time: Int64 = now) throws {
        try place.write("0123456789", to: name)
        try place.setModified(name, time)
    }

    private func writePage(of name: String, rolloverAt: Int64) throws {
        var page = [Int64](repeating: 0, count: StatePage.byteCount / 8)
        page[StatePage.Field.magic.rawValue / 8] = StatePage.magic
        page[StatePage.Field.rolloverAt.rawValue / 8] = rolloverAt
        let path = place.path(FileNames(of: name).statePage)
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        let bytes = page.withUnsafeBytes { [UInt8]($0) }
        try file.writeAll(bytes.span)
    }

    /// Makes the directory look as if nothing had come or gone since `time`: for long.
    private func settle(at time: Int64 = 0) throws {
        var times = [
            timeval(tv_sec: Int(time), tv_usec: 0), timeval(tv_sec: Int(time), tv_usec: 0),
        ]
        try #require(utimes(place.directory, &times) == 0)
    }

    private func pass(now: Int64 = now) throws -> Sealer.Report {
        var sealer = Sealer(directory: place.directory, retention: { _ in retention })
        sealer.memory = memory
        memory.beginPass(now: now)
        return try sealer.removeExpired(now: now)
    }

    private func due(now: Int64 = now) throws -> [String] {
        var names: [String] = []
        _ = try RotatingFile.rollOverOverdue(
            in: place.directory, now: now, memory: memory
        ) { name throws(RotatingFileError) in
            names.append(name)
            throw .unterminatedBatch
        }
        return names
    }

    private func watch(_ faults: String, passes: Int) throws -> String {
        try ChildProcess(
            program: "/usr/bin/env",
            arguments: [
                "CORDWOOD_FAULTS=" + faults, ChildProcess.probe, "watch",
                "directory=" + place.directory, "keep=2", "passes=\(passes)",
            ]
        ).run().output
    }

    @Test func `a directory that stays as it is is listed once, and one that changes each time`()
        throws
    {
        try make(3)
        // One call gives the names, and another that there are no more.
        let settled = try watch("getdents64:3+=EIO", passes: 3)
        #expect(settled == String(repeating: "+ 3 active files, 0 waited\n", count: 3))
        try put("1000.log.2026-11-03.gz")
        let changing = try watch("getdents64:3+=EIO", passes: 1)
        #expect(changing.contains("cannot list \(place.directory): Input/output error"))
    }

    @Test func `each pass examines a part of many active files`() throws {
        try make(200)
        // Two files each: 400 in the first pass, and those of 64 active files in the next two.
        let passes = try watch("stat:657+=EIO", passes: 3)
        #expect(passes == String(repeating: "+ 200 active files, 0 waited\n", count: 3))
        #expect(try watch("stat:656=EIO", passes: 3).contains("cannot inspect"))
    }

    @Test func `a file that is put back is removed by the next pass`() throws {
        try make(100)
        for number in [0, 99] {
            #expect(try pass() == Sealer.Report())
            try put("\(name(number)).2026-10-31.gz", at: 1)
            #expect(try pass().removedCount == 1)
            #expect(try place.names.count == 200)
            try settle()
        }
    }

    @Test func `a file that is taken away and replaced by another is noticed`() throws {
        try make(100)
        #expect(try pass() == Sealer.Report())
        try place.remove("1099.log.2026-11-01.gz")
        try put("1099.log.2026-11-03.gz")
        try put("1099.log.2026-11-04.gz")
        #expect(try pass().removedCount == 1)
        #expect(try place.status("1099.log.2026-11-04.gz").isRegular)
    }

    /// Neither changes the directory.
    @Test(arguments: [true, false], [0, 99])
    func `a file that is changed by hand is noticed when its turn comes`(
        isOlder: Bool, number: Int
    ) throws {
        try make(100)
        #expect(try pass() == Sealer.Report())
        let file = "\(name(number)).2026-11-01.gz"
        if isOlder {
            try place.setModified(file, Self.now - 2_000_000)
        } else {
            try place.write(String(repeating: "x", count: 2000), to: file)
            try place.setModified(file, Self.now)
        }
        let removed = try (0..<2).map { _ in try pass().removedCount }
        #expect(removed.reduce(0, +) == 1)
    }

    @Test func `all of a small directory is looked at in each pass, however it grows`() throws {
        for (round, count) in [1, 2, 3, 3, 3].enumerated() {
            try make(count)
            try settle(at: Int64(round))
            #expect(try pass() == Sealer.Report())
            try place.setModified("\(name(count - 1)).2026-11-01.gz", Self.now - 2_000_000)
            #expect(try pass().removedCount == 1)
        }
    }

    @Test func `one listing serves a whole pass and no other`() throws {
        try make(1)
        let directory = LogDirectory(place.directory)
        memory.beginPass(now: Self.now)
        #expect(try memory.contents(of: directory).paged.count == 1)
        try make(2)
        try settle(at: 1)
        #expect(try memory.recentContents(of: directory).paged.count == 1)
        memory.beginPass(now: Self.now)
        #expect(try memory.recentContents(of: directory).paged.count == 2)
    }

    /// Its times would be the same if a further change came in the same tick.
    @Test func `a directory that has just changed is listed again`() throws {
        let directory = LogDirectory(place.directory)
        let now = Clock.epochSeconds()
        for count in 1...4 {
            try make(count)
            try settle(at: now)
            #expect(try memory.contents(of: directory).paged.count == count)
        }
    }

    @Test func `a file that grows old is removed without a look before`() throws {
        try make(100)
        #expect(try pass() == Sealer.Report())
        #expect(try pass(now: Self.now + 1_000_000) == Sealer.Report())
        #expect(try pass(now: Self.now + 1_000_001).removedCount == 200)
    }

    @Test func `a rollover is due when the page says so, then or now`() throws {
        try make(100, rolloverAt: Self.now + 10)
        _ = try pass()
        #expect(try due().isEmpty)
        // A writer has rolled one over; nobody has the others open.
        try writePage(of: name(99), rolloverAt: Self.now + 100)
        try settle()
        #expect(try due(now: Self.now + 12).count == 99)
        _ = try pass(now: Self.now + 12)
        #expect(try due(now: Self.now + 102).count == 100)
    }

    @Test func `a rollover that is due earlier is noticed when its turn comes`() throws {
        try make(100, rolloverAt: Self.now + 1000)
        _ = try pass()
        #expect(try due().isEmpty)
        try writePage(of: name(99), rolloverAt: Self.now - 10)
        try settle()
        #expect(try due().isEmpty, "it is not its turn")
        let found = try (0..<2).flatMap { _ in
            _ = try pass()
            return try due()
        }
        #expect(Set(found) == [name(99)])
    }

    @Test func `the rollover of a file that was taken away is forgotten`() throws {
        try make(100, rolloverAt: Self.now + 1000)
        _ = try pass()
        #expect(try due().isEmpty)
        try place.remove(FileNames(of: name(99)).statePage)
        _ = try pass()
        #expect(try due().isEmpty)
        try writePage(of: name(99), rolloverAt: Self.now - 10)
        _ = try pass()
        #expect(try due() == [name(99)])
    }

    @Test func `a clock that is set back makes a pass look at everything`() throws {
        try make(100, rolloverAt: Self.now + 1000)
        _ = try pass()
        #expect(try due().isEmpty)
        try writePage(of: name(99), rolloverAt: Self.now - 500)
        try settle()
        try place.setModified("\(name(99)).2026-11-01.gz", Self.now - 2_000_000)
        #expect(try pass(now: Self.now - 400).removedCount == 1)
        #expect(try due(now: Self.now - 400) == [name(99)])
    }

    @Test func `a directory that is gone is an error, and found again when it is back`() throws {
        try make(1)
        #expect(try pass() == Sealer.Report())
        let aside = place.directory + ".aside"
        try #require(Glibc.rename(place.directory, aside) == 0)
        #expect(throws: RotatingFileError.self) { try pass() }
        try #require(Glibc.rename(aside, place.directory) == 0)
        #expect(try pass() == Sealer.Report())
    }
}
