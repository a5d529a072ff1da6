import Bytes
import Glibc
import Linux
import SystemPackage

/// The HTTP/1.1 server of one process: an epoll loop in one thread.
///
/// Requests are read and parsed here; what they mean is the handler's. All that arrived in one
/// turn of the loop is committed together, then answered.
package final class Server {
    let limits: Limits
    let handler: any RequestHandler
    let epoll: Epoll
    var connections: ConnectionTable
    /// Answers promised in this turn, those of one connection side by side.
    var turn: [TurnEntry] = []
    /// What every socket is read into first.
    var received = ByteBuffer(capacity: Server.receiveByteCount)
    /// Stands in for a connection's buffer while its contents are looked at.
    var lent = ByteBuffer()
    var assembledLent = ByteBuffer()
    /// Answers of one connection, on their way to its socket.
    var outgoing = ByteBuffer(capacity: 1 << 16)
    /// Monotonic seconds at the beginning of the turn.
    var now: Int64 = 0

    private var sources: [Source] = []
    private var listeners: [Listener] = []
    private var isAccepting = false
    private var isStopped = false
    private var isTickDue = false
    /// No new connections, and every answer is its connection's last.
    package private(set) var isDraining = false
    private var drainEndsAt: Int64 = .max

    /// Something else that the loop waits for: a listener, a timer, a queue of signals.
    private struct Source {
        var number: Int32
        var onEvent: () throws(Errno) -> Void
    }

    /// Bytes read from a socket at a time, and by one connection in one turn.
    static let receiveByteCount = 256 << 10
    /// Connections accepted in one turn, so that another process gets some of a burst.
    private static let acceptedPerTurn = 16

    package init(limits: Limits, handler: any RequestHandler) throws(Errno) {
        self.limits = limits
        self.handler = handler
        epoll = try Epoll()
        connections = ConnectionTable(limits: limits)
        now = Clock.monotonicNanoseconds() / 1_000_000_000
    }

    package var connectionCount: Int { connections.count }

    /// Requests whose bodies were on their way at the last tick.
    package private(set) var requestsInFlight = 0

    /// Calls `onEvent` in the loop whenever the descriptor is readable.
    package func watch(
        _ number: Int32, _ onEvent: @escaping () throws(Errno) -> Void
    ) throws(Errno) {
        let token = EventToken(slot: Self.firstSource + UInt32(sources.count), generation: 0)
        sources.append(Source(number: number, onEvent: onEvent))
        try epoll.add(number, .readable, token)
    }

    /// Stops waiting for a descriptor that was watched.
    package func unwatch(_ number: Int32) throws(Errno) { try epoll.remove(number) }

    /// Takes connections from `listener`, which other processes may share.
    package func listen(on listener: Listener) {
        listeners.append(listener)
        let source = Source(number: listener.number) { [unowned self] () throws(Errno) in
            accept(Self.acceptedPerTurn, from: listener)
        }
        sources.append(source)
    }

    /// Serves until `stop`, or until a drain has ended.
    package func run() throws(Errno) {
        setAccepting(true)
        while !isStopped {
            let count = try epoll.wait()
            now = Clock.monotonicNanoseconds() / 1_000_000_000
            for index in 0..<count { try dispatch(epoll[index]) }
            finishTurn()
            if isTickDue { tickNow() }
            if isDraining, connections.count == 0 || now >= drainEndsAt { break }
        }
    }

    /// Ends the loop after this turn; what was committed is still answered.
    package func stop() { isStopped = true }

    /// Ends the loop when the requests in flight are answered, at the latest after
    /// `limits.drainTimeoutSeconds`.
    package func drain() {
        guard !isDraining else { return }
        isDraining = true
        drainEndsAt = now + Int64(limits.drainTimeoutSeconds)
        // Those that the kernel has queued are clients that were not refused: serve them.
        for listener in listeners { accept(limits.listenBacklog, from: listener) }
        setAccepting(false)
        for listener in listeners { listener.close() }
        listeners.removeAll()
    }

    /// To be called about once a second, by a timer that is watched.
    package func tick() { isTickDue = true }

    /// After the answers of the turn, so that no connection goes that has one coming.
    private func tickNow() {
        isTickDue = false
        requestsInFlight = 0
        for slot in 0..<UInt32(connections.initializedCount) {
            expire(slot)
            if connections[slot].isAwaitingBody { requestsInFlight += 1 }
        }
        if !isDraining { setAccepting(true) }
        handler.tick()
        finishTurn()
    }

    private static let firstSource: UInt32 = 1 << 31

    private func dispatch(_ event: Event) throws(Errno) {
        if event.token.slot >= Self.firstSource {
            try sources[Int(event.token.slot - Self.firstSource)].onEvent()
            return
        }
        guard let slot = connections.slot(of: event.token) else { return }
        if connections[slot].isWaitingToWrite {
            if event.isWritable || event.isBroken { flush(slot) }
        } else {
            read(slot)
        }
    }

    /// Starts or stops taking connections.
    private func setAccepting(_ accepting: Bool) {
        guard accepting != isAccepting else { return }
        isAccepting = accepting
        for listener in listeners {
            let number = listener.number
            guard let index = sources.firstIndex(where: { $0.number == number }) else { continue }
            let token = EventToken(slot: Self.firstSource + UInt32(index), generation: 0)
            // Adding and removing can only fail for want of memory; the next tick tries again.
            if accepting {
                isAccepting = (try? epoll.add(number, [.readable, .exclusive], token)) != nil
            } else {
                try? epoll.remove(number)
            }
        }
    }

    /// Takes the connections that wait, at most `count` of them.
    private func accept(_ count: Int, from listener: Listener) {
        for _ in 0..<count {
            guard connections.count < connections.capacity else { return setAccepting(false) }
            var peer = SocketAddress()
            do {
                guard let socket = try listener.accept(&peer) else { return }
                try open(socket, peer)
            } catch {
                // Too many files or no memory: those that are queued wait for the next tick.
                return setAccepting(false)
            }
        }
    }

    private func open(_ socket: consuming Socket, _ peer: SocketAddress) throws(Errno) {
        guard let slot = connections.claim() else { return }
        socket.disableDelay()
        let number = socket.descriptor.rawValue
        let token = EventToken(slot: slot, generation: connections[slot].generation)
        connections[slot].socket = consume socket
        connections[slot].peer = PeerName(peer)
        connections[slot].phase = .head
        connections[slot].deadline = now + Int64(limits.keepAliveTimeoutSeconds)
        // A tenth of spread, so that connections that came together do not all leave together.
        let age = Int64(limits.connectionAgeSeconds)
        connections[slot].retiresAt = now + age + (Int64(slot) % 21 - 10) * age / 100
        do {
            try epoll.add(number, .readable, token)
        } catch {
            connections.release(slot)
            throw error
        }
    }

    /// Ends a connection that has taken too long.
    private func expire(_ slot: UInt32) {
        guard connections[slot].phase != .free else { return }
        if isDraining, isIdle(slot) { return connections.release(slot) }
        guard now >= connections[slot].deadline else { return }
        if connections[slot].isInRequest, connections[slot].output.isEmpty {
            refuse(slot, .requestTimeout)
        } else {
            connections.release(slot)
        }
    }

    /// Whether the connection has been between two requests for a while.
    ///
    /// One that was answered a moment ago may have its next request on the way already, and that
    /// one can be told that it is the last.
    private func isIdle(_ slot: UInt32) -> Bool {
        let sinceWhen = connections[slot].deadline - Int64(limits.keepAliveTimeoutSeconds)
        return connections[slot].phase == .head && !connections[slot].isInRequest
            && connections[slot].output.isEmpty && now - sinceWhen >= Self.pauseSeconds
    }

    /// How long a busy client may pause between an answer and its next request.
    private static var pauseSeconds: Int64 { 2 }
}
