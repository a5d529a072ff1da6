/// Where a connection stands: what has happened goes in, what to do comes out.
///
/// It touches no socket and no clock, so tests run it through every order of events. The server
/// tells it of each event and does what it says.
struct ConnectionState: Equatable {
    enum Phase: Equatable {
        /// No connection has this slot.
        case free
        /// A proxy is to say whose connection it is.
        case proxyHeader
        case handshake
        /// Between requests, or in the middle of a head.
        case head
        /// The head is read, and this many bytes follow it, of which some have not come.
        case body(Int)
        /// The head is read, and chunks follow it.
        case chunked
        /// The request is whole, and the handler has no room for it yet.
        case waitsToBegin
        /// The request is whole, and the handler knows what it has begun by this number.
        case begun(Int32)
        /// The last answer is promised and not all of it is sent. The peer's further bytes are
        /// thrown away.
        case ending
        /// All is sent. The peer's bytes are still read, because closing at once would reset the
        /// connection, and the peer could lose the answer (RFC 9112, 9.6).
        case lingering
    }

    /// What becomes of the answers.
    enum Output: UInt8 {
        case open
        /// The commit of this turn comes first.
        case promised
        /// The socket would not take all of them.
        case blocked
        case blockedAndPromised
    }

    /// Where the connection waits to be served.
    enum Place: UInt8 {
        case none
        /// Among those that have used little of the processor; to be read.
        case fresh
        case waiting
        /// The same, and nothing has been read of what its socket has.
        case waitingToRead
        /// Outside the schedule, until its request can begin.
        case parked
    }

    private(set) var phase = Phase.free
    private(set) var output = Output.open
    private(set) var place = Place.none
    /// How many answers wait for the commit of this turn: others' may stand between them.
    private var promisedCount: UInt16 = 0
    /// How many events were passed over while the connection waits to be served.
    private var ignoredEventCount: UInt8 = 0

    /// Whether the connection waits to be served.
    var isQueued: Bool { place != .none }

    /// Whether the peer does not read its answers.
    var isBlocked: Bool { output == .blocked || output == .blockedAndPromised }

    /// Whether answers wait for the commit of this turn.
    var isPromised: Bool { output == .promised || output == .blockedAndPromised }

    /// Whether the request has come as a whole and waits for the handler.
    var isWhole: Bool {
        switch phase {
        case .waitsToBegin, .begun: true
        default: false
        }
    }

    /// What the handler knows the request by that it has begun.
    var work: Int32? {
        if case .begun(let work) = phase { return work }
        return nil
    }

    /// Whether no further request is begun, because the peer does not read its answers; a request
    /// that has begun is finished all the same.
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
        /// Send what waits.
        case flush
        /// Serve the connection in its turn.
        case serve
    }

    /// The socket has an event.
    mutating func ready(isWritable: Bool, isBroken: Bool, isSecure: Bool) -> Reaction {
        if phase == .free { return .ignore }
        if isQueued {
            // Nothing is read of it now, so its further events would only hold up those of others.
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

    /// The peer sends no more.
    ///
    /// - Parameter isCommitted: whether answers were promised to it in this turn. They are committed
    ///   and sent before, because the peer may have closed its own side alone.
    /// - Returns: whether the connection ends now, rather than when its answers are sent.
    mutating func endOfStream(isCommitted: Bool) -> Bool {
        guard isCommitted, isBlocked else { return true }
        phase = .ending
        return false
    }

    // MARK: The time

    /// What to do with a connection that has taken too long.
    enum Expiry: Equatable {
        case none, close
        /// Close it, and count why.
        case rejectProxyHeader
        /// Answer 408; it ends with that.
        case rejectRequest
    }

    /// The connection's deadline has come.
    func deadline(hasInput: Bool) -> Expiry {
        // A connection that waits for this process is not late.
        if phase == .free || isQueued { return .none }
        if phase == .proxyHeader { return .rejectProxyHeader }
        return isInRequest(hasInput: hasInput) && !isBlocked ? .rejectRequest : .close
    }

    // MARK: The beginning

    /// A connection has come; `phase` is the first that is expected of it.
    mutating func open(_ phase: Phase) { self.phase = phase }

    /// The header of its proxy is read.
    mutating func endProxyHeader(isSecure: Bool) {
        assert(phase == .proxyHeader)
        phase = isSecure ? .handshake : .head
    }

    /// TLS is agreed upon.
    mutating func endHandshake() {
        assert(phase == .handshake)
        phase = .head
    }

    // MARK: The queue

    /// The connection waits to be served.
    mutating func enqueue(at place: Place) { self.place = place }

    /// Its request waits outside the queue; returns whether it is older than the others there.
    mutating func park() -> Bool {
        defer { phase = .waitsToBegin }
        place = .parked
        return isWhole
    }

    /// The connection is served from now on; returns where it waited.
    mutating func leaveQueue() -> Place {
        defer { place = .none }
        // A handshake sets what it waits for by itself.
        if phase == .handshake { ignoredEventCount = 0 }
        return place
    }

    /// It was served, and nothing is left to do; returns whether it was muted.
    mutating func unmute() -> Bool {
        defer { ignoredEventCount = 0 }
        return ignoredEventCount == Self.ignoredEventLimit
    }

    // MARK: Requests

    /// A head was read, and the body behind it has not come as a whole.
    ///
    /// - Parameter byteCount: nil: it comes in chunks.
    mutating func awaitBody(_ byteCount: Int?) {
        assert(phase == .head)
        phase = byteCount.map { .body($0) } ?? .chunked
    }

    /// The handler goes on with the request later.
    mutating func begin(_ work: Int32) { phase = .begun(work) }

    /// The handler has answered the request.
    mutating func endRequest() { phase = .head }

    // MARK: Answers

    /// An answer comes at the end of the turn.
    mutating func promise(isLast: Bool) {
        assert(phase != .free && phase != .ending && phase != .lingering)
        output = isBlocked ? .blockedAndPromised : .promised
        promisedCount += 1
        if isLast { phase = .ending }
    }

    /// What to do with a connection that was sent its answers.
    enum Continuation: Equatable {
        case proceed
        /// Wait until the socket takes more, and read nothing until then.
        case waitToWrite
        /// Shut down the sending side and wait a moment for the peer to close.
        case linger
    }

    /// The turn is committed, and `count` of the promised answers are sent; `isComplete`: all of them.
    ///
    /// The connection ends behind the last answer, and not behind one before it.
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

    /// The socket has taken what waited.
    mutating func drain() -> Continuation {
        assert(isBlocked)
        output = isPromised ? .promised : .open
        return phase == .ending && !isPromised ? .linger : .proceed
    }

    /// The sending side is shut down.
    mutating func linger() { phase = .lingering }
}
