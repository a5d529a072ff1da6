// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// Whatever the page says, no line that was acknowledged goes, and nobody dies of it.
@Suite struct DamagedPageTests {
    static let offsets = Array(stride(from: 0, through: 144, by: 8))
    static let values: [Int64] = [
        0, 1, 2, 3, -1, -5, .min, .min + 1, .max, .max - 1, 1 << 32, 1 << 62,
        0x5555_5555_5555_5555,
    ]
    static let lengths = [
        0, 1, 7, 8, 40, 64, 72, 80, 88, 96, 97, 104, 105, 112, 113, 120, 127, 128, 136,
        137, 4095,
    ]

    let place: Workplace

    init() throws {
        place = try Workplace()
        SharedMapping.surviveLostPages()
    }

    /// Lines a and b by two processes, `damage` after a, and after b another process and c.
    private func appendAround(
        _ what: String, isRunning: Bool, _ damage: (borrowing Descriptor) throws -> Void
    ) throws {
        let place = try Workplace()
        var first: RotatingFile? = try place.open(now: 10)
        var second: RotatingFile? = try place.open(now: 10)
        try first?.append("first\n", at: 10)
        try second?.append("a\n", at: 10)
        if !isRunning { (first, second) = (nil, nil) }
        try damage(Descriptor.open(place.path(".app.log.state"), O_RDWR))
        let third = try first ?? place.open(now: 11)
        let fourth = try second ?? place.open(now: 11)
        try third.append("b\n", at: 11)
        try fourth.append("c\n", at: 11)
        try fourth.tick(now: 12)
        try third.tick(now: 12)
        try third.append("d\n", at: 12)
        #expect(place.lines.sorted() == ["a", "b", "c", "d", "first"], "\(what)")
        #expect(third.hasGoodPage && fourth.hasGoodPage, "\(what)")
        #expect(third.rolloverAt == 60, "\(what)")
        // Nobody may take a damaged page for a reason to roll over each time.
        #expect(try place.names.count <= 2, "\(what)")
    }

    private func store(_ value: Int64, at offset: Int, in page: borrowing Descriptor) throws {
        try withUnsafeBytes(of: value) { bytes in
            try #require(pwrite(page.rawValue, bytes.baseAddress, 8, offset) == 8)
        }
    }

    @Test(arguments: offsets, [true, false])
    func `a field may say anything`(offset: Int, isRunning: Bool) throws {
        for value in Self.values {
            try appendAround("\(value) at \(offset)", isRunning: isRunning) { page in
                try store(value, at: offset, in: page)
            }
        }
    }

    @Test(arguments: offsets, [true, false])
    func `a field may say anything while the page tells of an append`(
        offset: Int, isRunning: Bool
    ) throws {
        for value in Self.values {
            try appendAround("\(value) at \(offset)", isRunning: isRunning) { page in
                try store(1, at: StatePage.Field.phase.rawValue, in: page)
                try store(value, at: offset, in: page)
            }
        }
    }

    @Test(arguments: [true, false])
    func `any bit may be another`(isRunning: Bool) throws {
        for bit in stride(from: Int.random(in: 0..<7), to: 1152, by: 7) {
            try appendAround("bit \(bit)", isRunning: isRunning) { page in
                var byte: UInt8 = 0
                try #require(pread(page.rawValue, &byte, 1, bit / 8) == 1)
                byte ^= 1 << (bit % 8)
                try #require(pwrite(page.rawValue, &byte, 1, bit / 8) == 1)
            }
        }
    }

    @Test(arguments: lengths, [true, false])
    func `the page may be cut to any length`(length: Int, isRunning: Bool) throws {
        try appendAround("\(length) bytes", isRunning: isRunning) { page in
            try page.truncate(to: Int64(length))
        }
        try appendAround("\(length) bytes while appending", isRunning: isRunning) { page in
            try store(1, at: StatePage.Field.phase.rawValue, in: page)
            try page.truncate(to: Int64(length))
        }
        try appendAround("\(length) bytes and zeros", isRunning: isRunning) { page in
            try page.truncate(to: Int64(length))
            try page.truncate(to: 4096)
        }
    }

    @Test func `a dead append is cut back all the same`() throws {
        let file = try place.open()
        try file.append("a\n")
        file.page.phase = .appending
        try place.write("torn")
        try file.append("b\n")
        #expect(try place.text() == "a\nb\n")
    }

    @Test func `a death between the length and its checksum costs nothing`() throws {
        let file = try place.open()
        try file.append("a\n")
        file.page.phase = .appending
        try place.write("b\n")
        file.page[.committedByteCount] = 4
        try file.append("c\n")
        #expect(try place.text() == "a\nb\nc\n" && place.events.isEmpty)
    }

