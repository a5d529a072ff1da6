// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

@Suite struct LockHoldersTests {
    @Test func `the lines of one inode count, and only those of flock`() {
        let table = """
            1: FLOCK  ADVISORY  WRITE 12 fd:01:77 0 EOF
            2: FLOCK  ADVISORY  READ 34 00:2b:77 0 EOF
            2: -> FLOCK  ADVISORY  WRITE 56 00:2b:77 0 EOF
            3: POSIX  ADVISORY  WRITE 78 fd:01:77 0 EOF
            4: FLOCK  ADVISORY  READ 90 fd:01:777 0 EOF
            5: FLOCK  ADVISORY  READ 0 fd:01:77 0 EOF
            6: FLOCK
            """
        let holders = LockHolders(of: 77, in: table)
        #expect(holders.exclusive == [12] && holders.shared == [34])
    }

    @Test func `this process is named as long as it holds the lock`() throws {
        let path = "/tmp/cordwood-lock-\(getpid())"
        let file = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        defer { unlink(path) }
        #expect(try file.tryLockShared())
        #expect(LockHolders(of: path).shared == [getpid()])
        file.unlock()
        #expect(LockHolders(of: path) == LockHolders(of: 0, in: ""))
    }
}
