// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A file that somebody cuts, as copytruncate does, is another file to whoever reads on from an
/// offset.
@Suite struct CutFileTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    private func cut(to length: Int) throws {
        try #require(truncate(place.path(), length) == 0)
    }

    @Test(arguments: [0, 1, 2, 3])
    func `a file that is cut begins a new generation`(length: Int) throws {
        let (file, other) = (try place.open(), try place.open())
        try file.append("a\nb\n")
        let before = (file.generation, try #require(try tail()))
        try cut(to: length)
        try file.append("c\n")
        #expect(file.generation == before.0 + 1)
        #expect(try tail(after: before.1)?.isNew == true)
        try other.append("d\n")
        #expect(other.generation == file.generation)
        #expect(place.lines.suffix(2) == ["c", "d"])
    }

    @Test func `so does a file that has grown again, but not to its old length`() throws {
        let file = try place.open()
        try file.append("aaaaaaaa\n")
        let generation = file.generation
        try cut(to: 0)
        try place.write("theirs\n")
        try file.append("c\n")
        #expect(file.generation == generation + 1)
        #expect(place.lines == ["theirs", "c"])
    }

    @Test func `so does a file that is cut while an append dies`() throws {
        let (dead, alive) = (try place.open(), try place.open())
        try dead.append("aaaa\n")
        let generation = dead.generation
        dead.page.phase = .appending
        try cut(to: 0)
        try place.write("to")
        try alive.append("b\n")
        #expect(alive.generation == generation + 1)
        #expect(place.lines == ["to", "b"])
    }

    @Test func `a tick alone does not overlook it`() throws {
        let file = try place.open()
        try file.append("a\n")
        let generation = file.generation
        try cut(to: 0)
        try file.append("b\n", at: 1)
        #expect(file.generation == generation + 1)
        #expect(place.events == [.foreignChange(path: place.path(), byteCount: -2)])
    }

    @Test func `a file that is only longer stays in its generation`() throws {
        let file = try place.open()
        try file.append("a\n")
        let generation = file.generation
        try place.write("theirs\n")
        try file.append("b\n")
        #expect(file.generation == generation)
    }

    @Test func `a failed append does not fill the cut part`() throws {
        let file = try place.open()
        try file.append("aaaa\n")
        let active = try #require(file.active)
        try cut(to: 0)
        try active.cutBack(to: 5)
        #expect(try place.text() == "")
    }

    private struct Read { let position: Tail.Position; let isNew: Bool }

    private func tail(after read: Read? = nil) throws -> Read? {
        guard let tail = try Tail(of: "app.log", in: place.directory, after: read?.position) else {
            return nil
        }
        return Read(position: tail.next, isNew: tail.isOfNewFile)
    }

    @Test(arguments: [.min, -1, .max] as [Int64])
    func `a tail of a damaged page does not die of it`(length: Int64) throws {
        let file = try place.open()
        try file.append("a\n")
        file.page[.committedByteCount] = length
        let tail = try Tail(of: "app.log", in: place.directory)
        #expect((tail == nil) == (length < 0))
    }
}
