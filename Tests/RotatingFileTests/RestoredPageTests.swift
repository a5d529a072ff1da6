// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A page that is sound but older than the file, as a backup has it: what was acknowledged since
/// stays, and what an append leaves that dies is cut back all the same.
@Suite struct RestoredPageTests {
    enum Restoring: CaseIterable { case inPlace, byRename }

    private static let keepsAttributes: Bool = {
        guard let place = try? Workplace(), let file = try? place.open() else { return false }
        return (try? file.append("a\n")) != nil && file.active?.mark != nil
    }()

    private let place: Workplace
    private let pageName = ".app.log.state"

    init() throws { place = try Workplace() }

    /// The page as it is while `text` is appended.
    private func copyOfPage(appending text: String, to file: RotatingFile) throws -> [UInt8] {
        file.page.beginAppend(of: text)
        let copy = try #require(place.bytes(pageName))
        file.page.phase = .idle
        return copy
    }

    private func restore(_ page: [UInt8], _ restoring: Restoring) throws {
        let name = restoring == .inPlace ? pageName : "backup"
        try Descriptor.open(place.path(name), O_WRONLY | O_CREAT, mode: 0o600)
            .writeAll(page.span)
        if restoring == .byRename { try place.rename(name, to: pageName) }
    }

    @Test(arguments: Restoring.allCases, [true, false])
    func `nothing is lost that came after the append in which the page was copied`(
        restoring: Restoring, isRunning: Bool
    ) throws {
        var file: RotatingFile? = try place.open()
        try file?.append("a\n")
        let copy = try copyOfPage(appending: "b\n", to: #require(file))
        for text in ["b\n", "c\n"] { try file?.append(text) }
        if !isRunning { file = nil }
        try restore(copy, restoring)
        let next = try file ?? place.open(now: 1)
        try next.append("d\n", at: 1)
        #expect(try place.text() == "a\nb\nc\nd\n")
        #expect(place.events == [.foreignChange(path: place.path(), byteCount: 4)])
        #expect(next.hasGoodPage)
    }

    @Test(arguments: Restoring.allCases, [true, false])
    func `nor that append itself, where it was the last`(
        restoring: Restoring, isRunning: Bool
    ) throws {
        var file: RotatingFile? = try place.open()
        try file?.append("a\n")
        let copy = try copyOfPage(appending: "b\n", to: #require(file))
        try file?.append("b\n")
        if !isRunning { file = nil }
        try restore(copy, restoring)
        try (file ?? place.open(now: 1)).append("c\n", at: 1)
        #expect(try place.text() == "a\nb\nc\n" && place.events.isEmpty)
    }

    @Test(arguments: Restoring.allCases)
    func `nothing is lost of the files before and after a rollover`(restoring: Restoring) throws {
        let file = try place.open()
        try file.append("a\n")
        let copy = try copyOfPage(appending: "b\n", to: file)
        try file.append("b\n")
        for text in ["c\n", "d\n"] { try file.append(text, at: 60) }
        try restore(copy, restoring)
        try file.append("e\n", at: 61)
        #expect(place.lines == ["a", "b", "c", "d", "e"])
    }

    @Test func `a torn line with something after it is ended and not cut off`() throws {
        let file = try place.open()
        try file.append("a\n")
        file.page.beginAppend(of: "bbb\n")
        try place.write("bbtheirs")
        try file.append("c\n")
        #expect(try place.text() == "a\nbbtheirs\nc\n")
        #expect(place.events == [.foreignChange(path: place.path(), byteCount: 8)])
    }

    @Test(arguments: ["b", "b\nto", "b\ntor"])
    func `a dead append is cut back in its middle`(written: String) throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        dead.page.beginAppend(of: "b\ntorn\n")
        try place.write(written)
        try alive.append("c\n")
        #expect(try place.text() == "a\nc\n")
        #expect(
            place.events == [.cutBack(path: place.path(), byteCount: Int64(written.utf8.count))])
    }

