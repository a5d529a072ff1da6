import Glibc
import Linux

/// Finds children that have stopped working without ending.
struct HeartbeatMonitor {
    /// Seconds without a heartbeat after which a child is taken for hung.
    var limitSeconds: Int64

    private var lastLook: Int64?
    private var quietUntil: Int64 = 0
    private var killed: Set<pid_t> = []
    /// When a stranger was last named.
    private var namedAt: Int64?

    /// What a look at the children has found.
    struct Finding {
        /// The children that hang, each of them once.
        var hung: [MasterState.Working] = []
        /// A process that is none of ours and that all wait for, if it is to be named.
        var stranger: pid_t?
    }

    init(limitSeconds: Int64) { self.limitSeconds = limitSeconds }

    /// Whether this one was found hung.
    func hasKilled(_ process: pid_t) -> Bool { killed.contains(process) }

    /// The child has ended: its number may be another's soon.
    mutating func forget(_ process: pid_t) { killed.remove(process) }

    /// Looks who has shown a sign of life; to be called about once a second.
    mutating func look(
        at children: [MasterState.Working], now: Int64,
        waits: () -> [LockWaiters.Wait] = LockWaiters.current, heartbeat: (Int) -> Int64
    ) -> Finding {
        // When the master itself did not run, neither did its children: the whole container was
        // frozen, or the machine asleep.
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
        // Who holds a lock for a moment and works is not to blame for who waits too long.
        let hung = overdue.filter { victims.contains($0.process) }
        killed.formUnion(hung.map(\.process))
        return Finding(hung: hung, stranger: stranger)
    }

    /// Who is to be named, once a minute.
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
