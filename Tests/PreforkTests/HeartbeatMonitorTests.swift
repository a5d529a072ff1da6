// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Prefork

@Suite struct HeartbeatMonitorTests {
    private var children: [MasterState.Working] {
        [10, 11].map {
            MasterState.Working(
                process: $0, position: .worker(Int($0) - 10), row: Int($0) - 9, startedAt: 100)
        }
    }

    /// Looks once a second until `end`; the seconds at which somebody was found, and whom.
    private func looks(
        _ monitor: inout HeartbeatMonitor, _ seconds: ClosedRange<Int64>,
        heartbeat: (Int64, Int) -> Int64
    ) -> [Int64: [pid_t]] {
        var found: [Int64: [pid_t]] = [:]
        for now in seconds {
            let hung = monitor.look(at: children, now: now) { heartbeat(now, $0) }.hung
            if !hung.isEmpty { found[now] = hung.map(\.process) }
        }
        return found
    }

    @Test func `a child without a heartbeat for longer than the limit is found, once`() {
        var monitor = HeartbeatMonitor(limitSeconds: 30)
        let found = looks(&monitor, 101...200) { now, row in row == 1 ? 110 : now }
        #expect(found == [141: [10]])
        #expect(monitor.hasKilled(10) && !monitor.hasKilled(11))
    }

    @Test func `a child is given its time from its start, whatever its row said before`() {
        var monitor = HeartbeatMonitor(limitSeconds: 30)
        #expect(looks(&monitor, 101...130) { _, _ in 0 } == [:])
        #expect(looks(&monitor, 131...200) { _, _ in 0 } == [131: [10, 11]])
    }

    @Test func `after its end a number can be found again`() {
        var monitor = HeartbeatMonitor(limitSeconds: 30)
        _ = looks(&monitor, 101...140) { now, row in row == 1 ? 0 : now }
        monitor.forget(10)
        #expect(!monitor.hasKilled(10))
        #expect(looks(&monitor, 141...142) { now, row in row == 1 ? 0 : now } == [141: [10]])
    }

    @Test func `when the master itself stood still every child gets its full time again`() {
        var monitor = HeartbeatMonitor(limitSeconds: 30)
        #expect(looks(&monitor, 101...110) { now, _ in now } == [:])
        // The machine slept from 110 to 1000; nobody showed a sign of life until it was 1010.
        #expect(looks(&monitor, 1000...1029) { now, _ in now < 1010 ? 110 : now } == [:])
        #expect(looks(&monitor, 1030...1100) { _, row in row == 1 ? 1010 : 1100 } == [1041: [10]])
    }

    @Test func `a foreign process is reported when it is found, and not again for a minute`() {
        var monitor = HeartbeatMonitor(limitSeconds: 30)
        func stranger(at now: Int64, isWaiting: Bool) -> pid_t? {
            let waits = [10, 11].map { LockWaiters.Wait(waiter: $0, holder: 99) }
            return monitor.look(at: children, now: now, waits: { isWaiting ? waits : [] }) { _ in
                isWaiting ? 100 : now
            }.stranger
        }
        #expect(stranger(at: 130, isWaiting: true) == nil)
        #expect(stranger(at: 131, isWaiting: true) == 99)
        // Now all is well, and nobody hangs who could wait for it.
        for now in Int64(132)...134 { #expect(stranger(at: now, isWaiting: false) == nil) }
        #expect(stranger(at: 135, isWaiting: true) == nil)
        for now in Int64(136)..<191 { #expect(stranger(at: now, isWaiting: true) == nil) }
        #expect(stranger(at: 191, isWaiting: true) == 99)
    }

    @Test func `a shorter limit counts from now on`() {
        var monitor = HeartbeatMonitor(limitSeconds: 30)
        #expect(looks(&monitor, 101...110) { _, _ in 100 } == [:])
        monitor.limitSeconds = 5
        #expect(looks(&monitor, 111...111) { _, _ in 100 } == [111: [10, 11]])
    }
}
