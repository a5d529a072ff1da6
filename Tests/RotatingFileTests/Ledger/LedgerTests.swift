// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// The order in which files were closed, as it is written down and read again.
@Suite struct LedgerTests {
    let place: Workplace
    private let ledgerName = ".app.log.ledger"

    init() throws { place = try Workplace() }

    private func keeping(_ count: Int) -> Retention {
        var retention = Retention()
        retention.backupCount = count
        return retention
    }

    /// A file for each of `times`, rotated a minute later, each holding its time.
    private func roll(_ times: [Int64]) throws {
        for time in times {
            let file = try place.open(now: time)
            try file.append("\(time)\n", at: time)
            try file.tick(now: time + 60)
        }
    }

    private func rotated() throws -> [String] { try place.names.filter { $0 != "app.log" } }

    @Test func `a rollover that is tried again is one line`() throws {
        let ledger = Ledger(of: "app.log", in: place.directory)
        var entry = LedgerEntry(
            at: 1, event: .rolled, name: "app.log.1970-01-01", generation: 7, inode: 1)
        for _ in 0..<3 { try ledger.append([entry], Ledger.Writing(mode: 0o640)) }
        #expect(try place.text(ledgerName)?.split(separator: "\n").count == 1)
        entry.generation = 8
        try ledger.append([entry], Ledger.Writing(mode: 0o640))
        #expect(try place.text(ledgerName)?.split(separator: "\n").count == 2)
    }

