// SPDX-License-Identifier: Apache-2.0

import Linux

/// Decides when the server accepts connections, in turn with the processes that share its
/// listeners.
///
/// The kernel gives a connection to any process that waits for it. With long-lived clients, most
/// would go to the process that happens to be first. So a process with more than its share stops
/// waiting, and the kernel gives connections to the others.
///
/// It only decides and touches no socket: times are monotonic nanoseconds, and the caller counts
/// the connections.
struct Acceptance {
    enum State: Equatable {
        case open
        /// Other processes should accept. When a connection arrives, this one checks whether they
        /// do.
        case watching
        /// Connections wait for other processes; checked again in a few milliseconds. Some have
        /// been waiting without a break since `since`.
        case yielding(since: Int64)
        /// No slot is free; accepts again after a connection ends.
        case full
        /// Descriptors or memory ran out; accepts again at the next tick.
        case failing
        /// Accepts nothing any more.
        case ended

        /// The events that epoll reports for the listeners.
        var interest: Interest? {
            switch self {
            // Each connection wakes one of the processes that wait with this flag.
            case .open: [.readable, .exclusive]
            // Woken as well, but does not replace the process that should accept.
            case .watching: [.readable, .edgeTriggered]
            case .yielding, .full, .failing, .ended: nil
            }
        }
    }

    /// How the end of the service, or of this process, affects new connections.
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
    /// How many connections there were at the last review of the state.
    private var reviewedCount = 0
    /// The time until which this process leaves connections to the others, in `yielding`.
    private var acceptBackoffUntil: Int64 = 0
    /// The time until which this process accepts regardless of its share.
    private var sharesIgnoredUntil: Int64 = 0

    // MARK: The life of the server

    /// Begins to accept, at the start of the server.
    mutating func begin(count: Int) {
        move(to: .open, count)
        wasOpen = true
    }

    /// Accepts connections until `time`; the answer to each request then closes its connection.
    mutating func drain(until time: Int64, count: Int) {
        drain = .until(time)
        move(to: .open, count)
    }

    /// Accepts the connections that the kernel has queued, and nothing after them.
    mutating func beginEnd() { drain = .now }

    mutating func end(count: Int) { move(to: .ended, count) }

    /// Whether the time of a drain is over.
    func isDrainOver(now: Int64) -> Bool {
        if case .until(let time) = drain { return now >= time }
        return false
    }

    /// Tries again after a failure, about once a second.
    mutating func tick(count: Int) { move(to: state == .failing ? .open : state, count) }

    // MARK: Connections

    /// Returns whether the connection that a listener has is accepted.
    mutating func connectionArrived(
        now: Int64, count: Int, mayAccept: () -> Bool
    ) -> Bool {
        // Accept at least one, because the kernel has woken this process for it and maybe no other,
        // whatever its share has become since.
        if wasOpen { return true }
        guard state == .watching else { return false }
        if isAllowed(now, mayAccept) {
            move(to: .open, count)
        } else {
            yield(since: now, now, count)
        }
        return false
    }

    /// A connection was accepted; returns whether to accept another.
    mutating func accepted(now: Int64, count: Int, mayAccept: () -> Bool) -> Bool {
        if isAllowed(now, mayAccept) { return true }
        withhold(.watching, count: count)
        return false
    }

    /// Stops accepting for now.
    mutating func withhold(_ reason: State, count: Int) {
        // A drain that is about to close the listeners waits for nothing.
        if drain != .now { move(to: reason, count) }
    }

    /// Reviews the state at the end of a turn.
    ///
    /// - Parameters:
    ///   - hasSlot: whether a slot for a connection is free.
    ///   - mayAccept: whether this process should accept rather than leave it to the others.
    ///   - hasWaiting: whether a connection waits at a listener.
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
            // Changes in other processes are checked when a connection arrives, own ones at once.
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

    /// How long the loop may sleep, in milliseconds; -1 for ever.
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
