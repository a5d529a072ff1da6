// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import OpenSSL
import SystemPackage

/// The HTTP/1.1 server of one process: an epoll loop in one thread.
///
/// The server reads and parses requests; the handler gives them their meaning. All requests that
/// arrive in one turn of the loop are committed together, then answered.
package final class Server {
    let pool: ConnectionPool
    let acceptor: Acceptor
    private let clock: TurnClock
    private let queue: VisitQueue
    private let turn: Turn
    private let processor: RequestProcessor
    private let dispatcher: Dispatcher
    /// The other sources of the loop, by the token that epoll reports: listeners, a timer, signals.
    private var sources: [() throws(Errno) -> Void] = []
    private var isStopped = false
    private var isTickDue = false
    /// Monotonic second at which a drain ends, even if requests are unanswered; nil without a
    /// drain.
    private var drainEndsAt: Int64?

    package init(
        limits: Limits, handler: any RequestHandler, fields: FieldTable = FieldTable(),
        proxies: Proxies = Proxies()
    ) throws(Errno) {
        pool = try ConnectionPool(limits: limits, handler: handler)
        clock = TurnClock(handler: handler)
        queue = VisitQueue(pool: pool, clock: clock)
        let outbox = Outbox(pool: pool, clock: clock)
        turn = Turn(pool: pool, clock: clock, outbox: outbox)
        processor = RequestProcessor(
            pool: pool, clock: clock, queue: queue, turn: turn, fields: fields, proxies: proxies)
        let reader = RequestReader(
            pool: pool, clock: clock, queue: queue, turn: turn, processor: processor)
        let setup = ConnectionSetup(
            pool: pool, clock: clock, reader: reader, outbox: outbox, proxies: proxies)
        dispatcher = Dispatcher(
            pool: pool, clock: clock, queue: queue, turn: turn, outbox: outbox, reader: reader,
            setup: setup)
        acceptor = Acceptor(pool: pool, clock: clock, setup: setup)
    }

    // MARK: What it waits for

    /// Accepts connections from `listener`, which other processes may share.
    ///
    /// - Parameter context: the rules of its TLS; nil for plain HTTP.
    package func listen(
        on listener: Listener, as role: ListenerRole = ListenerRole(),
        speaking context: TLSContext? = nil
    ) {
        let index = acceptor.count
        let token = addSource { [unowned acceptor = self.acceptor] () throws(Errno) in
            acceptor.connectionArrived(index)
        }
        acceptor.add(listener, role, context, token)
    }

    /// Calls `onEvent` in the loop whenever the descriptor is readable.
    package func watch(
        _ number: Int32, _ onEvent: @escaping () throws(Errno) -> Void
    ) throws(Errno) {
        try pool.epoll.add(number, .readable, addSource(onEvent))
    }

    /// Stops waiting for a descriptor that was watched.
    package func unwatch(_ number: Int32) throws(Errno) { try pool.epoll.remove(number) }

    private func addSource(_ onEvent: @escaping () throws(Errno) -> Void) -> EventToken {
        sources.append(onEvent)
        return EventToken(slot: Self.firstSource + UInt32(sources.count - 1), version: 0)
    }

    private static let firstSource: UInt32 = 1 << 31

    // MARK: The service's view

    /// Whether this process should accept another connection, or leave it to the processes with
    /// which it shares the listeners.
    package var mayAccept: () -> Bool {
        get { acceptor.mayAccept }
        set { acceptor.mayAccept = newValue }
    }

    /// Called whenever a connection or a request in flight begins or ends.
    package var onLoad: (Load.Counts) -> Void {
        get { pool.onLoad }
        set { pool.onLoad = newValue }
    }

    /// The memory that connections use for requests and answers.
    package var bufferedByteCount: Int { pool.load.bufferedByteCount }

    /// How many answers the process has sent.
    package var requestCount: Int { turn.requestCount }

    // MARK: The loop

    /// Serves until `stop`, or until a drain has ended.
    package func run() throws(Errno) {
        acceptor.begin()
        while !isStopped {
            queue.admitParked()
            let timeout =
                queue.isEmpty ? acceptor.acceptance.pollTimeout(now: clock.nanoseconds) : 0
            let count = try pool.epoll.wait(timeoutMilliseconds: timeout)
            clock.read()
            queue.beginTurn()
            for index in 0..<count { try dispatch(pool.epoll[index]) }
            if !queue.isEmpty { dispatcher.serveWaiting() }
            turn.finish()
            if isTickDue { tickNow() }
            acceptor.review()
            if hasDrained() { break }
        }
    }

    @inline(__always)
    private func dispatch(_ event: Event) throws(Errno) {
        guard event.token.slot >= Self.firstSource else { return dispatcher.dispatch(event) }
        try sources[Int(event.token.slot - Self.firstSource)]()
        clock.read()
    }

    /// Called about once a second, by a timer that is watched.
    package func tick() { isTickDue = true }

    /// After the answers of the turn, so that no connection is closed before its answer is sent.
    private func tickNow() {
        isTickDue = false
        dispatcher.expire(isDraining: drainEndsAt != nil)
        acceptor.tick()
        pool.handler.tick()
        turn.finish()
    }

    // MARK: The end

    /// Ends the loop after this turn; committed requests are still answered.
    package func stop() { isStopped = true }

    /// Continues to serve, but closes each connection with its next answer.
    package func announceClose() { processor.isClosing = true }

    /// Ends the loop when the requests in flight are answered, or after
    /// `limits.drainTimeoutSeconds`.
    ///
    /// - Parameter milliseconds: how long connections are still accepted and the loop does not end.
    ///   Connections that the kernel has queued are accepted in any case, because their clients
    ///   believe that they are connected.
    package func drain(acceptingForMilliseconds milliseconds: Int = 0) {
        guard drainEndsAt == nil else { return }
        processor.isClosing = true
        drainEndsAt = clock.second + Int64(pool.limits.drainTimeoutSeconds)
        if milliseconds > 0 {
            acceptor.drain(forNanoseconds: Int64(milliseconds) * 1_000_000)
        } else {
            acceptor.end()
        }
    }

    @inline(__always)
    private func hasDrained() -> Bool {
        guard let drainEndsAt else { return false }
        if acceptor.acceptance.isDrainOver(now: clock.nanoseconds) { acceptor.end() }
        guard acceptor.acceptance.state == .ended else { return false }
        return pool.load.counts.connections == 0 || clock.second >= drainEndsAt
    }
}
