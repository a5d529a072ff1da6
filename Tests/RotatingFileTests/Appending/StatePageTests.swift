// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A page that is missing, damaged or not a page.
@Suite struct StatePageTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `a removed page is created again in the next second`() throws {
        let file = try place.open()
        try file.append("a\n")
        try place.remove(".app.log.state")
        try file.tick(now: 0)
        #expect(file.hasGoodPage)
        try file.append("b\n")
        #expect(try place.text() == "a\nb\n")
    }

    @Test func `all processes meet at the new page`() throws {
        let (first, second) = (try place.open(), try place.open())
        try place.remove(".app.log.state")
        try first.tick(now: 0)
        try second.tick(now: 0)
        try first.append("a\n")
        try second.append("b\n")
        #expect(try place.text() == "a\nb\n")
        #expect(first.generation == second.generation)
    }

    // old                            new
    //                                opens: the page is missing, the file in use
    // appends under the old page
    //                                appends under the new page
    @Test func `those with the old page and those with the new one share no file`() throws {
        let old = try place.open()
        try old.append("a\n")
        try place.remove(".app.log.state")
        let new = try place.open()
        try old.append("b\n")
        try new.append("c\n")
        #expect(try place.text("app.log.1970-01-01_00-00") == "a\nb\n")
        #expect(try place.text() == "c\n")
        // The old one comes to roll over, and finds that it is not at home.
        try old.append("d\n", at: 60)
        #expect(old.hasGoodPage)
        #expect(try place.text() == "c\nd\n")
    }

    @Test func `a page that is put back in the same moment does not stop its owner`() throws {
        let file = try place.open()
        try place.rename(".app.log.state", to: "aside")
        try file.tick(now: 0)
        try place.rename("aside", to: ".app.log.state")
        try file.tick(now: 0)
        try file.append("a\n")
        #expect(try place.text() == "a\n")
    }

    @Test(arguments: [0, 8, 16, 24, 32])
    func `a damaged page is rebuilt, and no line is lost`(offset: Int) throws {
        do { try place.open().append("a\n") }
        let page = try Descriptor.open(place.path(".app.log.state"), O_RDWR)
        try #require(pwrite(page.rawValue, "damaged!", 8, offset) == 8)
        let file = try place.open()
        #expect(file.hasGoodPage)
        try file.append("b\n")
        #expect(try place.text() == "a\nb\n")
    }

    @Test(arguments: [0, 1, 4095])
    func `a page that is too short is rebuilt`(length: Int) throws {
        do { try place.open().append("a\n") }
        try #require(truncate(place.path(".app.log.state"), length) == 0)
        try place.open().append("b\n")
        #expect(try place.text() == "a\nb\n")
        #expect(try place.status(".app.log.state").byteCount == 4096)
    }

    @Test func `a page whose numbers are nonsense is not believed`() throws {
        do {
            let file = try place.open()
            try file.append("a\n")
            file.page[.generation] = .max
            file.page[.inode] = -1
            file.page[.committedByteCount] = -5
            file.page[.phase] = 77
        }
        try place.open().append("b\n")
        #expect(try place.text() == "a\nb\n")
    }

    @Test func `a page that is a pipe is rejected without waiting`() throws {
        try #require(mkfifo(place.path(".app.log.state"), 0o600) == 0)
        #expect(throws: RotatingFileError.notARegularFile(path: place.path(".app.log.state"))) {
            try place.open()
        }
    }
}
