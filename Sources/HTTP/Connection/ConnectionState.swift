// SPDX-License-Identifier: Apache-2.0

/// The state of a connection: events go in, decisions come out.
///
/// It touches no socket and no clock, so tests run it through every order of events. The server
/// reports each event to it and does what it decides.
struct ConnectionState: Equatable {
    enum Phase: Equatable {
        /// No connection has this slot.
        case free
        /// The header of a proxy, which names the client, is expected.
        case proxyHeader
        case handshake
        /// Between requests, or in the middle of a head.
        case head
        /// The head is read; this many bytes follow it, and some of them have not arrived.
        case body(Int)
        /// The head is read, and chunks follow it.
        case chunked
        /// The request is whole, and the handler has no room for it yet.
        case waitsToBegin
        /// The request is whole, and the handler works on it under this number.
        case begun(Int32)
        /// The last answer is promised but not completely sent. Further bytes of the peer are
        /// discarded.
        case ending
        /// All is sent. The peer's bytes are still read, because closing at once would reset the
        /// connection, and the peer could lose the answer (RFC 9112, 9.6).
        case lingering
    }

    /// The state of the answers.
    enum Output: UInt8 {
        case open
        /// They wait for the commit of this turn.
        case promised
        /// The socket could not take all of them.
        case blocked
        case blockedAndPromised
    }

    /// The queue in which the connection waits to be served.
    enum Place: UInt8 {
        case none
        /// Among those that have used little of the processor; its socket is to be read.
        case fresh
        case waiting
        /// Like `waiting`, and its socket has bytes that were not read.
        case waitingToRead
        /// Outside the schedule, until its request can begin.
        case parked
    }

    private(set) var phase = Phase.free
    private(set) var output = Output.open
    private(set) var place = Place.none
    /// How many answers wait for the commit of this turn; those of other connections may be between
    /// them.
    private var promisedCount: UInt16 = 0
    /// How many events were ignored while the connection waits to be served.
    private var ignoredEventCount: UInt8 = 0

    /// Whether the connection waits to be served.
    var isQueued: Bool { place != .none }

    /// Whether the peer does not read its answers.
    var isBlocked: Bool { output == .blocked || output == .blockedAndPromised }

    /// Whether answers wait for the commit of this turn.
    var isPromised: Bool { output == .promised || output == .blockedAndPromised }

    /// Whether the request has arrived completely and waits for the handler.
    var isWhole: Bool {
        switch phase {
        case .waitsToBegin, .begun: true
        default: false
        }
    }

    /// The handler's number for the request that it has begun.
    var work: Int32? {
        if case .begun(let work) = phase { return work }
        return nil
    }

    /// Whether no further request begins, because the peer does not read its answers; a request
    /// that has begun is finished anyway.
    @inline(__always)
    var holdsBack: Bool { isBlocked && work == nil }

    /// Whether a request has begun to arrive.
    ///
    /// - Parameter hasInput: whether bytes of a head are kept.
    func isInRequest(hasInput: Bool) -> Bool {
        switch phase {
        case .free, .proxyHeader, .handshake, .ending, .lingering: false
        case .head: hasInput
        case .body, .chunked, .waitsToBegin, .begun: true
        }
    }

    // MARK: Events of the socket

    /// What to do about an event.
    enum Reaction: Equatable {
        case close, ignore
        /// Have epoll report no further events until the connection is served.
        case mute
        case readProxyHeader
        /// Send the answers that wait.
        case flush
        /// Serve the connection in its turn.
        case serve
    }

    /// The socket has an event.
    mutating func ready(isWritable: Bool, isBroken: Bool, isSecure: Bool) -> Reaction {
        if phase == .free { return .ignore }
        if isQueued {
            // Its socket is not read now, so further events would only delay those of other
            // connections.
            if isBroken { return .close }
            guard ignoredEventCount < Self.ignoredEventLimit else { return .ignore }
            ignoredEventCount += 1
            return ignoredEventCount == Self.ignoredEventLimit ? .mute : .ignore
        }
        if phase == .proxyHeader { return .readProxyHeader }
        guard isBlocked else { return .serve }
        // TLS may have to read before it can write.
        return isWritable || isBroken || isSecure ? .flush : .ignore
    }

    private static var ignoredEventLimit: UInt8 { 3 }