    @Test func `a rollover is a line`() throws {
        try roll([0, 60])
        let lines = try #require(try place.text(ledgerName)).split(separator: "\n")
        #expect(lines.count == 2)
        let entry = try #require(LedgerEntry(parsing: Array(lines[1].utf8)[...]))
        #expect(entry.sequence == 2 && entry.at == 120 && entry.event == .rolled)
        #expect(entry.name == "app.log.1970-01-01_00-01" && entry.byteCount == 3)
        #expect(
            entry.inode == Int64(try place.status("app.log.1970-01-01_00-01").inode))
    }

    @Test(arguments: [
        // The clock ran ahead and was set right.
        [864_000, 864_060, 60, 120],
        // And was set back further and further.
        [3000, 2000, 1000, 0],
        // Every minute of an hour that comes twice.
        [0, 60, 120, 0, 60, 120],
    ])
    func `the files that were closed last stay, whatever the clock said`(times: [Int64]) throws {
        try roll(times)
        // Times of the files say nothing either.
        for (index, name) in try rotated().enumerated() {
            try place.setModified(name, Int64(index * 100_000))
        }
        let report = try place.seal(keeping: keeping(2), now: 1_000_000)
        #expect(report.removedCount == times.count - 2)
        let kept = try place.contentsOfRotated()
        #expect(kept == Set(times.suffix(2).map { "\($0)\n" }))
    }

    @Test func `a copied directory keeps its order`() throws {
        try roll([864_000, 60, 120])
        let copy = try Workplace()
        // In another order, and so with other times; without the state page.
        for name in try Directory.names(in: place.directory).sorted(by: >) {
            if name.hasSuffix(".state") || name == "app.log" { continue }
            try copy.write(try #require(try place.text(name)), to: name)
        }
        try copy.write("", to: ".app.log.state")
        _ = try copy.seal(keeping: keeping(2))
        #expect(try copy.contentsOfRotated() == ["60\n", "120\n"])
    }

    @Test func `files that it does not name are the oldest, by their times`() throws {
        for (name, modified) in [("1999-01-01", 50), ("2026-01-01", 10), ("1970-01-02", 30)] {
            try place.write("\(modified)\n", to: "app.log.\(name)")
            try place.setModified("app.log.\(name)", Int64(modified))
        }
        try roll([0])
        try place.setModified("app.log.1970-01-01_00-00", 1)
        for count in (1...3).reversed() {
            _ = try place.seal(keeping: keeping(count), now: 100)
            let expected = ["10\n", "30\n", "50\n", "0\n"].suffix(count)
            #expect(try place.contentsOfRotated() == Set(expected))
        }
    }

    @Test(arguments: [
        "", "\n", "\0\0\0\0\n", "{}\n", "[]\n", "{\"name\":\"app.log.1970-01-01_00-01\"}\n",
        "{\"event\":\"rolled\",\"name\":7}\n", "{\"event\":\"rolled\",\"name\":\"../x\"}\n",
        "{\"event\":\"rolled\",\"name\":\"app.log\"}\n", "{\"seq\":9223372036854775807}\n",
        "{\"seq\":-9223372036854775808,\"at\":99999999999999999999}\n", "{\"a\":\"\\ud800\"}\n",
        "{\"a\":\"\\", "{\"seq\":1,\"event\":\"rol", "{\"keep_count\":-1}\n",
        "{\"keep_count\":9223372036854775807,\"keep_age\":-1,\"keep_bytes\":-9223372036854775808}\n",
        String(repeating: "{\"a\":", count: 5000) + "\n", "{\"a\":[[[\n", "\u{FEFF}{}\n",
        "{\"event\":\"renamed\",\"name\":\"app.log.1970-01-01_00-01\",\"of\":\"nothing\"\n",
        String(repeating: "x", count: 20_000),
    ])
    func `damage costs the line that it is in`(damage: String) throws {
        try roll([864_000, 60])
        try place.write(damage, to: ledgerName)
        try roll([120])
        _ = try place.seal(keeping: keeping(2))
        #expect(try place.contentsOfRotated() == ["60\n", "120\n"])
    }

    @Test(arguments: ["fifo", "directory", "link", "dangling", "hard link"])
    func `an object that cannot be a ledger is set aside, and reported`(kind: String) throws {
        switch kind {
        case "fifo": try #require(mkfifo(place.path(ledgerName), 0o600) == 0)
        case "directory": try #require(mkdir(place.path(ledgerName), 0o700) == 0)
        case "link":
            try place.write("theirs\n", to: "other")
            try #require(symlink("other", place.path(ledgerName)) == 0)
        case "dangling": try #require(symlink("nowhere", place.path(ledgerName)) == 0)
        default:
            try place.write("theirs\n", to: "other")
            try #require(link(place.path("other"), place.path(ledgerName)) == 0)
        }
        // Which file is the oldest is not known until the next rollover.
        try place.write("old\n", to: "app.log.1970-01-01")
        try place.write("", to: ".app.log.state")
        try place.write("old\n", to: "app.log.1970-01-02")
        let before = try place.seal(keeping: keeping(1))
        #expect(before.removedCount == 0 && before.failures.count == 1)
        try roll([0])
        #expect(
            place.events.contains(
                .ledgerSetAside(
                    path: place.path(ledgerName), to: place.path(ledgerName + ".foreign"))))
        #expect(try place.status(ledgerName).isRegular)
        let after = try place.seal(keeping: keeping(1))
        #expect(after.removedCount == 2)
        #expect(try place.contentsOfRotated() == ["0\n"])
        if kind == "link" || kind == "hard link" { #expect(try place.text("other") == "theirs\n") }
    }

    @Test func `a file that was renamed keeps its place, also when the ledger is written again`()
        throws
    {
        try roll([864_000, 60])
        let first = "app.log.1970-01-11_00-00"
        // Another's file has the name that sealing would give.
        try place.write("no gzip\n", to: first + ".gz")
        #expect(try place.seal().failures.count == 1)
        #expect(try place.text(first + ".1") == "864000\n")
        let contents = try Ledger(of: "app.log", in: place.directory).contents()
        let again = LedgerContents(
            CompactedLedger(
                try #require(place.bytes(ledgerName)), of: "app.log",
                standing: try place.names.compactMap { RotatedName(parsing: $0, base: "app.log") }
            ).bytes, of: "app.log")
        for known in [contents, again] {
            let place = known.order.place(of: first + ".1")
            #expect(
                place != nil && place ?? 0 < known.order.place(of: "app.log.1970-01-01_00-01") ?? 0)
        }
    }

    @Test func `files that a stopped machine has lost from the ledger are noted after it`() throws {
        try roll([60, 120])
        let lines = try #require(try place.text(ledgerName)).split(separator: "\n")
        try place.remove(ledgerName)
        try place.write(lines[0] + "\n", to: ledgerName)
        try place.setModified("app.log.1970-01-01_00-02", 150)
        try place.write("restored\n", to: "app.log.1999-01-01")
        try place.setModified("app.log.1999-01-01", 30)
        do {
            let file = try place.open(now: 150)
            file.page.seal(fingerprint: file.fingerprint, boot: BootID(high: 1, low: 2))
        }
        try roll([180])
        _ = try place.seal(keeping: keeping(2), now: 300)
        #expect(try place.contentsOfRotated() == ["120\n", "180\n"])
    }

    @Test func `the retention of a stream is noted once, and again when it changes`() throws {
        let sealer = Sealer(directory: place.directory)
        let all = RetentionPromise(keeping(0), isOwn: true)
        for promise in [all, all, RetentionPromise(keeping(3), isOwn: true)] {
            try sealer.note(promise, of: "app.log", mode: 0o640, now: 7)
            #expect(
                try Ledger(of: "app.log", in: place.directory).contents().promise == promise)
        }
        #expect(try place.text(ledgerName)?.split(separator: "\n").count == 2)
    }
}

extension Workplace {
    /// What the rotated files hold, decompressed.
    func contentsOfRotated() throws -> Set<String> {
        var contents: Set<String> = []
        for name in try names {
            guard let rotated = RotatedName(parsing: name, base: "app.log") else { continue }
            if rotated.isCompressed {
                let file = try Descriptor.open(path(name), O_RDONLY)
                var scanner = LineScanner(check: { line in
                    line.withUnsafeBufferPointer {
                        _ = contents.insert(String(decoding: $0, as: UTF8.self))
                    }
                    return true
                })
                _ = try scanner.readGzip(file, ProgressMeter(totalByteCount: 0) { _, _ in })
            } else {
                contents.insert(try text(name) ?? "")
            }
        }
        return contents
    }
}
