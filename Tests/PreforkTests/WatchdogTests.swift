// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Prefork

@Suite struct WatchdogTests {
    /// Ours are 1 to 9.
    @Test(
        arguments: [
            ([], [], []),
            ([3, 1], [], [1, 3]),
            // Not ours.
            ([10], [], []),
            // A healthy one that waits is nobody's business.
            ([], [(1, 2)], []),
            ([1], [(1, 2)], [2]),
            ([1, 2], [(1, 2)], [2]),
            ([1, 2, 3], [(1, 2), (3, 2)], [2]),
            ([1, 4], [(1, 2)], [2, 4]),
            // A chain is followed to its end.
            ([1], [(1, 2), (2, 3)], [3]),
            ([1], [(2, 3), (1, 2)], [3]),
            // A stranger at the end, or between, who in turn waits for one of ours.
            ([1], [(1, 10)], []),
            ([1, 2], [(1, 10), (2, 1)], []),
            ([1], [(1, 10), (10, 2)], [2]),
            ([1], [(1, 0)], []),
            // Two locks at a time.
            ([1], [(1, 2), (1, 3)], [2, 3]),
            // A circle: one of it, and not who only waits for it.
            ([2], [(2, 2)], [2]),
            ([3, 2], [(2, 3), (3, 2)], [2]),
            ([1], [(1, 3), (3, 2), (2, 3)], [2]),
        ] as [([pid_t], [(pid_t, pid_t)], [pid_t])])
    func `the holder of the lock that others wait for is the victim, if it is a child`(
        overdue: [pid_t], waits: [(pid_t, pid_t)], victims: [pid_t]
    ) {
        let found = Watchdog.victims(
            overdue: Set(overdue), waits: waits.map { (waiter: $0.0, holder: $0.1) },
            children: Set(1...9))
        #expect(found == victims)
    }
}
