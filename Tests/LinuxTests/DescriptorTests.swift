// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import Testing

@testable import Linux

@Suite struct DescriptorTests {
    @Test func `a descriptor is closed when its owner goes away`() throws {
        let number: Int32
        do {
            let descriptor = try Descriptor.open("/dev/null", O_RDONLY)
            number = descriptor.rawValue
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
        }
        // Another test may be given the number at once, but then it is another file.
        var link = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/fd/\(number)", &link, link.count)
        let target = String(decoding: link.prefix(max(length, 0)).map(UInt8.init), as: UTF8.self)
        #expect(target != "/dev/null")
    }

    @Test func `a failed open says why`() {
        #expect(throws: Errno.noSuchFileOrDirectory) {
            _ = try Descriptor.open("/nowhere/at/all", O_RDONLY)
        }
    }

    @Test func `renaming never replaces`() throws {
        let directory = try TemporaryDirectory()
        for name in ["from", "to"] {
            try Descriptor.open(directory.path + "/" + name, O_WRONLY | O_CREAT, mode: 0o600)
                .writeAll([UInt8](name.utf8).span)
        }
        let (from, to) = (directory.path + "/from", directory.path + "/to")
        #expect(try Directory.renameWithoutReplacing(from, to: to) == false)
        #expect(try FileStatus(at: to)?.byteCount == 2)
        #expect(try Directory.renameWithoutReplacing(from, to: from + "2"))
        #expect(try FileStatus(at: from) == nil)
    }

    @Test func `a lock is held by the description and released with it`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let first = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        let second = try Descriptor.open(path, O_RDWR)
        try first.lockExclusively()
        #expect(try second.tryLockShared() == false)
        first.unlock()
        #expect(try second.tryLockExclusively())
    }
}

/// A directory that is gone after the test.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/cordwood-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    }

    deinit {
        for name in (try? Directory.names(in: path)) ?? [] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
