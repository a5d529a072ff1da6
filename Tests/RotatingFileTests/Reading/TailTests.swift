// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage
import Testing

@testable import RotatingFile

/// What a reader sees of the end of a file while others write.
@Suite struct TailTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    private func read(after position: Tail.Position? = nil) throws -> Seen? {
        guard let tail = try Tail(of: "app.log", in: place.directory, after: position) else {
            return nil
        }
        return Seen(
            text: String(decoding: tail.text, as: UTF8.self), next: tail.next,
            isOfNewFile: tail.isOfNewFile, skipped: tail.skippedByteCount,
            committed: tail.committedByteCount)
    }

    private struct Seen {
        let text: String
        let next: Tail.Position
        let isOfNewFile: Bool
        let skipped: Int64
        let committed: Int64
    }

    @Test func `without a position it is the end, then the lines added since`() throws {
        let file = try place.open()
        try file.append("one\ntwo\n")
        let first = try #require(try read())
        #expect(first.text == "one\ntwo\n")
        #expect(try read(after: first.next)?.text == "")
        try file.append("three\n")
        let second = try #require(try read(after: first.next))
        #expect(second.text == "three\n")
        #expect(second.next.byteCount == 14)
        #expect(!second.isOfNewFile && second.skipped == 0)
    }

    @Test func `a line that is not acknowledged is not read`() throws {
        let file = try place.open()
        try file.append("one\n")
        file.page.phase = .appending
        try place.write("torn\nby a de")
        #expect(try read()?.text == "one\n")
        #expect(try read()?.committed == 4)
        try file.append("two\n")
        #expect(try read()?.text == "one\ntwo\n")
    }

    @Test func `a rollover is reported, and the new file read from its beginning`() throws {
        let file = try place.open()
        try file.append("old\n", at: 1)
        let old = try #require(try read())
        try file.append("new\n", at: 61)
        let new = try #require(try read(after: old.next))
        #expect(new.isOfNewFile)
        #expect(new.text == "new\n")
        #expect(new.next.file != old.next.file)
        #expect(try read(after: new.next)?.isOfNewFile == false)
    }

    @Test func `it begins with a whole line at any position`() throws {
        let file = try place.open()
        try file.append("one\ntwo\nthree\n")
        let seen = try #require(try read())
        for (offset, text): (Int64, String) in [
            (0, "one\ntwo\nthree\n"), (1, "two\nthree\n"), (4, "two\nthree\n"), (5, "three\n"),
            (13, ""), (14, ""), (-7, "one\ntwo\nthree\n"), (15, "one\ntwo\nthree\n"),
            (.max, "one\ntwo\nthree\n"), (.min, "one\ntwo\nthree\n"),
        ] {
            let position = Tail.Position(file: seen.next.file, byteCount: offset)
            #expect(try read(after: position)?.text == text, "from \(offset)")
        }
    }

    @Test func `no more is read than a bound, and skipped bytes are counted`() throws {
        let file = try place.open()
        try file.append("first\n")
        let first = try #require(try read())
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<100 { try file.append(line) }
        let second = try #require(try read(after: first.next))
        #expect(second.text.utf8.count == 32_000)
        #expect(second.skipped == 100_000 - Tail.maximumByteCount)
        #expect(second.next.byteCount == 100_006)
        #expect(try read()?.text == second.text)
    }

    @Test func `a line that is longer than the bound is skipped`() throws {
        let file = try place.open()
        try file.append("first\n")
        let first = try #require(try read())
        try file.append(String(repeating: "x", count: 100_000) + "\n")
        let long = try #require(try read(after: first.next))
        #expect(long.text == "")
        #expect(long.next.byteCount == 100_007)
        try file.append("after\n")
        #expect(try read(after: long.next)?.text == "after\n")
        #expect(try read()?.text == "after\n")
    }

    @Test func `a file without a page is not read`() throws {
        #expect(try read() == nil)
        try place.write("by hand\n")
        #expect(try read() == nil)
        let file = try place.open()
        try file.append("one\n")
        #expect(try read()?.text == "by hand\none\n")
        try place.rename("app.log", to: "moved")
        #expect(try read() == nil)
        try #require(symlink("moved", place.path()) == 0)
        #expect(throws: Errno.self) { try read() }
    }
}
