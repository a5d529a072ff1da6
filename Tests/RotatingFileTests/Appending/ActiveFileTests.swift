// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// What stands in the active file's place and is none.
@Suite struct ActiveFileTests {
    enum Obstacle: CaseIterable {
        case symbolicLink, danglingLink, pipe, directory, socket, hardLink
    }

    let place: Workplace

    init() throws { place = try Workplace() }

    private func put(_ obstacle: Obstacle) throws -> RotatingFileError {
        switch obstacle {
        case .symbolicLink:
            try place.write("theirs\n", to: "theirs")
            try #require(symlink(place.path("theirs"), place.path()) == 0)
        case .danglingLink: try #require(symlink(place.path("nothing"), place.path()) == 0)
        case .pipe: try #require(mkfifo(place.path(), 0o600) == 0)
        case .directory: try #require(mkdir(place.path(), 0o700) == 0)
        case .socket: try #require(mknod(place.path(), S_IFSOCK | 0o600, 0) == 0)
        case .hardLink:
            try place.write("theirs\n", to: "theirs")
            try #require(link(place.path("theirs"), place.path()) == 0)
            return .severalLinks(path: place.path())
        }
        return .notARegularFile(path: place.path())
    }

    private func clear() { if unlink(place.path()) != 0 { rmdir(place.path()) } }

    @Test(arguments: Obstacle.allCases)
    func `a file that is not the service's is rejected at the start`(obstacle: Obstacle) throws {
        let expected = try put(obstacle)
        #expect(throws: expected) { try place.open() }
        clear()
        try place.open().append("a\n")
        #expect(try place.text() == "a\n")
        if obstacle == .hardLink || obstacle == .symbolicLink {
            #expect(try place.text("theirs") == "theirs\n")
        }
    }

    @Test(arguments: Obstacle.allCases)
    func `an object in the file's place is rejected until it is gone`(obstacle: Obstacle) throws {
        let file = try place.open()
        try file.append("a\n")
        try place.rename("app.log", to: "elsewhere")
        let expected = try put(obstacle)
        #expect(throws: expected) { try file.tick(now: 0) }
        #expect(throws: expected) { try file.append("b\n") }
        clear()
        try file.append("c\n")
        #expect(try place.text() == "c\n")
        #expect(try place.text("elsewhere") == "a\n")
    }

    @Test func `a directory with a rotated name is skipped`() throws {
        try #require(mkdir(place.path("app.log.1970-01-01_00-00"), 0o700) == 0)
        let file = try place.open()
        try file.append("a\n")
        try file.append("b\n", at: 60)
        #expect(try place.text("app.log.1970-01-01_00-00.1") == "a\n")
    }
}
