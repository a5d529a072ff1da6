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
    let proxies: Proxies
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
    /// Monotonic time at the beginning of the turn, in seconds and in nanoseconds.
    var now: Int64 = 0
    var nanoseconds: Int64 = 0

    var sources: [Source] = []
    private var isStopped = false
    private var isTickDue = false
    private var drainEndsAt: Int64 = .max
    /// No new connections, and every answer is its connection's last.
    package private(set) var isDraining = false
    /// Every answer is its connection's last.
    var isClosing = false
    /// Answers since the process began.
    package internal(set) var requestCount = 0

    /// Whose requests are next, and how long each may take.
    var schedule: Schedule
    /// Those whose requests cannot begin before others have ended, oldest first.
    var parked = TokenQueue()
    /// The one of them that has left the queue and has not been served yet.
    var admitted: EventToken?

    // What `Accepting` knows.
    var listeners: [ListeningSource] = []
    var acceptance = Acceptance.failing
    /// Whether this turn began with `acceptance` open.
    var wasOpen = false
    /// How many connections there were when the acceptance was last looked at.
    var reviewedCount = 0
    /// Monotonic nanoseconds: when to look at it again, until when shares do not count, and when
    /// a drain closes the listeners.
    var reviewAt: Int64 = 0
    var heedlessUntil: Int64 = 0
    var acceptsUntil: Int64 = .max
    /// Whether this process should take another connection, rather than leave it to those with
    /// whom it shares the listeners.
    package var mayAccept: () -> Bool = { true }

    // What `Proxying` knows.
    var addresses: AddressCounts

    // What `Backpressure` knows.
    var load = Load()
    /// What the connections keep in memory of requests and answers.
    package internal(set) var bufferedByteCount = 0
    /// Called whenever a connection or a request in flight comes or goes.
    package var onLoad: (Load) -> Void = { _ in }

    /// Something else that the loop waits for: a listener, a timer, a queue of signals.
    struct Source {
        var number: Int32
        var onEvent: () throws(Errno) -> Void
    }

    /// Bytes read from a socket at a time, and by one connection in one turn.
    static let receiveByteCount = 256 << 10

    package init(
        limits: Limits, handler: any RequestHandler, proxies: Proxies = Proxies()
    ) throws(Errno) {
        self.limits = limits
        self.handler = handler
        self.proxies = proxies
        epoll = try Epoll()
        connections = ConnectionTable(limits: limits)
        schedule = Schedule(limits: limits)
        addresses = AddressCounts(
            capacity: limits.connectionsPerAddress > 0 ? connections.capacity : 0)
        readClock()
    }

    /// Calls `onEvent` in the loop whenever the descriptor is readable.
    package func watch(
        _ number: Int32, _ onEvent: @escaping () throws(Errno) -> Void
    ) throws(Errno) {
        try epoll.add(number, .readable, addSource(number, onEvent))
    }

    /// Remembers what to do when epoll says the token that is returned.
    func addSource(
        _ number: Int32, _ onEvent: @escaping () throws(Errno) -> Void
    ) -> EventToken {
        sources.append(Source(number: number, onEvent: onEvent))
        return EventToken(slot: Self.firstSource + UInt32(sources.count - 1), generation: 0)
    }

    /// Stops waiting for a descriptor that was watched.
    package func unwatch(_ number: Int32) throws(Errno) { try epoll.remove(number) }

    /// Serves until `stop`, or until a drain has ended.
    package func run() throws(Errno) {
        setAcceptance(.open)
        wasOpen = true
        while !isStopped {
            admitParked()
            let patience = schedule.isEmpty ? patienceMilliseconds : 0
            let count = try epoll.wait(timeoutMilliseconds: patience)
            readClock()
            schedule.beginTurn(now: nanoseconds)
            for index in 0..<count { try dispatch(epoll[index]) }
            if !schedule.isEmpty { serveWaiting() }
            finishTurn()
            if isTickDue { tickNow() }
            reviewAcceptance()
            if isDraining, hasDrained() { break }
        }
    }

    /// Reads the clock; a process that reads it is alive, however long its work takes.
    @inline(__always)
    func readClock() {
        nanoseconds = Clock.monotonicNanoseconds()
        let second = nanoseconds / 1_000_000_000
        if second == now { return }
        now = second
        handler.didReach(second: second)
    }

    /// Ends the loop after this turn; what was committed is still answered.
    package func stop() { isStopped = true }

    /// Serves on, but every answer says that it is its connection's last.
    package func announceClose() { isClosing = true }

    /// Ends the loop when the requests in flight are answered, at the latest after
    /// `limits.drainTimeoutSeconds`.
    ///
    /// - Parameter milliseconds: for how long connections are still taken, and the loop does not
    ///   end. Those that the kernel has queued are taken in any case: they are clients that were
    ///   not refused.
    package func drain(acceptingForMilliseconds milliseconds: Int = 0) {
        guard !isDraining else { return }
        isDraining = true
        isClosing = true
        drainEndsAt = now + Int64(limits.drainTimeoutSeconds)
        if milliseconds > 0 {
            acceptsUntil = nanoseconds + Int64(milliseconds) * 1_000_000
            setAcceptance(.open)
        } else {
            endAcceptance()
        }
    }

    private func hasDrained() -> Bool {
        if nanoseconds >= acceptsUntil { endAcceptance() }
        guard acceptance == .ended else { return false }
        return connections.count == 0 || now >= drainEndsAt
    }

    /// To be called about once a second, by a timer that is watched.
    package func tick() { isTickDue = true }

    /// After the answers of the turn, so that no connection goes that has one coming.
    private func tickNow() {
        isTickDue = false
        for slot in 0..<UInt32(connections.initializedCount) { expire(slot) }
        setAcceptance(acceptance == .failing ? .open : acceptance)
        handler.tick()
        finishTurn()
    }

    static let firstSource: UInt32 = 1 << 31

    /// Ends a connection that has taken too long.
    private func expire(_ slot: UInt32) {
        // One that waits for this process is not late.
        guard connections[slot].phase != .free, !connections[slot].isQueued else { return }
        if isDraining, isIdle(slot) { return close(slot) }
        guard now >= connections[slot].deadline else { return }
        if connections[slot].phase == .proxyHeader { return refuse(slot, .late) }
        if connections[slot].isInRequest, connections[slot].output.isEmpty {
            refuse(slot, .requestTimeout)
        } else {
            close(slot)
        }
    }

    /// Whether the connection has been between two requests for a while.
    ///
    /// One that was answered a moment ago may have its next request on the way already, and that
    /// one can be told that it is the last.
    private func isIdle(_ slot: UInt32) -> Bool {
        let phase = connections[slot].phase
        let isNew = phase == .proxyHeader || phase == .handshake
        let patience = isNew ? limits.headerTimeoutSeconds : limits.keepAliveTimeoutSeconds
        let sinceWhen = connections[slot].deadline - Int64(patience)
        return (isNew || phase == .head) && connections[slot].input.isEmpty
            && connections[slot].output.isEmpty && now - sinceWhen >= Self.pauseSeconds
    }

    /// How long a busy client may pause between an answer and its next request.
    private static var pauseSeconds: Int64 { 2 }
}
