// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RotatingFile

@Suite struct SizeRolloverTests {
    @Test func `a file is rotated before an append carries it beyond its limit`() throws {
        let work = try Workplace()
        let file = try open(work, limit: 10)
        for text in ["aaaa\n", "bbbb\n", "cccc\n", "larger than ten by itself\n", "dddd\n"] {
            try file.append([UInt8](text.utf8).span, now: 5)
        }
        let first = "app.log.1970-01-01_00-00"
        #expect(try work.names == ["app.log", first, first + ".1", first + ".2"])
        #expect(try work.text(first) == "aaaa\nbbbb\n")
        #expect(try work.text(first + ".1") == "cccc\n")
        #expect(try work.text(first + ".2") == "larger than ten by itself\n")
        #expect(try work.text() == "dddd\n")
        // Its time comes all the same, and is not put off.
        #expect(file.rolloverAt == 60)
        try file.append([UInt8]("e\n".utf8).span, now: 60)
        #expect(try work.text(first + ".3") == "dddd\n")
        #expect(try work.text() == "e\n")
    }

    @Test func `a batch that is too large for any file does not rotate an empty one`() throws {
        let work = try Workplace()
        let file = try open(work, limit: 3)
        try file.append([UInt8]("four\n".utf8).span, now: 5)
        #expect(try work.names == ["app.log"])
        #expect(file.rolloverAt == 60)
    }

    @Test func `a name that retention has freed is not given again, so the newest are kept`() throws
    {
        let work = try Workplace()
        let file = try open(work, limit: 3)
        var options = Sealer.Options()
        options.retention.backupCount = 2
        for number in 0..<6 {
            try file.append([UInt8]("\(number)\n".utf8).span, now: 5)
            try file.append([UInt8]("\(number)\n".utf8).span, now: 5)
            _ = try Sealer(directory: work.directory, options: options).run(now: 5)
        }
        let first = "app.log.1970-01-01_00-00"
        #expect(try work.names == ["app.log", first + ".10.gz", first + ".9.gz"])
    }

    /// Three files were closed in this minute, and then somebody changed something.
    @Test(arguments: [
        ([], [], ".3"), ([".2"], [], ".2"), (["", ".1"], [], ".3"), (["", ".1", ".2"], [], ""),
        ([], [".3.gz"], ".4"), ([], [".3"], ".4"), (["ledger"], [], ".3"),
        (["ledger", "", ".1"], [], ".3"), (["ledger", ".2"], [".9.gz"], ".10"),
    ])
    func `the next name follows the existing ones, by the ledger or without it`(
        removed: [String], added: [String], expected: String
    ) throws {
        let work = try Workplace()
        let file = try open(work, limit: 3)
        for text in ["0\n", "1\n", "2\n", "3\n"] { try file.append(text + text, at: 5) }
        let first = "app.log.1970-01-01_00-00"
        for name in removed {
            try work.remove(name == "ledger" ? ".app.log.ledger" : first + name)
        }
        for name in added { try work.write("theirs\n", to: first + name) }
        try file.append("4\n4\n", at: 5)
        #expect(try work.text(first + expected) == "3\n3\n")
        for name in added { #expect(try work.text(first + name) == "theirs\n") }
    }

    private func open(_ work: Workplace, limit: Int64) throws -> RotatingFile {
        var options = RotatingFile.Options()
        options.maximumByteCount = limit
        return try RotatingFile(
            path: work.path(), schedule: RotationSchedule(when: .minutes, zone: .utc),
            options: options, now: 0)
    }
}
