import Glibc

/// Which processes are killed because others give no sign of life.
package enum Watchdog {
    /// The processes to kill, in the order of their numbers.
    ///
    /// A child that is overdue has hung, unless it waits for a lock: then whoever holds that lock
    /// has, or whoever that one waits for. A process that is not a child of ours is never killed,
    /// nor who waits for one: a child more would wait for it just the same.
    ///
    ///     overdue:  A, B            A ──waits for──▶ B ──waits for──▶ C        victim: C
    ///
    /// - Parameters:
    ///   - overdue: who has given no sign of life for too long.
    ///   - waits: who waits for a lock, and who holds it.
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

    /// Where the chains of holders from `process` on end: at itself when it waits for nobody, at
    /// the lowest number of a circle when there is no end.
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
        // Only those whose chain leads back to themselves are in the circle, not who waits for it.
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
