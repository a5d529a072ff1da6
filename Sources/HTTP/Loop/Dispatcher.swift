// SPDX-License-Identifier: Apache-2.0

import Linux

/// Turns events into visits: each connection is served for a moment, then others are.
final class Dispatcher {
    private let pool: ConnectionPool
    private let clock: TurnClock
    private let queue: VisitQueue
    private let turn: Turn
    private let outbox: Outbox
    private let reader: RequestReader
    private let setup: ConnectionSetup

    init(
        pool: ConnectionPool, clock: TurnClock, queue: VisitQueue, turn: Turn, outbox: Outbox,
        reader: RequestReader, setup: ConnectionSetup
    ) {
        self.pool = pool
        self.clock = clock
        self.queue = queue
        self.turn = turn
        self.outbox = outbox
        self.reader = reader
        self.setup = setup
    }

    /// Reacts to the event of a connection, at once or in the connection's turn.
    func dispatch(_ event: Event) {
        guard let slot = pool.slot(of: event.token) else { return }
        let reaction = pool[slot].state.ready(
            isWritable: event.isWritable, isBroken: event.isBroken,
            isSecure: pool[slot].isSecure)
        switch reaction {
        case .ignore: return
        case .close: return pool.close(slot)
        case .mute: pool.setInterest(slot, [])
        case .readProxyHeader: setup.readProxyHeader(slot)
        case .flush: if outbox.flush(slot) { reader.goOn(slot) }
        case .serve: return serve(slot)
        }
        // The next connection's visit begins now.
        clock.read()
    }

    @inline(__always)
    private func serve(_ slot: UInt32) {
        let isFresh = pool[slot].share.isFresh(now: clock.nanoseconds)
        if queue.mayPass(isFresh: isFresh) {
            visit(slot, isFresh: true, wantsReading: true)
        } else {
            queue.enqueue(slot, isFresh: isFresh, wantsReading: true)
        }
    }

    /// Serves the waiting connections until the turn is over.
    func serveWaiting() {
        while let token = queue.next() {
            let place = pool[token.slot].state.leaveQueue()
            visit(token.slot, isFresh: place == .fresh, wantsReading: place != .waiting)
            guard let slot = pool.slot(of: token), !pool[slot].state.isQueued else { continue }
            unmute(slot)
        }
    }

    /// Serves a connection for a moment.
    @inline(__always)
    private func visit(_ slot: UInt32, isFresh: Bool, wantsReading: Bool) {
        guard queue.beginVisit(slot, isFresh: isFresh) else {
            return queue.enqueue(slot, isFresh: false, wantsReading: wantsReading)
        }
        if pool[slot].state.phase == .handshake {
            setup.shakeHands(slot)
        } else if wantsReading {
            reader.read(slot)
        } else {
            reader.resume(slot)
        }
        queue.endVisit(slot)
        if turn.isFull { turn.finish() }
    }

    private func unmute(_ slot: UInt32) {
        guard pool[slot].state.unmute() else { return }
        let waitsToWrite = pool[slot].state.isBlocked || pool[slot].readsWhenWritable
        pool.setInterest(slot, waitsToWrite ? .writable : .readable)
    }

    /// Ends the connections that have timed out, and in a drain also the idle ones.
    func expire(isDraining: Bool) {
        for slot in 0..<UInt32(pool.slotCount) { expire(slot, isDraining) }
    }

    private func expire(_ slot: UInt32, _ isDraining: Bool) {
        let expiry = pool[slot].state.deadline(hasInput: !pool[slot].input.isEmpty)
        if expiry == .none { return }
        let now = clock.second
        if isDraining, pool[slot].isIdle(now: now, limits: pool.limits) { return pool.close(slot) }
        guard now >= pool[slot].deadline else { return }
        switch expiry {
        case .none: break
        case .close: pool.close(slot)
        case .rejectProxyHeader: setup.reject(slot, .late)
        case .rejectRequest: reader.reject(slot, .requestTimeout)
        }
    }
}