    // Copied from what a process left that died: the page is that of the file and names its length,
    // and what has come since is shorter than what that process was about to append.
    @Test(
        .enabled(if: keepsAttributes, "the file system has no extended attributes"),
        arguments: Restoring.allCases, [true, false])
    func `nothing is lost that came after a death`(restoring: Restoring, isRunning: Bool) throws {
        var file: RotatingFile? = try place.open()
        try file?.append("a\n")
        let dead = try place.open()
        dead.page.beginAppend(of: "a long line that is never whole\n")
        try place.write("a long")
        let copy = try #require(place.bytes(pageName))
        for text in ["b\n", "c\n"] { try file?.append(text) }
        if !isRunning { file = nil }
        try restore(copy, restoring)
        for text in ["d\n", "e\n"] { try (file ?? place.open(now: 1)).append(text, at: 1) }
        #expect(try place.text() == "a\nb\nc\nd\ne\n")
        // Whoever dies now is cut back again.
        let next = try place.open(now: 1)
        next.page.beginAppend(of: "another long line\n")
        try place.write("another")
        try next.append("f\n", at: 1)
        #expect(try place.text() == "a\nb\nc\nd\ne\nf\n")
    }

    @Test(.enabled(if: keepsAttributes, "the file system has no extended attributes"))
    func `nothing is lost that came after a failed append`() throws {
        let file = try place.open()
        try file.append("a\n")
        file.page.beginAppend(of: "a long line that is never whole\n")
        try place.write("a long")
        let copy = try #require(place.bytes(pageName))
        try file.cutBack(#require(file.active), to: 2)
        file.page.phase = .idle
        try file.append("b\n")
        try restore(copy, .inPlace)
        try file.append("c\n")
        #expect(try place.text() == "a\nb\nc\n")
    }

    @Test(.enabled(if: keepsAttributes, "the file system has no extended attributes"))
    func `nothing is lost of a file that has the inode of an earlier one`() throws {
        let file = try place.open()
        try file.append("a\n")
        file.page.beginAppend(of: "a long line that is never whole\n")
        let copy = try #require(place.bytes(pageName))
        file.page.phase = .idle
        // What another file with this inode has for certain.
        try #expect(#require(file.active).setMark(4711))
        try file.append("b\n")
        try restore(copy, .inPlace)
        try file.append("c\n")
        #expect(try place.text() == "a\nb\nc\n")
    }

    @Test(
        .enabled(if: keepsAttributes, "the file system has no extended attributes"),
        arguments: [1, 2])
    func `a death while cutting back is repaired`(setMarks: Int64) throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        dead.page.beginAppend(of: "torn line\n")
        try place.write("torn")
        let file = try #require(dead.active)
        let mark = try #require(file.mark)
        #expect(file.setMark(mark + setMarks))
        if setMarks == 2 { try file.cutBack(to: 2) }
        try alive.append("b\n")
        #expect(try place.text() == "a\nb\n")
        alive.page.beginAppend(of: "torn line\n")
        try place.write("torn")
        try alive.append("c\n")
        #expect(try place.text() == "a\nb\nc\n")
    }

    @Test func `an append whose process died right after it is kept once`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        dead.page.beginAppend(of: "b\n")
        try place.write("b\n")
        try alive.append("c\n")
        #expect(try place.text() == "a\nb\nc\n" && place.events.isEmpty)
    }

    // An earlier version does not say how much it is about to append. The fields have what this
    // version has left in them, or nothing.
    @Test(arguments: [true, false])
    func `a dead append of an earlier version is cut back`(hasPlan: Bool) throws {
        let (dead, alive) = (try place.open(), try place.open())
        for text in ["a\n", "b\n"] { try dead.append(text) }
        if !hasPlan {
            dead.page[.plannedByteCount] = 0
            dead.page[.plannedCheck] = 0
        }
        dead.page.phase = .appending
        try place.write("longer than anything before it and to")
        try alive.append("c\n")
        #expect(try place.text() == "a\nb\nc\n" && place.events.count == 1)
    }

    @Test func `also after an append of this version that was cut back`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        dead.page.beginAppend(of: "b\n")
        try place.write("b")
        try alive.tick(now: 0)
        #expect(try place.text() == "a\n")
        dead.page.phase = .appending
        try place.write("longer, and to")
        try alive.append("c\n")
        #expect(try place.text() == "a\nc\n")
    }
}

extension StatePage {
    /// What is stored before `text` is written.
    fileprivate func beginAppend(of text: String) {
        plan(appending: text.utf8.count, behind: self[.committedByteCount])
        phase = .appending
    }
}