    /// The peer has closed its sending side.
    ///
    /// - Parameter isCommitted: whether answers were promised to it in this turn. They are
    ///   committed and sent first, because the peer may have closed only its own side.
    /// - Returns: whether the connection ends now, instead of after its answers are sent.
    mutating func endOfStream(isCommitted: Bool) -> Bool {
        guard isCommitted, isBlocked else { return true }
        phase = .ending
        return false
    }

    // MARK: The time

    /// What to do with a connection that has timed out.
    enum Expiry: Equatable {
        case none, close
        /// Close it, and count the reason.
        case rejectProxyHeader
        /// Answer 408 and close.
        case rejectRequest
    }

    /// The connection's deadline has passed.
    func deadline(hasInput: Bool) -> Expiry {
        // A connection that waits for this process is not late.
        if phase == .free || isQueued { return .none }
        if phase == .proxyHeader { return .rejectProxyHeader }
        return isInRequest(hasInput: hasInput) && !isBlocked ? .rejectRequest : .close
    }

    // MARK: The beginning

    /// The connection is accepted; `phase` is its first.
    mutating func open(_ phase: Phase) { self.phase = phase }

    /// The proxy's header is read.
    mutating func endProxyHeader(isSecure: Bool) {
        assert(phase == .proxyHeader)
        phase = isSecure ? .handshake : .head
    }

    /// The TLS handshake is complete.
    mutating func endHandshake() {
        assert(phase == .handshake)
        phase = .head
    }

    // MARK: The queue

    /// The connection waits to be served.
    mutating func enqueue(at place: Place) { self.place = place }

    /// Parks the connection outside the queue; returns whether its request is older than the others
    /// there.
    mutating func park() -> Bool {
        defer { phase = .waitsToBegin }
        place = .parked
        return isWhole
    }

    /// Takes the connection out of its queue; returns which one that was.
    mutating func leaveQueue() -> Place {
        defer { place = .none }
        // A handshake sets its epoll interest itself.
        if phase == .handshake { ignoredEventCount = 0 }
        return place
    }

    /// The connection was served and nothing is left to do; returns whether it was muted.
    mutating func unmute() -> Bool {
        defer { ignoredEventCount = 0 }
        return ignoredEventCount == Self.ignoredEventLimit
    }

    // MARK: Requests

    /// A head was read, and its body has not arrived completely.
    ///
    /// - Parameter byteCount: nil for a chunked body.
    mutating func awaitBody(_ byteCount: Int?) {
        assert(phase == .head)
        phase = byteCount.map { .body($0) } ?? .chunked
    }

    /// The handler has begun the request and will finish it later.
    mutating func begin(_ work: Int32) { phase = .begun(work) }

    /// The handler has answered the request.
    mutating func endRequest() { phase = .head }

    // MARK: Answers

    /// Promises an answer at the end of the turn.
    mutating func promise(isLast: Bool) {
        assert(phase != .free && phase != .ending && phase != .lingering)
        output = isBlocked ? .blockedAndPromised : .promised
        promisedCount += 1
        if isLast { phase = .ending }
    }

    /// What to do with a connection after its answers were sent.
    enum Continuation: Equatable {
        case proceed
        /// Wait until the socket is writable, and read nothing until then.
        case waitToWrite
        /// Shut down the sending side and wait a moment for the peer to close.
        case linger
    }

    /// The turn is committed, and `count` of the promised answers are sent, all of them if
    /// `isComplete`.
    ///
    /// The connection ends after the last answer, not before.
    mutating func send(_ count: Int, isComplete: Bool) -> Continuation {
        assert(count <= promisedCount, "an answer that was not committed")
        promisedCount -= min(promisedCount, UInt16(clamping: count))
        let wasBlocked = isBlocked
        assert(!wasBlocked || !isComplete)
        if promisedCount == 0 {
            output = isComplete ? .open : .blocked
        } else {
            output = isComplete ? .promised : .blockedAndPromised
        }
        if !isComplete { return wasBlocked ? .proceed : .waitToWrite }
        return phase == .ending && promisedCount == 0 ? .linger : .proceed
    }

    /// The socket has taken all answers that waited.
    mutating func drain() -> Continuation {
        assert(isBlocked)
        output = isPromised ? .promised : .open
        return phase == .ending && !isPromised ? .linger : .proceed
    }

    /// The sending side is shut down.
    mutating func linger() { phase = .lingering }
}