    @Test(arguments: [0, 1, -5, 99] as [Int64])
    func `a length without a checksum cuts nothing, and the torn line is ended`(
        length: Int64
    ) throws {
        let file = try place.open()
        try file.append("a\n")
        file.page.phase = .appending
        file.page[.committedByteCount] = length
        try place.write("torn")
        try file.append("b\n")
        #expect(try place.text() == "a\ntorn\nb\n")
        let why = "of 6 bytes in the file it called \(length) acknowledged"
        #expect(
            place.events == [.pageDamaged(path: place.path(".app.log.state"), why: why)])
    }

    @Test(arguments: [.min, -1, 0, 1, 59, 61, 120, .max] as [Int64])
    func `a time of rollover that no process has set is rebuilt from the file`(time: Int64) throws {
        let file = try place.open(now: 10)
        try file.append("a\n", at: 10)
        file.page[.rolloverAt] = time
        try place.setModified("app.log", 10)
        try file.append("b\n", at: 11)
        #expect(file.rolloverAt == 60)
        #expect(try place.text() == "a\nb\n")
        #expect(place.events.count == 1)
    }

    @Test func `a page of an earlier version is believed if nothing depends on it`() throws {
        do {
            let file = try place.open()
            try file.append("a\n")
            file.page[.committedCheck] = 0
            file.page[.rolloverCheck] = 0
        }
        let file = try place.open(now: 30)
        try file.append("b\n", at: 30)
        #expect(file.rolloverAt == 60 && place.events.isEmpty)
        #expect(try place.text() == "a\nb\n")
    }

    // new                            old
    // sets the time and what vouches for it
    //                                rolls over: sets the time alone
    // appends
    @Test(arguments: [true, false])
    func `a time that an earlier version has set after this one is not damage`(
        isAligned: Bool
    ) throws {
        let file = try place.open(isAligned: isAligned)
        let check = file.page[.rolloverCheck]
        try file.append("a\n", at: 59)
        try file.append("b\n", at: 65)
        let rolloverAt = file.rolloverAt
        file.page[.rolloverCheck] = check
        place.events = []
        try file.append("c\n", at: 70)
        #expect(file.rolloverAt == rolloverAt && place.events.isEmpty)
        #expect(file.page[.rolloverCheck] != check)
        #expect(try place.text() == "b\nc\n")
    }

    // The rows of the page are lost in the middle of an append, whose bytes are in the file.
    @Test func `a page cut between the write and the length loses no line`() throws {
        let (first, second) = (try place.open(), try place.open())
        try first.append("a\n")
        try Descriptor.open(place.path(".app.log.state"), O_RDWR).truncate(to: 0)
        try place.write("b\n")
        first.page.set(.committedByteCount, to: 4)
        first.page.phase = .idle
        try second.append("c\n")
        try first.append("d\n")
        #expect(place.lines == ["a", "b", "c", "d"])
        #expect(first.generation == second.generation)
    }

    @Test(arguments: [
        Obstacle.directory, .link, .danglingLink, .pipe, .hardLink, .socket, .device,
    ])
    func `an object in the page's place is named, and the file is served again when it is gone`(
        obstacle: Obstacle
    )
        throws
    {
        let file = try place.open()
        try file.append("a\n")
        let page = place.path(".app.log.state")
        try place.remove(".app.log.state")
        try put(obstacle, at: page)
        let expected: RotatingFileError =
            obstacle == .hardLink ? .severalLinks(path: page) : .notARegularFile(path: page)
        #expect(throws: expected) { try place.open() }
        #expect(throws: expected) { try file.append("b\n", at: 1) }
        #expect(throws: expected) { try file.tick(now: 2) }
        if unlink(page) != 0 { rmdir(page) }
        try file.append("c\n", at: 3)
        #expect(place.lines == ["a", "c"])
    }

    enum Obstacle { case directory, link, danglingLink, pipe, hardLink, socket, device }

    private func put(_ obstacle: Obstacle, at path: String) throws {
        let made: Int32
        switch obstacle {
        case .directory: made = mkdir(path, 0o700)
        case .link: made = symlink("app.log", path)
        case .danglingLink: made = symlink("nothing", path)
        case .pipe: made = mkfifo(path, 0o600)
        case .socket: made = mknod(path, S_IFSOCK | 0o600, 0)
        case .device: made = mknod(path, S_IFCHR | 0o600, 1 << 8 | 5)
        case .hardLink:
            try place.write("theirs", to: "theirs")
            made = link(place.path("theirs"), path)
        }
        try #require(made == 0)
    }

    @Test func `a missing directory is named, and appended to when it is back`() throws {
        let file = try place.open()
        try file.append("a\n")
        let aside = place.directory + ".aside"
        try #require(Glibc.rename(place.directory, aside) == 0)
        #expect(throws: RotatingFileError.directoryMissing(path: place.directory)) {
            try file.append("b\n", at: 1)
        }
        try #require(Glibc.rename(aside, place.directory) == 0)
        try file.append("c\n", at: 2)
        #expect(try place.text() == "a\nc\n")
    }
}
