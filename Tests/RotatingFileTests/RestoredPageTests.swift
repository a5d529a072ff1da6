import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A page that is sound but older than the file, as a backup has it: what was acknowledged since
/// stays, and what an append leaves that dies is cut back all the same.
@Suite struct RestoredPageTests {
    enum Restoring: CaseIterable { case inPlace, byRename }

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
    func `nothing goes that came after the append in which the page was copied`(
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
    func `nothing goes of the files of before and after a rollover`(restoring: Restoring) throws {
        let file = try place.open()
        try file.append("a\n")
        let copy = try copyOfPage(appending: "b\n", to: file)
        try file.append("b\n")
        for text in ["c\n", "d\n"] { try file.append(text, at: 60) }
        try restore(copy, restoring)
        try file.append("e\n", at: 61)
        #expect(place.lines == ["a", "b", "c", "d", "e"])
    }

    @Test func `a torn line with something behind it is ended and not cut off`() throws {
        let file = try place.open()
        try file.append("a\n")
        file.page.beginAppend(of: "bbb\n")
        try place.write("bbtheirs")
        try file.append("c\n")
        #expect(try place.text() == "a\nbbtheirs\nc\n")
        #expect(place.events == [.foreignChange(path: place.path(), byteCount: 8)])
    }

    @Test(arguments: ["b", "b\nto", "b\ntor"])
    func `what died in the middle of its append is cut back`(written: String) throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("a\n")
        dead.page.beginAppend(of: "b\ntorn\n")
        try place.write(written)
        try alive.append("c\n")
        #expect(try place.text() == "a\nc\n")
        #expect(
            place.events == [.cutBack(path: place.path(), byteCount: Int64(written.utf8.count))])
    }

    @Test func `what died behind its append is kept once`() throws {
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
    func `what an earlier version leaves that dies is cut back`(hasPlan: Bool) throws {
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

    @Test func `also behind an append of this version that was cut back`() throws {
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
