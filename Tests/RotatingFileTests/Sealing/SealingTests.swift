// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// From a rotated file to its compressed form.
@Suite struct SealingTests {
    let place: Workplace
    let name = "app.log.1970-01-01_00-00"

    init() throws {
        place = try Workplace()
        try place.write("", to: ".app.log.state")
    }

    /// What gzip(1) makes of a file of the workplace.
    private func unzipped(_ name: String) throws -> String {
        let result = try ChildProcess(
            program: "/usr/bin/env", arguments: ["gzip", "-dc", place.path(name)]
        ).run()
        #expect(result.status == 0)
        return result.output
    }

    @Test(arguments: [0, 1, 1 << 18, 1_000_001])
    func `gzip reads back what was sealed`(length: Int) throws {
        let text = String((0..<length).map { Character(UnicodeScalar(97 + UInt8($0 * $0 % 26))) })
        try place.write(text, to: name)
        let report = try place.seal()
        #expect(report.sealedCount == 1 && report.sealedByteCount == Int64(length))
        #expect(try place.names == [name + ".gz"])
        #expect(try unzipped(name + ".gz") == text)
    }

    @Test func `time and permissions are kept`() throws {
        try place.write("a\n", to: name)
        try #require(chmod(place.path(name), 0o604) == 0)
        try place.setModified(name, 12345)
        _ = try place.seal()
        let status = try place.status(name + ".gz")
        #expect(status.modified == 12345 && status.mode & 0o7777 == 0o604)
    }

    @Test func `a file that a writer still has open waits`() throws {
        try place.remove(".app.log.state")
        let (file, late) = (try place.open(), try place.open())
        try file.append("a\n")
        try file.append("b\n", at: 60)
        let report = try place.seal()
        #expect(report.pendingCount == 1 && report.failures.isEmpty)
        #expect(try place.names == ["app.log", name])
        try late.tick(now: 60)
        #expect(try place.seal().sealedCount == 1)
    }

    @Test func `both stand and are equal: the plain file goes`() throws {
        try place.write("a\n", to: name)
        _ = try place.seal()
        let sealed = place.bytes(name + ".gz")
        try place.write("a\n", to: name)
        let report = try place.seal()
        #expect(report.sealedCount == 1 && report.failures.isEmpty)
        #expect(try place.names == [name + ".gz"])
        #expect(place.bytes(name + ".gz") == sealed)
    }

    @Test(arguments: ["b\n", "a\nb\n", "a", ""])
    func `both stand and differ: both are kept, and it is said`(other: String) throws {
        try place.write("a\n", to: name)
        _ = try place.seal()
        try place.write(other, to: name)
        let report = try place.seal()
        #expect(report.pendingCount == 1 && report.failures.count == 1)
        #expect(try place.names == [name + ".1", name + ".gz"])
        #expect(try place.seal().failures.isEmpty)
        #expect(try unzipped(name + ".gz") == "a\n")
        #expect(try unzipped(name + ".1.gz") == other)
    }

    enum Damage: CaseIterable { case empty, cutShort, flipped, longer, noGzip }

    @Test(arguments: Damage.allCases)
    func `a damaged compressed file costs no plain file`(damage: Damage) throws {
        try place.write("a\nb\nc\n", to: name)
        _ = try place.seal()
        var bytes = try #require(place.bytes(name + ".gz"))
        switch damage {
        case .empty: bytes = []
        case .cutShort: bytes.removeLast()
        case .flipped: bytes[bytes.count - 6] ^= 1
        case .longer: bytes.append(0)
        case .noGzip: bytes[0] = 0
        }
        try place.remove(name + ".gz")
        try Descriptor.open(place.path(name + ".gz"), O_WRONLY | O_CREAT, mode: 0o600)
            .writeAll(bytes.span)
        try place.write("a\nb\nc\n", to: name)
        #expect(try place.seal().failures.count == 1)
        #expect(try place.text(name + ".1") == "a\nb\nc\n")
        #expect(place.bytes(name + ".gz") == bytes)
    }

    @Test func `a dead sealer's file does not count as complete`() throws {
        try place.write("a\n", to: name)
        try place.write("half a gzip file", to: ".\(name).gz.tmp")
        #expect(try place.seal().sealedCount == 1)
        #expect(try place.names == [name + ".gz"])
        #expect(try unzipped(name + ".gz") == "a\n")
    }

    @Test func `a second name keeps a file from being sealed`() throws {
        try place.write("a\n", to: name)
        try #require(link(place.path(name), place.path("backup")) == 0)
        #expect(try place.seal().failures.count == 1)
        #expect(try place.names == [name, "backup"])
    }

    @Test(arguments: 0..<8)
    func `a sealer that is stopped leaves nothing behind`(patience: Int) throws {
        try place.write(String(repeating: "a\n", count: 400_000), to: name)
        var asked = 0
        let report = try place.seal(shouldStop: {
            asked += 1
            return asked > patience
        })
        #expect(try place.names == [name] && report.sealedCount == 0 && report.failures.isEmpty)
    }

    @Test(arguments: ["getdents64:1=EIO", "open:1=EIO"])
    func `a directory that cannot be listed is reported, and the next pass seals`(
        fault: String
    ) throws {
        try place.open().append("b\n")
        try place.write("a\n", to: name)
        let result = try ChildProcess(
            program: "/usr/bin/env",
            arguments: [
                "CORDWOOD_FAULTS=" + fault, ChildProcess.probe, "seal",
                "directory=" + place.directory, "passes=2",
            ]
        ).run()
        let lines = result.output.split(separator: "\n")
        #expect(
            lines == [
                "! cannot list \(place.directory): Input/output error",
                "+ sealed 1 pending 0",
            ])
        #expect(try place.names == ["app.log", name + ".gz"])
    }

    @Test func `a full disk is reported and the plain file kept`() throws {
        try place.write("a\n", to: name)
        let result = try ChildProcess(
            program: "/usr/bin/env",
            arguments: [
                "CORDWOOD_FAULTS=write:1+=ENOSPC", ChildProcess.probe, "seal",
                "directory=" + place.directory,
            ]
        ).run()
        #expect(result.output.contains("No space left on device"))
        #expect(result.output.contains("out of space"))
        #expect(try place.names == [name])
    }
}
