// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Linux

@Suite struct LockWaitersTests {
    @Test func `waiters are listed below the holder, and only flock counts`() {
        let table = """
            1: FLOCK  ADVISORY  WRITE 12 fd:01:77 0 EOF
            1: -> FLOCK  ADVISORY  READ 34 fd:01:77 0 EOF
            1:  -> FLOCK  ADVISORY  WRITE 35 fd:01:77 0 EOF
            2: POSIX  ADVISORY  WRITE 56 00:2b:77 0 EOF
            2: -> POSIX  ADVISORY  WRITE 57 00:2b:77 0 EOF
            3: FLOCK  ADVISORY  WRITE 0 fd:01:78 0 EOF
            3: -> FLOCK  ADVISORY  WRITE 78 fd:01:78 0 EOF
            4: -> FLOCK  ADVISORY  WRITE 90 fd:01:79 0 EOF
            5: FLOCK
            5: -> FLOCK  ADVISORY  WRITE 91 fd:01:79 0 EOF

            """
        let expected: [(pid_t, pid_t)] = [(34, 12), (35, 12), (78, 0)]
        #expect(
            LockWaiters.waits(in: table)
                == expected.map { LockWaiters.Wait(waiter: $0.0, holder: $0.1) })
    }

    @Test func `a process that waits for a lock of this one is seen`() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/lock"
        let file = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        try file.lockExclusively()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = [path, "true"]
        try process.run()
        let expected = LockWaiters.Wait(waiter: process.processIdentifier, holder: getpid())
        let deadline = Date(timeIntervalSinceNow: 15)
        while !LockWaiters.current().contains(expected), Date() < deadline { usleep(5000) }
        #expect(LockWaiters.current().contains(expected))
        file.unlock()
        process.waitUntilExit()
        #expect(!LockWaiters.current().contains(expected))
    }
}
