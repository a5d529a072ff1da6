// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// Each kind of damage by itself, in a rotated file.
@Suite struct VerificationTests {
    let place: MadeDirectory
    let name = "app.log.2026-11-23"

    init() throws { place = try MadeDirectory() }

    @Test func `undamaged files are counted and nothing is found`() throws {
        try place.write("1\n", to: "app.log")
        try place.write("1\n22\n", to: name)
        try place.writeCompressed("1\n22\n333\n", to: "app.log.2026-11-22.gz")
        try place.write("1\n", to: "web.log.2026-11-22_10.2")
        let report = try place.verify()
        #expect(report.streams.map(\.name) == ["app.log", "web.log"])
        #expect(report.streams.allSatisfy { $0.findings.isEmpty })
        var total = Verification.Tally()
        (total.fileCount, total.lineCount, total.byteCount) = (4, 7, 18)
        #expect(report.total == total && !report.isDamaged)
    }

    @Test(arguments: [
        ("1\n2", Verification.Kind.tornLine), ("1", .tornLine),
        ("1\nx\n3\n", .invalidLines(count: 1, first: 2)),
        ("x\n2\nx\nx\n", .invalidLines(count: 3, first: 1)),
        ("1\n\0\0\n", .linesWithNUL(count: 1, first: 2)),
        ("1\nx\0\n3\n\0\n", .linesWithNUL(count: 2, first: 2)),
    ])
    func `bad lines are found, plain or compressed`(text: String, kind: Verification.Kind) throws {
        try place.write(text, to: name)
        #expect(try place.findings() == [.init(fileName: name, kind: kind)])
        #expect(try place.verify().isDamaged)
        unlink(place[name])
        try place.writeCompressed(text, to: name + ".gz")
        #expect(try place.findings() == [.init(fileName: name + ".gz", kind: kind)])
    }

    @Test func `one file can have several kinds of damage and counts once`() throws {
        try place.write("1\nx\n\0\n4", to: name)
        let report = try place.verify()
        #expect(report.streams[0].findings.count == 3)
        #expect(report.total.lineCount == 3 && report.total.tornLineCount == 1)
        #expect(report.total.damagedLineCount == 2 && report.total.damagedFileCount == 1)
    }

    @Test(arguments: 1...20)
    func `a compressed file that was cut short is found wherever the cut is`(missing: Int) throws {
        let bytes = MadeDirectory.compressed("1\n22\n333\n")
        try place.write(Array(bytes.dropLast(missing)), to: name + ".gz")
        #expect(try place.findings() == [.init(fileName: name + ".gz", kind: .truncatedGzip)])
    }

    @Test(arguments: [
        // From the end: four bytes of length, four of CRC, the last block.
        (1, "incorrect length check"), (5, "incorrect data check"), (0, "bytes follow its end"),
        (-1, "incorrect header check"),
    ])
    func `a damaged compressed file is found, and why`(place fromEnd: Int, why: String) throws {
        var bytes = MadeDirectory.compressed("1\n22\n333\n")
        switch fromEnd {
        case 0: bytes += Array("more".utf8)
        case -1: bytes[0] = 0
        default: bytes[bytes.count - fromEnd] ^= 1
        }
        try place.write(bytes, to: name + ".gz")
        let expected = Verification.Kind.damagedGzip(reason: why)
        #expect(try place.findings() == [.init(fileName: name + ".gz", kind: expected)])
    }

    @Test func `gzip files that were put together are one`() throws {
        let two = MadeDirectory.compressed("1\n2") + MadeDirectory.compressed("2\n3\n")
        try place.write(two, to: name + ".gz")
        let report = try place.verify()
        #expect(report.total.lineCount == 3 && !report.isDamaged)
        try place.write(Array(two.dropLast(9)), to: name + ".gz")
        #expect(try place.findings().map(\.kind) == [.truncatedGzip])
    }

    @Test func `an empty file is not gzip`() throws {
        try place.write("", to: name + ".gz")
        #expect(try place.findings().map(\.kind) == [.truncatedGzip])
    }

