// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Chooses the processes that are killed because children record no heartbeats.
package enum Watchdog {
    /// The processes to kill, in the order of their numbers.
    ///
    /// A child that is overdue hangs, unless it waits for a lock: then the lock's holder hangs, or
    /// the process that the holder waits for. A process of another program is never killed, and
    /// neither is a child that waits for one, because its successor would wait as well.
    ///
    ///     overdue:  A, B            A ──waits for──▶ B ──waits for──▶ C        victim: C
    ///
    /// - Parameters:
    ///   - overdue: the children without a heartbeat for too long.
    ///   - waits: the processes that wait for a lock, and the holders of the locks.
    ///   - children: all processes that this one has started.
    package static func victims(
        overdue: Set<pid_t>, waits: [(waiter: pid_t, holder: pid_t)], children: Set<pid_t>
    ) -> [pid_t] {
        let holders = Dictionary(grouping: waits, by: \.waiter).mapValues { $0.map(\.holder) }
        var victims: Set<pid_t> = []
        for process in overdue.intersection(children) {
            victims.formUnion(ends(of: process, holders))
        }
        return victims.intersection(children).sorted()
    }

    /// The ends of the chains of holders from `process` on: itself if it waits for no lock, the
    /// lowest number of a circle if a chain has no end.
    private static func ends(of process: pid_t, _ holders: [pid_t: [pid_t]]) -> Set<pid_t> {
        var reached: Set<pid_t> = []
        var ends: Set<pid_t> = []
        var next = [process]
        while let current = next.popLast() {
            guard reached.insert(current).inserted else { continue }
            let further = holders[current] ?? []
            if further.isEmpty { ends.insert(current) }
            next += further
        }
        guard ends.isEmpty else { return ends }
        // Only processes whose chain leads back to themselves are in the circle.
        let circle = reached.filter { isInCircle($0, holders) }
        return circle.min().map { [$0] } ?? []
    }

    private static func isInCircle(_ process: pid_t, _ holders: [pid_t: [pid_t]]) -> Bool {
        var reached: Set<pid_t> = []
        var next = holders[process] ?? []
        while let current = next.popLast() {
            if current == process { return true }
            if reached.insert(current).inserted { next += holders[current] ?? [] }
        }
        return false
    }
}
