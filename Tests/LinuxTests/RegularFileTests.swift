// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Linux

@Suite struct RegularFileTests {
    @Test(arguments: [
        ("fifo", "a FIFO"), ("device", "a device"), ("socket", "a socket"),
    ])
    func `a special file is named and not waited for`(name: String, kind: String) throws {
        let path = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        defer { unlink(path) }
        let made: Int32 =
            switch name {
            case "fifo": mkfifo(path, 0o600)
            case "device": symlink("/dev/zero", path)
            default: mknod(path, S_IFSOCK | 0o600, 0)
            }
        try #require(made == 0)
        #expect(throws: RegularFile.Failure.notRegular(kind: kind)) {
            _ = try RegularFile.open(path)
        }
    }

    @Test func `a directory is the same error that reading it gives`() throws {
        #expect(throws: RegularFile.Failure.system(.isDirectory)) {
            _ = try RegularFile.open("/tmp")
        }
    }

    @Test func `a link to a file is followed, one to itself is not`() throws {
        let path = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        defer { unlink(path) }
        try #require(symlink(#filePath, path) == 0)
        _ = try RegularFile.open(path)
        try #require(unlink(path) == 0 && symlink(path, path) == 0)
        #expect(throws: RegularFile.Failure.system(.tooManySymbolicLinkLevels)) {
            _ = try RegularFile.open(path)
        }
    }
}