    @Test func `a plain file beside its equal is only noted, and its lines counted once`() throws {
        try place.write("1\n2\n", to: name)
        try place.writeCompressed("1\n2\n", to: name + ".gz")
        let report = try place.verify()
        #expect(report.streams[0].findings == [.init(fileName: name, kind: .copyOfCompressed)])
        #expect(report.total.fileCount == 2 && report.total.lineCount == 2)
        #expect(!report.isDamaged)
    }

    @Test func `a plain file that a sealer is about to remove is not even noted`() throws {
        try place.write("1\n2\n", to: name)
        try place.writeCompressed("1\n2\n", to: name + ".gz")
        let sealer = try Descriptor.open(place[name], O_RDONLY)
        #expect(try sealer.tryLockExclusively())
        #expect(try place.findings().isEmpty)
    }

    @Test(arguments: ["1\n2\n3\n", "1\n", "1\n3\n"])
    func `a plain file that differs from the compressed one is damage`(other: String) throws {
        try place.write(other, to: name)
        try place.writeCompressed("1\n2\n", to: name + ".gz")
        #expect(try place.findings() == [.init(fileName: name, kind: .differsFromCompressed)])
    }

    @Test func `the line count of both is that of both when they differ`() throws {
        try place.write("1\n2\n3\n", to: name)
        try place.writeCompressed("1\n2\n", to: name + ".gz")
        #expect(try place.verify().total.lineCount == 5)
    }

    @Test func `a temporary of a dead sealer is noted, one of a living sealer is not`() throws {
        try place.write("1\n", to: name)
        try place.write("half", to: ".\(name).gz.tmp")
        let orphan = Verification.Finding(fileName: ".\(name).gz.tmp", kind: .orphanedTemporary)
        #expect(try place.findings() == [orphan])
        let sealer = try Descriptor.open(place[name], O_RDONLY)
        #expect(try sealer.tryLockExclusively())
        #expect(try place.findings().isEmpty)
        #expect(try !place.verify().isDamaged)
    }

    @Test func `an object in a file's place is damage`() throws {
        try #require(mkfifo(place[name], 0o600) == 0)
        try #require(symlink("/etc/hostname", place["app.log"]) == 0)
        try #require(mkdir(place["web.log"], 0o700) == 0)
        let report = try place.verify()
        #expect(
            report.streams.flatMap(\.findings).map(\.kind)
                == .init(repeating: .notARegularFile, count: 3))
        #expect(report.total.damagedFileCount == 3)
    }

    @Test func `a ledger is neither a stream nor foreign`() throws {
        for name in [".app.log.ledger", ".app.log.ledger.tmp", ".gone.log.ledger"] {
            try place.write("x", to: name)
        }
        try place.write("{}\n", to: "app.log")
        let report = try place.verify()
        #expect(report.streams.map(\.name) == ["app.log"])
        #expect(report.foreignNames == [".gone.log.ledger"])
    }

    @Test func `foreign names are listed and not read`() throws {
        let foreign = [
            ".app.log.old.gz.tmp", ".hidden", "app.log.1", "app.log.2026-02-30",
            "app.log.2026-11-23.bak", "app.log.2026-11-23.gz.gz", "notes.txt",
        ]
        for name in foreign { try place.write("x", to: name) }
        try place.write("1\n", to: "app.log")
        let report = try place.verify()
        #expect(report.foreignNames == foreign)
        #expect(report.total.fileCount == 1 && !report.isDamaged)
    }

    @Test func `a stream is known by its page even without a log's name`() throws {
        try place.appended("1\n", to: "journal")
        #expect(try place.verify().streams.map(\.name) == ["journal"])
    }

    @Test func `progress ends with all bytes`() throws {
        try place.write("1\n22\n", to: name)
        try place.writeCompressed("1\n22\n333\n", to: "app.log.2026-11-22.gz")
        var steps: [[Int64]] = []
        _ = try place.verify { steps.append([$0, $1]) }
        let last = try #require(steps.last)
        #expect(last[0] == last[1] && last[1] > 5)
        #expect(steps.map { $0[0] } == steps.map { $0[0] }.sorted())
    }

    @Test func `a directory that cannot be listed is an error`() {
        #expect(
            throws: RotatingFileError.system(
                operation: "list", path: "/nowhere", errno: .noSuchFileOrDirectory)
        ) { try Verification(directory: "/nowhere").run() }
    }
}
