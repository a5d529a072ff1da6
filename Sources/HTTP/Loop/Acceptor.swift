// SPDX-License-Identifier: Apache-2.0

import Linux
import OpenSSL
import SystemPackage

/// Accepts connections from the listeners into the pool.
final class Acceptor {
    /// A listener, its index among the sources of events, and its epoll interest.
    private struct Source {
        var listener: Listener
        var role: ListenerRole
        /// Nil without TLS.
        var context: TLSContext?
        var token: EventToken
        var interest: Interest?
    }

    /// Whether this process should accept another connection, or leave it to the processes with
    /// which it shares the listeners.
    var mayAccept: () -> Bool = { true }
    private(set) var acceptance = Acceptance()
    private var sources: [Source] = []
    private let pool: ConnectionPool
    private let clock: TurnClock
    private let setup: ConnectionSetup

    init(pool: ConnectionPool, clock: TurnClock, setup: ConnectionSetup) {
        self.pool = pool
        self.clock = clock
        self.setup = setup
    }

    /// How many listeners there are.
    var count: Int { sources.count }

    /// Accepts from `listener`, whose events epoll will report with `token`.
    func add(
        _ listener: Listener, _ role: ListenerRole, _ context: TLSContext?, _ token: EventToken
    ) {
        sources.append(Source(listener: listener, role: role, context: context, token: token))
    }

    // MARK: The life of the server

    func begin() {
        acceptance.begin(count: connectionCount)
        applyInterest()
    }

    /// Continues to accept for this long, however many connections the other processes have.
    func drain(forNanoseconds nanoseconds: Int64) {
        acceptance.drain(until: clock.nanoseconds + nanoseconds, count: connectionCount)
        applyInterest()
    }

    /// Accepts all that the kernel has queued, and then nothing for the rest of the process's life.
    func end() {
        acceptance.beginEnd()
        for source in sources { accept(pool.limits.listenBacklog, from: source) }
        acceptance.end(count: connectionCount)
        applyInterest()
        for source in sources { source.listener.close() }
        sources.removeAll()
    }

    func tick() {
        acceptance.tick(count: connectionCount)
        applyInterest()
    }

    /// Called after every turn.
    @inline(__always)
    func review() {
        let before = acceptance.state
        acceptance.review(
            now: clock.nanoseconds, count: connectionCount, hasSlot: pool.hasSlot,
            mayAccept: mayAccept,
            hasWaiting: { sources.contains { $0.listener.hasWaitingConnection } })
        if acceptance.state != before { applyInterest() }
    }

    // MARK: Connections

    /// The listener at `index` has an event.
    func connectionArrived(_ index: Int) {
        guard index < sources.count else { return }
        let before = acceptance.state
        let isAccepted = acceptance.connectionArrived(
            now: clock.nanoseconds, count: connectionCount, mayAccept: mayAccept)
        if isAccepted {
            accept(Self.acceptedPerTurn, from: sources[index])
        } else if acceptance.state != before {
            applyInterest()
        }
    }

    /// Accepts the connections that wait, at most `count` of them.
    private func accept(_ count: Int, from source: Source) {
        for _ in 0..<count {
            guard pool.hasSlot else { return withhold(.full) }
            var peer = SocketAddress()
            do {
                guard let socket = try source.listener.accept(&peer) else { return }
                // Several listeners may each deliver one at the same time. None is rejected as long
                // as another process has room.
                let isSurplus = pool.load.exceedsConnections(with: 1) && mayAccept()
                try setup.open(
                    socket, Peer(role: source.role), HostAddress(peer), source.context,
                    isSurplus: isSurplus)
            } catch {
                let isShortage =
                    error == .tooManyOpenFiles || error == .tooManyOpenFilesInSystem
                if isShortage, pool.handler.releaseDescriptors() { continue }
                // Queued connections wait for the next tick.
                return withhold(.failing)
            }
            let goesOn = acceptance.accepted(
                now: clock.nanoseconds, count: connectionCount, mayAccept: mayAccept)
            if !goesOn { return applyInterest() }
        }
    }

    private func withhold(_ reason: Acceptance.State) {
        acceptance.withhold(reason, count: connectionCount)
        applyInterest()
    }

    private var connectionCount: Int { pool.load.counts.connections }

    /// Sets the epoll interest of the listeners to that of the state.
    private func applyInterest() {
        let next = acceptance.state.interest
        for index in sources.indices where sources[index].interest != next {
            let number = sources[index].listener.number
            if sources[index].interest != nil {
                try? pool.epoll.remove(number)
                sources[index].interest = nil
            }
            guard let next else { continue }
            // Adding fails only if memory runs out; the next tick tries again.
            if (try? pool.epoll.add(number, next, sources[index].token)) != nil {
                sources[index].interest = next
            }
        }
    }

    /// Connections accepted in one turn, so that other processes get part of a burst.
    private static var acceptedPerTurn: Int { 16 }
}
