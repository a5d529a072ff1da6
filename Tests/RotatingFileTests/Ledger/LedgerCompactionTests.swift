// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// The ledger is bounded, and the order of the files that stand outlives it.
@Suite struct LedgerCompactionTests {
    let place: Workplace
    private let ledgerName = ".app.log.ledger"

    init() throws { place = try Workplace() }

    private func line(_ name: String, sequence: Int64 = 1) -> String {
        let entry = LedgerEntry(
            sequence: sequence, event: .rolled, name: name, generation: sequence, byteCount: 1)
        return String(decoding: entry.line, as: UTF8.self)
    }

    /// Lines of 5000 files that are gone.
    private var deadLines: String {
        (0..<5000).map { line("app.log.1970-01-01_00-09.\($0 + 1)", sequence: Int64($0)) }.joined()
    }

    /// A file for each of `times`, rotated a minute later, each holding its time.
    private func roll(_ times: [Int64]) throws {
        for time in times {
            let file = try place.open(now: time)
            try file.append("\(time)\n", at: time)
            try file.tick(now: time + 60)
        }
    }

    @Test func `it does not grow with files that are gone`() throws {
        try roll([864_000])
        try place.write(deadLines, to: ledgerName)
        let large = try place.status(ledgerName).byteCount
        #expect(large > Ledger.compactedByteCount)
        try roll([60, 120])
        #expect(try place.status(ledgerName).byteCount < 2000)
        #expect(try !place.names.contains(ledgerName + ".tmp"))
        var retention = Retention()
        retention.backupCount = 2
        _ = try place.seal(keeping: retention)
        #expect(try place.contentsOfRotated() == ["60\n", "120\n"])
    }

    // A rotated name would be too long for the file system; those of page and ledger are not.
    private let longName = String(repeating: "x", count: 240)

    private func openLong() throws -> RotatingFile {
        try RotatingFile(
            path: place.path(longName), schedule: RotationSchedule(when: .minutes, zone: .utc),
            now: 0, onEvent: { [place] in place.events.append($0) })
    }

    private func longLedger() throws -> String {
        try #require(try place.text(".\(longName).ledger"))
    }

    @Test func `rollovers that fail leave one line`() throws {
        let file = try openLong()
        for second in 0..<2000 as Range<Int64> { try file.append("a\n", at: second) }
        let failures = place.events.count { if case .rolloverFailed = $0 { true } else { false } }
        #expect(failures == 1940)
        #expect(try longLedger().split(separator: "\n").count == 1)
        #expect(try place.text(longName)?.utf8.count == 4000)
    }

    @Test func `a rollover that fails makes a ledger small that has grown`() throws {
        let file = try openLong()
        try file.append("a\n")
        try place.write(deadLines, to: ".\(longName).ledger")
        try file.append("b\n", at: 60)
        #expect(try longLedger().split(separator: "\n").count == 1)
    }

    @Test func `a ledger that cannot be compacted does not grow by the attempt`() throws {
        let file = try openLong()
        try file.append("a\n")
        try place.write(deadLines, to: ".\(longName).ledger")
        // What cannot be removed lies where the new one would be written.
        let obstacle = place.path(".\(longName).ledger.tmp")
        try #require(mkdir(obstacle, 0o700) == 0)
        for second in 60..<600 as Range<Int64> { try file.append("b\n", at: second) }
        #expect(try longLedger().split(separator: "\n").count == 5001)
        try #require(rmdir(obstacle) == 0)
        for second in 600..<661 as Range<Int64> { try file.append("c\n", at: second) }
        #expect(try longLedger().split(separator: "\n").count <= 2)
    }

    // rollover                       sealer
    // lists: passes the place of the .gz
    //                                gives the .gz its name, removes the plain file
    // lists on: passes the place of the plain file
    @Test(arguments: [true, false])
    func `a file that one of two listings has missed keeps its line`(isInFirst: Bool) throws {
        let name = "app.log.1970-01-02"
        if !isInFirst { try place.write("", to: name + ".gz") }
        try place.write(line(name) + deadLines, to: ledgerName)
        let ledger = Ledger(of: "app.log", in: place.directory)
        let first = try #require(RotatedName(parsing: name, base: "app.log"))
        let isCompacted = ledger.compactIfLarge(
            standing: isInFirst ? [first] : [], Ledger.Writing(mode: 0o640))
        #expect(isCompacted)
        #expect(try place.text(ledgerName) == line(name))
    }

    @Test func `existing files have the same order afterwards, whatever was renamed`() throws {
        for seed in 1...500 as ClosedRange<UInt64> {
            var history = History(seed: seed)
            let text = history.text()
            let standing = history.standing()
            let before = LedgerContents([UInt8](text.utf8), of: "app.log")
            let compacted = CompactedLedger([UInt8](text.utf8), of: "app.log", standing: standing)
            let after = LedgerContents(compacted.bytes, of: "app.log")
            #expect(after.sorted(standing) == before.sorted(standing), "\(text)")
            #expect(after.promise == before.promise, "\(text)")
            #expect(after.promise == nil || after.sequence == before.sequence, "\(text)")
        }
    }
}

extension LedgerContents {
    /// Those of the files that it names, in the order in which they were closed.
    fileprivate func sorted(_ files: [RotatedName]) -> [String] {
        let placed = files.compactMap { name in
            order.place(of: name.plainName).map { (place: $0, name: name) }
        }
        return placed.sorted { ($0.place, $0.name) < ($1.place, $1.name) }.map(\.name.fileName)
    }
}

/// A ledger of few names in which everything has happened to all of them.
private struct History {
    private var random: Mixer
    private let names = ["", ".1", ".2", ".9", ".10", ".11"].map { "app.log.1970-01-01\($0)" }

    init(seed: UInt64) { random = Mixer(state: seed) }

    mutating func text() -> String {
        var text = ""
        for number in 0..<Int64(5 + random.below(40)) {
            var entry = LedgerEntry(sequence: number, at: number)
            entry.event = [.rolled, .found, .renamed, .keeps, nil][random.below(5)]
            entry.name = names[random.below(names.count)]
            entry.formerName = (names + ["app.log", "other"])[random.below(names.count + 2)]
            if random.below(8) == 0 {
                var retention = Retention()
                retention.backupCount = Int(number)
                entry.promise = RetentionPromise(retention, isOwn: true)
            }
            text += String(decoding: entry.line, as: UTF8.self)
            if random.below(8) == 0 { text += "{\"seq\":7\n\n" }
        }
        return random.below(2) == 0 ? text : text + "{\"seq\""
    }

    /// Some of the names, plain, compressed or both.
    mutating func standing() -> [RotatedName] {
        names.flatMap { [$0, $0 + ".gz"] }.filter { _ in random.below(3) == 0 }
            .compactMap { RotatedName(parsing: $0, base: "app.log") }
    }
}

/// The same on every machine.
private struct Mixer {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
