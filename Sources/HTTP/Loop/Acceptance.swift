import Linux

/// Whether the server accepts connections, in turn with the processes that share its listeners.
///
/// The kernel gives a connection to any process that waits for it, which with clients that stay
/// means most to the process that happens to be first. So a process with more than its share stops
/// waiting, and the kernel's choice falls on the others.
///
/// It decides and touches no socket: times are monotonic nanoseconds, and the caller counts the
/// connections.
struct Acceptance {
    enum State: Equatable {
        case open
        /// Other processes are to accept. When a connection comes, this one looks whether they do.
        case watching
        /// Connections wait and are for others: looked at again in a few milliseconds. Some have
        /// been waiting without a break since `since`.
        case yielding(since: Int64)
        /// Until a connection ends.
        case full
        /// There are too many files or no memory: until the next tick.
        case failing
        /// Never again.
        case ended

        /// What the listeners are waited for.
        var interest: Interest? {
            switch self {
            // Each connection wakes one of the processes that wait for it like this.
            case .open: [.readable, .exclusive]
            // Woken as well, and does not take the place of the process that is to accept.
            case .watching: [.readable, .edgeTriggered]
            case .yielding, .full, .failing, .ended: nil
            }
        }
    }

    /// What the end of the service, or of this process, means for connections that come.
    private enum Drain: Equatable {
        case none
        /// The listeners stay open until then.
        case until(Int64)
        case now
    }

    private(set) var state = State.failing
    private var drain = Drain.none
    /// Whether this turn began with `state` open.
    private var wasOpen = false
    /// How many connections there were when the state was last looked at.
    private var reviewedCount = 0
    /// Until when other processes are left to accept, in `yielding`.
    private var acceptBackoffUntil: Int64 = 0
    /// Until when this process accepts whatever its share is.
    private var sharesIgnoredUntil: Int64 = 0

    // MARK: The life of the server

    /// The server begins to serve.
    mutating func begin(count: Int) {
        move(to: .open, count)
        wasOpen = true
    }

    /// Connections that come until `time` are still accepted; each answer is then the last of its
    /// connection.
    mutating func drain(until time: Int64, count: Int) {
        drain = .until(time)
        move(to: .open, count)
    }

    /// What the kernel has queued is accepted, and nothing after that.
    mutating func beginEnd() { drain = .now }

    mutating func end(count: Int) { move(to: .ended, count) }

    /// Whether the time of a drain is over.
    func isDrainOver(now: Int64) -> Bool {
        if case .until(let time) = drain { return now >= time }
        return false
    }

    /// About once a second: what has failed is tried again.
    mutating func tick(count: Int) { move(to: state == .failing ? .open : state, count) }

    // MARK: Connections

    /// A listener has a connection; returns whether it is accepted.
    mutating func connectionArrived(
        now: Int64, count: Int, mayAccept: () -> Bool
    ) -> Bool {
        // At least one where the kernel has woken this process for it, whatever has become of its
        // share since: perhaps no other process was woken.
        if wasOpen { return true }
        guard state == .watching else { return false }
        if isAllowed(now, mayAccept) {
            move(to: .open, count)
        } else {
            yield(since: now, now, count)
        }
        return false
    }

    /// A connection was accepted; returns whether the next one is.
    mutating func accepted(now: Int64, count: Int, mayAccept: () -> Bool) -> Bool {
        if isAllowed(now, mayAccept) { return true }
        withhold(.watching, count: count)
        return false
    }

    /// No connection is accepted for now.
    mutating func withhold(_ reason: State, count: Int) {
        // A drain that is about to close the listeners waits for nothing.
        if drain != .now { move(to: reason, count) }
    }

    /// The turn is over: looks at the state again.
    ///
    /// - Parameters:
    ///   - hasSlot: whether there is room for a connection.
    ///   - mayAccept: whether this process should accept rather than leave it to the others.
    ///   - hasWaiting: whether a listener has a connection.
    @inline(__always)
    mutating func review(
        now: Int64, count: Int, hasSlot: Bool, mayAccept: () -> Bool, hasWaiting: () -> Bool
    ) {
        wasOpen = state == .open
        if !wasOpen { reviewWithheld(now, count, hasSlot, mayAccept, hasWaiting) }
    }

    private mutating func reviewWithheld(
        _ now: Int64, _ count: Int, _ hasSlot: Bool, _ mayAccept: () -> Bool,
        _ hasWaiting: () -> Bool
    ) {
        switch state {
        case .open, .failing, .ended: return
        case .full:
            if hasSlot { move(to: .open, count) }
        case .watching:
            // What others do is looked at when a connection comes, what happens here at once.
            let hasFewer = count < reviewedCount
            reviewedCount = count
            if hasFewer, isAllowed(now, mayAccept) { move(to: .open, count) }
        case .yielding(let since):
            guard count < reviewedCount || now >= acceptBackoffUntil else { return }
            if isAllowed(now, mayAccept) {
                move(to: .open, count)
            } else if !hasWaiting() {
                move(to: .watching, count)
            } else if now - since >= Self.longestWaitNanoseconds {
                // The process with fewer connections did not accept in time; an uneven share is
                // better than a late connection.
                sharesIgnoredUntil = now + Self.sharesIgnoredNanoseconds
                move(to: .open, count)
            } else {
                yield(since: since, now, count)
            }
        }
    }

    /// How long the loop may sleep, in milliseconds; -1: for ever.
    func pollTimeout(now: Int64) -> Int32 {
        var until = Int64.max
        if case .until(let time) = drain { until = time }
        if case .yielding = state { until = min(until, acceptBackoffUntil) }
        if until == .max { return -1 }
        return Int32(clamping: max(0, until - now + 999_999) / 1_000_000)
    }

    private func isAllowed(_ now: Int64, _ mayAccept: () -> Bool) -> Bool {
        drain != .none || now < sharesIgnoredUntil || mayAccept()
    }

    private mutating func yield(since: Int64, _ now: Int64, _ count: Int) {
        move(to: .yielding(since: since), count)
        acceptBackoffUntil = now + Self.backoffNanoseconds
    }

    private mutating func move(to next: State, _ count: Int) {
        state = next
        reviewedCount = count
    }

    static var backoffNanoseconds: Int64 { 5_000_000 }
    /// How long connections may wait for the processes that should accept them.
    static var longestWaitNanoseconds: Int64 { 100_000_000 }
    static var sharesIgnoredNanoseconds: Int64 { 1_000_000_000 }
}
