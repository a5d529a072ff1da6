import Linux
import SystemPackage

/// From events to visits: each connection is served for a moment, then others are.
extension Server {
    func dispatch(_ event: Event) throws(Errno) {
        if event.token.slot >= Self.firstSource {
            try sources[Int(event.token.slot - Self.firstSource)].onEvent()
            return readClock()
        }
        guard let slot = connections.slot(of: event.token) else { return }
        if connections[slot].isQueued { return mute(slot, isBroken: event.isBroken) }
        if connections[slot].isWaitingToWrite || connections[slot].phase == .proxyHeader {
            goOn(slot, event)
            // The next one's visit begins now.
            return readClock()
        }
        let isFresh =
            !connections[slot].isBehind && connections[slot].share.isFresh(now: nanoseconds)
        // Behind those that wait already, or new events would always come before them.
        if isFresh, schedule.hasNoFresh, !schedule.isTurnOver(now: nanoseconds) {
            visit(slot, isFresh: true, wantsReading: true)
        } else {
            enqueue(slot, isFresh: isFresh, wantsReading: true)
        }
    }

    /// Does what is not a request, and takes no turn.
    private func goOn(_ slot: UInt32, _ event: Event) {
        if connections[slot].phase == .proxyHeader { return readProxyHeader(slot) }
        let isReady = event.isWritable || event.isBroken || connections[slot].isSecure
        if isReady { flush(slot) }
    }

    /// Lets the other connections have their turn before more of this one's requests.
    func postpone(_ slot: UInt32) { enqueue(slot, isFresh: false, wantsReading: false) }

    /// Leaves a connection out of the schedule until its request can begin.
    func park(_ slot: UInt32) {
        let token = EventToken(slot: slot, generation: connections[slot].generation)
        // One that was put off before, or had begun, is older than all the others.
        if connections[slot].isWhole { parked.prepend(token) } else { parked.append(token) }
        connections[slot].place = .parked
        connections[slot].work = Connection.workToBegin
    }

    /// Lets the oldest that is parked be served again, one in a round.
    func admitParked() {
        guard admitted == nil, !parked.isEmpty, handler.mayBegin else { return }
        while let token = parked.popFirst() {
            guard let slot = connections.slot(of: token) else { continue }
            admitted = token
            return postpone(slot)
        }
    }

    private func enqueue(_ slot: UInt32, isFresh: Bool, wantsReading: Bool) {
        connections[slot].place =
            isFresh ? .fresh : wantsReading ? .waitingToRead : .waiting
        let token = EventToken(slot: slot, generation: connections[slot].generation)
        schedule.append(token, isFresh: isFresh)
    }

    /// Serves those that wait, until the turn is over.
    func serveWaiting() {
        while let token = schedule.next(now: nanoseconds) {
            if token == admitted { admitted = nil }
            guard let slot = connections.slot(of: token), connections[slot].isQueued else {
                continue
            }
            let place = connections[slot].place
            connections[slot].place = .none
            // A handshake says itself what it waits for.
            if connections[slot].phase == .handshake { connections[slot].ignoredEventCount = 0 }
            visit(slot, isFresh: place == .fresh, wantsReading: place != .waiting)
            guard connections.slot(of: token) != nil, !connections[slot].isQueued else { continue }
            unmute(slot)
        }
    }

    /// Serves a connection for a moment.
    @inline(__always)
    private func visit(_ slot: UInt32, isFresh: Bool, wantsReading: Bool) {
        guard
            schedule.beginVisit(&connections[slot].share, isFresh: isFresh, now: nanoseconds)
        else { return enqueue(slot, isFresh: false, wantsReading: wantsReading) }
        if connections[slot].phase == .handshake {
            shakeHands(slot)
        } else if wantsReading {
            read(slot)
        } else {
            resume(slot)
        }
        readClock()
        schedule.endVisit(&connections[slot].share, now: nanoseconds)
        if isTurnFull { finishTurn() }
    }

    /// Whether there is so much to commit and to answer that nothing more is taken before.
    @inline(__always)
    var isTurnFull: Bool { handler.isFull || turn.count >= limits.requestsPerTurn }

    /// Whether the connection that is being served makes room for others.
    @inline(__always)
    func isVisitOver() -> Bool {
        readClock()
        return nanoseconds >= schedule.visitEndsAt
    }

    /// Of a connection that waits for this process nothing is read, so if it waits for long its
    /// events would only be in the way of others'.
    private func mute(_ slot: UInt32, isBroken: Bool) {
        if isBroken { return close(slot) }
        guard connections[slot].ignoredEventCount < Self.ignoredEventLimit else { return }
        connections[slot].ignoredEventCount += 1
        if connections[slot].ignoredEventCount == Self.ignoredEventLimit {
            setInterest(slot, [])
            readClock()
        }
    }

    private func unmute(_ slot: UInt32) {
        let isMuted = connections[slot].ignoredEventCount == Self.ignoredEventLimit
        connections[slot].ignoredEventCount = 0
        if !isMuted { return }
        let waitsToWrite =
            connections[slot].isWaitingToWrite || connections[slot].readsWhenWritable
        setInterest(slot, waitsToWrite ? .writable : .readable)
    }

    private static var ignoredEventLimit: UInt8 { 3 }
}
