// SPDX-License-Identifier: Apache-2.0

import Linux

/// The connections that wait to be served, and the requests that wait until they can begin.
final class VisitQueue {
    private(set) var schedule: Schedule
    /// Connections whose requests cannot begin before others have finished, oldest first.
    private var parked = TokenQueue()
    /// The connection that has left `parked` and has not been served yet.
    private var admitted: EventToken?
    private let pool: ConnectionPool
    private let clock: TurnClock

    init(pool: ConnectionPool, clock: TurnClock) {
        self.pool = pool
        self.clock = clock
        schedule = Schedule(limits: pool.limits)
    }

    /// Whether no waiting connection can be served.
    var isEmpty: Bool { schedule.isEmpty }

    func beginTurn() { schedule.beginTurn(now: clock.nanoseconds) }

    // MARK: Waiting

    /// Whether a connection is served at once: it has used little of the processor, and no other
    /// fresh one waits.
    @inline(__always)
    func mayPass(isFresh: Bool) -> Bool {
        // It goes after waiting connections, or new events would always come before them.
        isFresh && schedule.hasNoFresh && !schedule.isTurnOver(now: clock.nanoseconds)
    }

    func enqueue(_ slot: UInt32, isFresh: Bool, wantsReading: Bool) {
        pool[slot].state.enqueue(
            at: isFresh ? .fresh : wantsReading ? .waitingToRead : .waiting)
        schedule.append(pool.token(slot), isFresh: isFresh)
    }

    /// Lets the other connections have their turn before the next requests of this one.
    func postpone(_ slot: UInt32) { enqueue(slot, isFresh: false, wantsReading: false) }

    /// Keeps a connection out of the schedule until its request can begin.
    func park(_ slot: UInt32) {
        // A request that was postponed before, or had begun, is older than all the others.
        if pool[slot].state.park() {
            parked.prepend(pool.token(slot))
        } else {
            parked.append(pool.token(slot))
        }
    }

    /// Returns the oldest parked connection to the schedule, one in a round.
    @inline(__always)
    func admitParked() {
        if admitted == nil, !parked.isEmpty { admitOldest() }
    }

    private func admitOldest() {
        guard pool.handler.mayBegin else { return }
        while let token = parked.popFirst() {
            guard let slot = pool.slot(of: token) else { continue }
            admitted = token
            return postpone(slot)
        }
    }

    // MARK: Visits

    /// The connection that is served next; nil if none waits or the turn is over.
    func next() -> EventToken? {
        while let token = schedule.next(now: clock.nanoseconds) {
            if token == admitted { admitted = nil }
            if let slot = pool.slot(of: token), pool[slot].state.isQueued { return token }
        }
        return nil
    }

    /// Begins a visit; false if the connection has used up its time for this round.
    @inline(__always)
    func beginVisit(_ slot: UInt32, isFresh: Bool) -> Bool {
        schedule.beginVisit(&pool[slot].share, isFresh: isFresh, now: clock.nanoseconds)
    }

    /// Ends the connection's visit.
    @inline(__always)
    func endVisit(_ slot: UInt32) {
        clock.read()
        schedule.endVisit(&pool[slot].share, now: clock.nanoseconds)
    }

    /// Whether the visit of the current connection is over.
    @inline(__always)
    func isVisitOver() -> Bool {
        clock.read()
        return clock.nanoseconds >= schedule.visitEndsAt
    }
}
