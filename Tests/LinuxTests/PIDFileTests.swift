// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import Testing

@testable import Linux

@Suite struct PIDFileTests {
    @Test func `the file holds the process id, for everybody to read, and goes at the end`() throws
    {
        let place = try TemporaryDirectory()
        let path = place.path + "/pid"
        try Descriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll([0x31].span)
        let file = try PIDFile(writing: path)
        #expect(try Descriptor.contents(of: path) == "\(getpid())\n")
        #expect(try FileStatus(at: path)?.mode == S_IFREG | 0o644)
        #expect(try Directory.names(in: place.path) == ["pid"])
        file.remove()
        #expect(try FileStatus(at: path) == nil)
        file.remove()
    }

    @Test func `a successor's file is left alone`() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/pid"
        let file = try PIDFile(writing: path)
        try Descriptor.open(path, O_WRONLY | O_TRUNC).writeAll([0x31, 0x0A].span)
        file.remove()
        #expect(try Descriptor.contents(of: path) == "1\n")
    }

    @Test func `an obstacle is reported, and nothing is left`() throws {
        let place = try TemporaryDirectory()
        #expect(throws: Errno.noSuchFileOrDirectory) {
            _ = try PIDFile(writing: place.path + "/nowhere/pid")
        }
        #expect(mkdir(place.path + "/pid", 0o700) == 0)
        defer { rmdir(place.path + "/pid") }
        #expect(throws: Errno.isDirectory) { _ = try PIDFile(writing: place.path + "/pid") }
        #expect(try Directory.names(in: place.path) == ["pid"])
    }
}
