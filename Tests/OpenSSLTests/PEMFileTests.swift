// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import OpenSSL

/// Files in the place of certificates and keys that are none.
@Suite struct PEMFileTests {
    @Test(arguments: [("fifo", "a FIFO"), ("directory", "a directory"), ("device", "a device")])
    func `a special file is named and not waited for`(name: String, kind: String) throws {
        let path = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        defer { if unlink(path) != 0 { rmdir(path) } }
        let made: Int32 =
            switch name {
            case "fifo": mkfifo(path, 0o600)
            case "directory": mkdir(path, 0o700)
            default: symlink("/dev/zero", path)
            }
        try #require(made == 0)
        let expected = TLSError.notRegular(path, kind: kind)
        #expect(throws: expected) { _ = try PEMFile.certificates(in: path) }
        #expect(throws: expected) { _ = try PEMFile.privateKey(in: path) }
    }

    @Test func `a file of many gigabytes is not read`() throws {
        let path = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        defer { unlink(path) }
        try Data().write(to: URL(fileURLWithPath: path))
        try #require(truncate(path, 1 << 40) == 0)
        #expect(throws: TLSError.tooLong(path)) { _ = try PEMFile.certificates(in: path) }
    }

    @Test func `an empty file holds no certificate`() throws {
        let path = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        defer { unlink(path) }
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(throws: TLSError.noCertificate(path)) { _ = try PEMFile.certificates(in: path) }
        #expect(throws: TLSError.unreadable(path + "x", errno: ENOENT)) {
            _ = try PEMFile.certificates(in: path + "x")
        }
    }
}
