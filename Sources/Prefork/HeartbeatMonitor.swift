import Glibc
import Linux

/// Finds children that have stopped working without ending.
struct HeartbeatMonitor {
    /// Seconds without a heartbeat after which a child is taken for hung.
    var limitSeconds: Int64

    private var lastLook: Int64?
    private var quietUntil: Int64 = 0
    private var killed: Set<pid_t> = []
    /// A process that is none of ours and that all wait for; and when it was last named.
    private(set) var stranger: pid_t?
    private var namedAt: Int64?

    init(limitSeconds: Int64) { self.limitSeconds = limitSeconds }

    /// Whether this one was found hung.
    func hasKilled(_ process: pid_t) -> Bool { killed.contains(process) }

    /// The child has ended: its number may be another's soon.
    mutating func forget(_ process: pid_t) { killed.remove(process) }

    /// The children that hang, each of them once.
    mutating func hung(
        _ children: [MasterState.Working], now: Int64, heartbeat: (Int) -> Int64
    ) -> [MasterState.Working] {
        // When the master itself did not run, neither did its children: the whole container was
        // frozen, or the machine asleep.
        if let lastLook, now - lastLook > Self.latestLookSeconds { quietUntil = now + limitSeconds }
        lastLook = now
        guard now >= quietUntil else { return [] }
        let overdue = children.filter { child in
            now - max(heartbeat(child.row), child.startedAt) > limitSeconds
                && !killed.contains(child.process)
        }
        stranger = nil
        if overdue.isEmpty { return [] }
        let waits = LockWaiters.current().map { (waiter: $0.waiter, holder: $0.holder) }
        let victims = Watchdog.victims(
            overdue: Set(overdue.map(\.process)), waits: waits,
            children: Set(children.map(\.process)))
        if victims.isEmpty { name(waits, overdue, children, now) }
        // Who holds a lock for a moment and works is not to blame for who waits too long.
        let hung = overdue.filter { victims.contains($0.process) }
        killed.formUnion(hung.map(\.process))
        return hung
    }

    /// Remembers who is to be named, once a minute.
    private mutating func name(
        _ waits: [(waiter: pid_t, holder: pid_t)], _ overdue: [MasterState.Working],
        _ children: [MasterState.Working], _ now: Int64
    ) {
        if let namedAt, now - namedAt < Self.namingSeconds { return }
        let holder = waits.first { wait in
            overdue.contains { $0.process == wait.waiter }
                && !children.contains { $0.process == wait.holder }
        }
        guard let holder else { return }
        (stranger, namedAt) = (holder.holder, now)
    }

    private static let namingSeconds: Int64 = 60
    private static let latestLookSeconds: Int64 = 5
}
