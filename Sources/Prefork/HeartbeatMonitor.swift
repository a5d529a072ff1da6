// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// Finds children that have stopped working without ending.
struct HeartbeatMonitor {
    /// Seconds without a heartbeat after which a child is taken for hung.
    var limitSeconds: Int64

    private var lastLook: Int64?
    private var quietUntil: Int64 = 0
    private var killed: Set<pid_t> = []
    /// When a stranger was last reported.
    private var namedAt: Int64?

    /// The result of a look at the children.
    struct Finding {
        /// The children that hang; each is reported once.
        var hung: [MasterState.Working] = []
        /// A process of another program that all wait for, if it should be reported now.
        var stranger: pid_t?
    }

    init(limitSeconds: Int64) { self.limitSeconds = limitSeconds }

    /// Whether this child was found hung.
    func hasKilled(_ process: pid_t) -> Bool { killed.contains(process) }

    /// The child has ended: another process may soon have its number.
    mutating func forget(_ process: pid_t) { killed.remove(process) }

    /// Looks for children without a recent heartbeat; called about once a second.
    mutating func look(
        at children: [MasterState.Working], now: Int64,
        waits: () -> [LockWaiters.Wait] = LockWaiters.current, heartbeat: (Int) -> Int64
    ) -> Finding {
        // If the master itself did not run, its children did not either: the container was frozen,
        // or the machine slept.
        if let lastLook, now - lastLook > Self.latestLookSeconds { quietUntil = now + limitSeconds }
        lastLook = now
        guard now >= quietUntil else { return Finding() }
        let overdue = children.filter { child in
            now - max(heartbeat(child.row), child.startedAt) > limitSeconds
                && !killed.contains(child.process)
        }
        if overdue.isEmpty { return Finding() }
        let waits = waits().map { (waiter: $0.waiter, holder: $0.holder) }
        let victims = Watchdog.victims(
            overdue: Set(overdue.map(\.process)), waits: waits,
            children: Set(children.map(\.process)))
        let stranger = victims.isEmpty ? stranger(in: waits, overdue, children, now) : nil
        // A child that holds a lock and records heartbeats works, so it is not killed, however long
        // others wait for it.
        let hung = overdue.filter { victims.contains($0.process) }
        killed.formUnion(hung.map(\.process))
        return Finding(hung: hung, stranger: stranger)
    }

    /// The process to report, once a minute.
    private mutating func stranger(
        in waits: [(waiter: pid_t, holder: pid_t)], _ overdue: [MasterState.Working],
        _ children: [MasterState.Working], _ now: Int64
    ) -> pid_t? {
        if let namedAt, now - namedAt < Self.namingSeconds { return nil }
        let holder = waits.first { wait in
            overdue.contains { $0.process == wait.waiter }
                && !children.contains { $0.process == wait.holder }
        }
        guard let holder else { return nil }
        namedAt = now
        return holder.holder
    }

    private static let namingSeconds: Int64 = 60
    private static let latestLookSeconds: Int64 = 5
}
