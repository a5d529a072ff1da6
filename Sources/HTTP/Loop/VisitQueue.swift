import Linux

/// The connections that wait to be served, and the requests that wait until they can begin.
final class VisitQueue {
    private(set) var schedule: Schedule
    /// Connections whose requests cannot begin before others have ended, oldest first.
    private var parked = TokenQueue()
    /// The one of them that has left `parked` and has not been served yet.
    private var admitted: EventToken?
    private let pool: ConnectionPool
    private let clock: TurnClock

    init(pool: ConnectionPool, clock: TurnClock) {
        self.pool = pool
        self.clock = clock
        schedule = Schedule(limits: pool.limits)
    }

    /// Whether no connection waits that can be served.
    var isEmpty: Bool { schedule.isEmpty }

    func beginTurn() { schedule.beginTurn(now: clock.nanoseconds) }

    // MARK: Waiting

    /// Whether a connection is served at once: it has used little of the processor, and no other
    /// waits that goes before it.
    @inline(__always)
    func mayPass(isFresh: Bool) -> Bool {
        // Behind those that wait already, or new events would always come before them.
        isFresh && schedule.hasNoFresh && !schedule.isTurnOver(now: clock.nanoseconds)
    }

    func enqueue(_ slot: UInt32, isFresh: Bool, wantsReading: Bool) {
        pool[slot].state.enqueue(
            at: isFresh ? .fresh : wantsReading ? .waitingToRead : .waiting)
        schedule.append(pool.token(slot), isFresh: isFresh)
    }

    /// Lets the other connections have their turn before more of this one's requests.
    func postpone(_ slot: UInt32) { enqueue(slot, isFresh: false, wantsReading: false) }

    /// Leaves a connection out of the schedule until its request can begin.
    func park(_ slot: UInt32) {
        // One that was put off before, or had begun, is older than all the others.
        if pool[slot].state.park() {
            parked.prepend(pool.token(slot))
        } else {
            parked.append(pool.token(slot))
        }
    }

    /// Lets the oldest that is parked be served again, one in a round.
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

    /// The connection that is served next; nil when none waits or the turn is over.
    func next() -> EventToken? {
        while let token = schedule.next(now: clock.nanoseconds) {
            if token == admitted { admitted = nil }
            if let slot = pool.slot(of: token), pool[slot].state.isQueued { return token }
        }
        return nil
    }

    /// A connection is served from now on; false if it has used up its time for this round.
    @inline(__always)
    func beginVisit(_ slot: UInt32, isFresh: Bool) -> Bool {
        schedule.beginVisit(&pool[slot].share, isFresh: isFresh, now: clock.nanoseconds)
    }

    /// Its visit is over.
    @inline(__always)
    func endVisit(_ slot: UInt32) {
        clock.read()
        schedule.endVisit(&pool[slot].share, now: clock.nanoseconds)
    }

    /// Whether the connection that is being served makes room for others.
    @inline(__always)
    func isVisitOver() -> Bool {
        clock.read()
        return clock.nanoseconds >= schedule.visitEndsAt
    }
}
