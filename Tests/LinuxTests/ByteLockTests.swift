// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Linux

/// Locks of single bytes, and pages of files that somebody cuts.
@Suite struct ByteLockTests {
    private func withFile(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        defer { unlink(path) }
        try Descriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600)
            .writeAll([UInt8](repeating: 7, count: 4096).span)
        try body(path)
    }

    @Test func `a byte is shared by many or had by one`() throws {
        try withFile { path in
            let (a, b) = (
                Holder(try Descriptor.open(path, O_RDWR)), Holder(try Descriptor.open(path, O_RDWR))
            )
            let far = Int64.max - 1
            #expect(try a.file.tryShareByte(at: far) && b.file.tryShareByte(at: far))
            #expect(try !a.file.tryLockByteExclusively(at: far))
            #expect(try a.file.isByteLockedByOthers(at: far))
            b.file.unlockByte(at: far)
            #expect(try !a.file.isByteLockedByOthers(at: far))
            #expect(try b.file.isByteLockedByOthers(at: far))
            #expect(try a.file.tryLockByteExclusively(at: far))
            #expect(try !b.file.tryShareByte(at: far) && b.file.tryShareByte(at: far - 1))
        }
    }

    @Test func `read permission does not allow an exclusive lock`() throws {
        try withFile { path in
            let reader = try Descriptor.open(path, O_RDONLY)
            #expect(throws: Errno.badFileDescriptor) { try reader.tryLockByteExclusively(at: 1) }
        }
    }

    @Test(arguments: [false, true])
    func `a page whose file is cut becomes zeroed memory`(isGrownAgain: Bool) throws {
        SharedMapping.surviveLostPages()
        try withFile { path in
            let file = try Descriptor.open(path, O_RDWR)
            let mapping = try SharedMapping(of: file, byteCount: 4096, isGuarded: true)
            #expect(mapping.base.load(as: UInt8.self) == 7 && !mapping.isLost)
            try file.truncate(to: 0)
            if isGrownAgain { try file.truncate(to: 4096) }
            mapping.base.storeBytes(of: 9, toByteOffset: 8, as: UInt8.self)
            #expect(mapping.base.load(as: UInt8.self) == 0)
            #expect(mapping.isLost == !isGrownAgain)
        }
    }

    private final class Holder {
        let file: Descriptor
        init(_ file: consuming Descriptor) { self.file = file }
    }
}
