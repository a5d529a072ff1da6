// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux

/// The answers of a turn of the loop: promised one by one, committed together, then sent.
///
/// No answer is sent before the handler has committed what it reports, because only `finish` sends.
final class Turn {
    /// Something to be sent at the end of the turn.
    private struct Entry {
        /// The connection, with its version: a client must not get the answer of another client
        /// that had its slot before.
        var token: EventToken
        /// Nil for `100 Continue`: the client should send the body (RFC 9110, 10.1.1).
        var answer: PendingAnswer?
        /// Whether the connection ends after it.
        var isLast: Bool
    }

    /// How many answers the process has sent.
    private(set) var requestCount = 0
    /// In the order of the requests.
    private var entries: [Entry] = []
    /// The answers of one connection, on their way to its socket.
    private var outgoing = ByteBuffer(capacity: 1 << 16)
    private let pool: ConnectionPool
    private let clock: TurnClock
    private let outbox: Outbox
    private let handler: any RequestHandler

    init(pool: ConnectionPool, clock: TurnClock, outbox: Outbox) {
        self.pool = pool
        self.clock = clock
        self.outbox = outbox
        handler = pool.handler
    }

    /// Whether there is so much to commit and to answer that reading must wait.
    @inline(__always)
    var isFull: Bool { handler.isFull || entries.count >= pool.limits.requestsPerTurn }

    /// Promises an answer to the connection in `slot` at the end of the turn.
    func promise(_ slot: UInt32, _ answer: PendingAnswer, isLast: Bool) {
        entries.append(Entry(token: pool.token(slot), answer: answer, isLast: isLast))
        if isLast { pool.endRequest(slot) }
        pool[slot].state.promise(isLast: isLast)
    }

    /// Promises `100 Continue`.
    func promiseContinue(_ slot: UInt32) {
        entries.append(Entry(token: pool.token(slot), answer: nil, isLast: false))
        pool[slot].state.promise(isLast: false)
    }

    /// Commits the requests of the turn and sends its answers, in the order of the requests.
    func finish() {
        if entries.isEmpty { return }
        handler.commit()
        var index = 0
        while index < entries.count { index = answer(from: index) }
        entries.removeAll(keepingCapacity: true)
        handler.endTurn()
        // This time counts for no connection's visit.
        clock.read()
    }

    /// Sends the adjacent answers for the connection of the entry at `first`; returns where the
    /// next connection's begin.
    private func answer(from first: Int) -> Int {
        let token = entries[first].token
        var index = first
        while index < entries.count, entries[index].token == token {
            if let answer = entries[index].answer {
                requestCount &+= 1
                handler.answer(answer, isLast: entries[index].isLast, into: &outgoing)
                if handler.wantsPeers { handler.didAnswer(answer, to: pool[token.slot].peer) }
            } else {
                outgoing.append(ResponseEncoder.continueLine)
            }
            index += 1
        }
        if let slot = pool.slot(of: token) { outbox.send(index - first, to: slot, outgoing.span) }
        outgoing.clear(keeping: Self.keptByteCount)
        return index
    }

    /// How much storage `outgoing` keeps between connections.
    private static var keptByteCount: Int { 1 << 20 }
}
