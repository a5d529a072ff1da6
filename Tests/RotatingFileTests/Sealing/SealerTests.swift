// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A pass over a directory: what is cleared, what is kept and what is not ours.
@Suite struct SealerTests {
    let place: Workplace

    init() throws {
        place = try Workplace()
        try place.write("", to: ".app.log.state")
    }

    @Test func `an orphaned temporary file is removed`() throws {
        try place.write("half", to: ".app.log.1970-01-01_00-00.gz.tmp")
        let report = try place.seal()
        #expect(try place.names.isEmpty && report.failures.isEmpty)
    }

    @Test func `foreign files are neither sealed nor removed`() throws {
        let foreign = [
            "app.log", "app.log.1", "app.log.old", "app.log.1970-13-01", "app.log.1970-01-01.bak",
            "app.log.1970-01-01_00-00.01", "xapp.log.1970-01-01", "other.log.1970-01-01",
            "app.log.1970-01-01.gz.gz", ".app.log.old.gz.tmp", ".other.log.1970-01-01.gz.tmp",
        ]
        for name in foreign { try place.write("theirs\n", to: name) }
        var retention = Retention()
        retention.maximumAgeSeconds = 0
        retention.maximumTotalByteCount = 0
        #expect(try place.seal(keeping: retention, now: .max / 2) == Sealer.Report())
        #expect(try place.names == foreign.sorted())
    }

    @Test func `the oldest slots are removed`() throws {
        for day in 1...4 { try place.write("a\n", to: "app.log.1970-01-0\(day)") }
        var retention = Retention()
        retention.backupCount = 2
        let report = try place.seal(keeping: retention)
        #expect(report.sealedCount == 4 && report.removedCount == 2)
        #expect(try place.names == ["app.log.1970-01-03.gz", "app.log.1970-01-04.gz"])
    }

    @Test func `a file that a writer has open is not removed`() throws {
        try place.remove(".app.log.state")
        let (file, late) = (try place.open(), try place.open())
        try file.append("a\n")
        try file.append("b\n", at: 60)
        try file.append("c\n", at: 120)
        var retention = Retention()
        retention.backupCount = 1
        #expect(try place.seal(keeping: retention).removedCount == 0)
        #expect(try place.text("app.log.1970-01-01_00-00") == "a\n")
        try late.tick(now: 120)
        #expect(try place.seal(keeping: retention).removedCount == 1)
    }

    @Test(arguments: [false, true])
    func `no newer file is removed while an older one is in use`(hasCopy: Bool) throws {
        for day in 1...4 { try place.write("a\n", to: "app.log.1970-01-0\(day)") }
        // Of one slot the compressed file stays with the plain one.
        if hasCopy { try place.write("a\n", to: "app.log.1970-01-02.gz") }
        let user = try Descriptor.open(place.path("app.log.1970-01-02"), O_RDWR)
        try #require(try user.tryLockExclusively())
        var options = Sealer.Options(backupCount: 1, isCompressing: false)
        options.retention.maximumTotalByteCount = 1
        let report = try Sealer(directory: place.directory, options: options).run(now: 0)
        #expect(report.removedCount == 1)
        #expect(report.events.last == .busy("app.log.1970-01-02"))
        #expect(try place.names.count == (hasCopy ? 4 : 3))
        user.unlock()
        #expect(
            try Sealer(directory: place.directory, options: options).run(now: 0).removedCount == 3)
    }

    @Test func `a file that failed is left alone for a while, and all others are not`() throws {
        for name in ["app.log.1970-01-01", "app.log.1970-01-02"] {
            try place.write("a\n", to: name)
        }
        try #require(link(place.path("app.log.1970-01-01"), place.path("other")) == 0)
        var now: Int64 = 0
        var sealer = Sealer(directory: place.directory)
        sealer.pauses = FailurePauses(seconds: 30, now: { now })
        var report = try sealer.sealWaiting(now: 0)
        #expect(report.sealedCount == 1 && report.failures.count == 1)
        try place.write("a\n", to: "app.log.1970-01-03")
        now = 29
        report = try sealer.sealWaiting(now: 0)
        #expect(report.sealedCount == 1 && report.failures.isEmpty && report.pendingCount == 1)
        now = 30
        #expect(try sealer.sealWaiting(now: 0).failures.count == 1)
        try place.remove("other")
        now = 60
        #expect(try sealer.sealWaiting(now: 0).sealedCount == 1)
    }

    @Test func `the bytes of a file that will be compressed remove nothing`() throws {
        try place.write("a\n", to: "app.log.1970-01-01.gz")
        try place.write(String(repeating: "b\n", count: 1000), to: "app.log.1970-01-02")
        let user = try Descriptor.open(place.path("app.log.1970-01-02"), O_RDWR)
        try #require(try user.tryLockExclusively())
        var options = Sealer.Options(backupCount: 0)
        options.retention.maximumTotalByteCount = 100
        let sealer = Sealer(directory: place.directory, options: options)
        #expect(try sealer.preview(now: 0).removedCount == 0)
        #expect(try sealer.sealWaiting(now: 0).removedCount == 0)
        #expect(try sealer.run(now: 0).removedCount == 0)
        #expect(try place.names.count == 2)
        options.isCompressing = false
        let other = Sealer(directory: place.directory, options: options)
        #expect(try other.run(now: 0).removedCount == 1)
        user.unlock()
    }

    @Test func `a file that only has the name of a page stays as it is`() throws {
        try place.write("somebody's notes", to: ".notes.log.state")
        let sealer = Sealer(directory: place.directory)
        #expect(try sealer.activeNames().isEmpty)
        #expect(throws: RotatingFileError.self) {
            try sealer.note(
                RetentionPromise(Retention(), isOwn: true), of: "notes.log", mode: 0o640, now: 0)
        }
        #expect(try place.text(".notes.log.state") == "somebody's notes")
    }

    @Test func `expired files are removed without examining waiting ones`() throws {
        for day in 1...4 { try place.write("a\n", to: "app.log.1970-01-0\(day)") }
        var options = Sealer.Options(backupCount: 3)
        // What a plain file will have when it is compressed is not known yet.
        options.retention.maximumTotalByteCount = 1
        let report = try Sealer(directory: place.directory, options: options).removeExpired(now: 0)
        #expect(report.removedCount == 1 && report.sealedCount == 0)
        #expect(
            report.events == [
                .removed(
                    .init(
                        fileName: "app.log.1970-01-01", reason: .count, byteCount: 2,
                        modified: try place.removedAt(report)))
            ])
        #expect(try place.names.count == 3)
    }

    @Test func `a file without a page beside it is left alone`() throws {
        try place.remove(".app.log.state")
        try place.write("a\n", to: "app.log.1970-01-01")
        #expect(try place.seal() == Sealer.Report())
    }

    @Test func `a directory that cannot be listed is reported`() {
        #expect {
            try Sealer(directory: "/nowhere").run(now: 0)
        } throws: { error in
            error as? RotatingFileError
                == .system(
                    operation: "list", path: "/nowhere", errno: .noSuchFileOrDirectory)
        }
    }
}

extension Workplace {
    fileprivate func removedAt(_ report: Sealer.Report) throws -> Int64 {
        guard case .removed(let removal)? = report.events.first else { return -1 }
        return removal.modified
    }
}
