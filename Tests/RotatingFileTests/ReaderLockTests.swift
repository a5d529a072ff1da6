// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A user that may only read the files can lock them, by flock(2), and stops no process.
@Suite struct ReaderLockTests {
    let place: Workplace
    let rotated = "app.log.1970-01-01_00-00"

    init() throws { place = try Workplace() }

    /// A reader's open file with a lock; the lock goes with it.
    private func reader(of name: String, alone: Bool = true) throws -> Descriptor {
        let file = try Descriptor.open(place.path(name), O_RDONLY)
        let isLocked = alone ? try file.tryLockExclusively() : try file.tryLockShared()
        try #require(isLocked)
        return file
    }

    @Test func `a reader that locks the active file before its writer does not stop it`()
        throws
    {
        try place.write("old\n")
        let reader = try reader(of: "app.log")
        let file = try place.open()
        try file.append("a\n")
        #expect(try place.text()?.hasSuffix("a\n") == true && place.lines == ["old", "a"])
        _ = consume reader
    }

    @Test func `a reader that locks a new file stops no writer after the rollover`() throws {
        let (first, second) = (try place.open(), try place.open())
        try first.append("a\n")
        try place.rename("app.log", to: "aside")
        try place.write("")
        let reader = try reader(of: "app.log")
        try first.tick(now: 0)
        try second.append("b\n")
        try first.append("c\n")
        #expect(try place.text() == "b\nc\n")
        _ = consume reader
    }

    @Test func `a reader's lock on the active file does not hold up its rollover`() throws {
        let file = try place.open()
        try file.append("a\n")
        let reader = try reader(of: "app.log", alone: false)
        try file.append("b\n", at: 60)
        #expect(try place.text(rotated) == "a\n")
        _ = consume reader
    }

    @Test(arguments: [true, false])
    func `a reader's lock does not keep a rotated file from being sealed`(alone: Bool) throws {
        do { try place.open().append("a\n") }
        do { try place.open(now: 60).append("b\n", at: 60) }
        let reader = try reader(of: rotated, alone: alone)
        #expect(try place.seal().sealedCount == 1)
        #expect(try place.names == ["app.log", rotated + ".gz"])
        _ = consume reader
    }

    @Test(arguments: [true, false])
    func `a reader's lock does not keep a file from being removed`(alone: Bool) throws {
        try place.write("", to: ".app.log.state")
        try place.write("a\n", to: "app.log.1970-01-01")
        try place.write("b\n", to: "app.log.1970-01-02")
        let reader = try reader(of: "app.log.1970-01-01", alone: alone)
        var options = Sealer.Options(backupCount: 1, isCompressing: false)
        options.retention.backupCount = 1
        var sealer = Sealer(directory: place.directory, options: options)
        sealer.graceSeconds = 0
        #expect(try sealer.run(now: 0).removedCount == 1)
        #expect(try place.names == ["app.log.1970-01-02"])
        _ = consume reader
    }

    @Test func `a reader's lock does not stop a change of the schedule`() throws {
        do { try place.open().append("a\n") }
        let reader = try reader(of: "app.log")
        try place.open(minutes: 5).append("b\n")
        #expect(place.lines == ["a", "b"])
        _ = consume reader
    }

    @Test func `a writer that stands still keeps its file, whatever readers do`() throws {
        let (busy, still) = (try place.open(), try place.open())
        try busy.append("a\n")
        let reader = try reader(of: "app.log", alone: false)
        try busy.append("b\n", at: 60)
        var retention = Retention()
        retention.maximumTotalByteCount = 0
        let report = try place.seal(keeping: retention, graceSeconds: -1)
        #expect(report.pendingCount == 1 && report.removedCount == 0)
        #expect(try place.text(rotated) == "a\n")
        try still.tick(now: 60)
        #expect(try place.seal().sealedCount == 1)
        _ = consume reader
    }

    @Test func `only those who may write may open the page`() throws {
        let file = try place.open()
        #expect(try place.status(".app.log.state").mode & 0o7777 == 0o600)
        try #require(chmod(place.path(".app.log.state"), 0o664) == 0)
        try file.tick(now: 0)
        #expect(try place.status(".app.log.state").mode & 0o7777 == 0o660)
        try #require(chmod(place.path(".app.log.state"), 0o644) == 0)
        _ = try place.open()
        #expect(try place.status(".app.log.state").mode & 0o7777 == 0o600)
    }

    // old                            new
    //                                opens: the page is missing, the file in use
    // appends under the old page in the second in which it has looked
    // finds the new page in the next second
    @Test func `a writer whose page was removed notices it while it appends`() throws {
        let old = try place.open()
        try old.append("a\n")
        try place.remove(".app.log.state")
        let new = try place.open()
        try old.append("b\n")
        try new.append("c\n")
        // For so long a sealer by the new page leaves the file alone.
        #expect(try place.seal(graceSeconds: 10).pendingCount == 1)
        try old.append("d\n", at: 1)
        #expect(old.hasGoodPage)
        #expect(try place.text() == "c\nd\n")
        #expect(try place.seal(graceSeconds: 10).sealedCount == 1)
    }

    @Test func `two sealers by two pages do not write into one temporary file`() throws {
        try place.write("", to: ".app.log.state")
        try place.write("a\n", to: rotated)
        let other = try Descriptor.open(
            place.path("." + rotated + ".gz.tmp"), O_RDWR | O_CREAT, mode: 0o600)
        try #require(try other.tryLockExclusively())
        #expect(try place.seal().pendingCount == 1)
        #expect(try place.names == ["." + rotated + ".gz.tmp", rotated])
        _ = consume other
        #expect(try place.seal().sealedCount == 1)
    }

    @Test func `a reader's lock on a dead sealer's files does not stop the next one`() throws {
        try place.write("", to: ".app.log.state")
        try place.write("a\n", to: rotated)
        let temporary = "." + rotated + ".gz.tmp"
        try place.write("half", to: temporary)
        let reader = try reader(of: temporary)
        #expect(try place.seal(graceSeconds: 10).pendingCount == 1)
        #expect(try place.seal().sealedCount == 1)
        _ = consume reader
    }

    @Test func `a file held twice is released when both are`() throws {
        let file = try place.open(isDurable: true)
        try file.append("a\n")
        try place.write("", to: "b")
        let inode = try place.status().inode
        // The generation changes, and the same file is opened again.
        file.page[.generation] &+= 1
        try file.append("b\n")
        try file.synchronize()
        let other = try place.open()
        #expect(try other.page.isSharedByOthers(inode))
        try file.append("c\n", at: 60)
        try file.synchronize()
        try other.append("d\n", at: 60)
        #expect(try !other.page.isSharedByOthers(inode))
    }
}
