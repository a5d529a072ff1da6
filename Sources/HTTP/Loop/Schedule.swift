import Linux

/// Which connection is served next, and for how long.
///
/// It is deficit round robin (Shreedhar and Varghese, 1995) with the two queues of RFC 8290, 4.2. A
/// turn ends after `Limits.turnNanoseconds`, so that what it has brought is committed and answered,
/// and new events are seen. A connection that has used little of the processor lately is *fresh* and
/// goes before those that want much; those are served in turn, a visit each.
struct Schedule {
    private let turnNanoseconds: Int64
    private let visitNanoseconds: Int64
    private let freshVisitNanoseconds: Int64
    private var fresh = TokenQueue()
    private var waiting = TokenQueue()
    private var turnEndsAt: Int64 = 0
    private var hasServedWaiting = false
    private var hasServedFresh = false
    /// Monotonic nanosecond at which the connection that is being served makes room for others.
    private(set) var visitEndsAt: Int64 = 0
    private var visitBeganAt: Int64 = 0
    private var isVisitFresh = false

    init(limits: Limits) {
        turnNanoseconds = Int64(limits.turnNanoseconds)
        visitNanoseconds = Int64(limits.visitNanoseconds)
        freshVisitNanoseconds = Int64(limits.freshVisitNanoseconds)
    }

    /// Whether no connection waits.
    var isEmpty: Bool { fresh.isEmpty && waiting.isEmpty }

    /// Whether none waits that has used little of the processor.
    var hasNoFresh: Bool { fresh.isEmpty }

    /// How many connections wait.
    var count: Int { fresh.count + waiting.count }

    mutating func beginTurn(now: Int64) {
        turnEndsAt = now + turnNanoseconds
        hasServedWaiting = false
        hasServedFresh = false
    }

    /// Whether the time of the turn is over.
    func isTurnOver(now: Int64) -> Bool { now >= turnEndsAt }

    /// Puts a connection at the end of its queue.
    mutating func append(_ token: EventToken, isFresh: Bool) {
        if isFresh { fresh.append(token) } else { waiting.append(token) }
    }

    /// The connection that is served next; nil when none waits or the turn is over.
    ///
    /// Of each queue one is served even then, or a flood in one would stop the other.
    mutating func next(now: Int64) -> EventToken? {
        let isOver = isTurnOver(now: now)
        if !isOver || !hasServedFresh, let token = fresh.popFirst() {
            hasServedFresh = true
            return token
        }
        if !isOver || !hasServedWaiting { return waiting.popFirst() }
        return nil
    }

    /// A connection is served from now on; false if it has used up its time for this round.
    mutating func beginVisit(_ share: inout Share, isFresh: Bool, now: Int64) -> Bool {
        visitBeganAt = now
        isVisitFresh = isFresh
        if isFresh {
            share.credit = freshVisitNanoseconds
            visitEndsAt = now + freshVisitNanoseconds
            return true
        }
        share.credit = min(share.credit + visitNanoseconds, visitNanoseconds)
        visitEndsAt = now + share.credit
        if share.credit <= 0 { return false }
        hasServedWaiting = true
        return true
    }

    /// Takes note of what the visit has used.
    mutating func endVisit(_ share: inout Share, now: Int64) {
        share.use(now - visitBeganAt, now: now)
        if isVisitFresh { share.credit = min(share.credit, 0) }
        visitEndsAt = 0
    }
}

/// What a connection has used of the processor lately.
///
/// Each connection has one, so it is small.
struct Share: Equatable {
    private var creditNanoseconds: Int32 = 0
    /// When what it has used is forgotten, in 65,536 nanoseconds of the monotonic clock; it counts
    /// round in three days, of which a connection does not live one.
    private var forgottenTick: UInt32 = 0
    private var hasUsed: Bool { forgottenTick != 0 }
    /// Whether others go before it, however little it has used: in a handshake, which costs more
    /// than most requests, and after an answer that was costly to make.
    var isBehind = false

    /// Nanoseconds that it may use in this round; below zero it has used those of the next ones.
    var credit: Int64 {
        get { Int64(creditNanoseconds) }
        set { creditNanoseconds = Int32(clamping: newValue) }
    }

    /// Whether it goes before those that want much: it has used less than a tenth of the
    /// processor, apart from half a millisecond at once.
    @inline(__always)
    func isFresh(now: Int64) -> Bool { !isBehind && owed(now: now) <= Self.burst * Self.weight }

    mutating func use(_ nanoseconds: Int64, now: Int64) {
        credit -= nanoseconds
        let owed = min(max(0, owed(now: now)) + nanoseconds * Self.weight, Self.most)
        // What is less than a tick counts as often as it takes to make one: rounded by the clock.
        let tick = UInt32(truncatingIfNeeded: (now + owed) >> Self.tickBits)
        forgottenTick = tick == 0 ? 1 : tick
    }

    /// Nanoseconds until what it has used is forgotten; below zero it is.
    private func owed(now: Int64) -> Int64 {
        guard hasUsed else { return 0 }
        let nowTick = UInt32(truncatingIfNeeded: now >> Self.tickBits)
        return Int64(Int32(bitPattern: forgottenTick &- nowTick)) << Self.tickBits
    }

    private static var tickBits: Int64 { 16 }
    private static var weight: Int64 { 10 }
    private static var burst: Int64 { 500_000 }
    /// An hour: what is more is not counted.
    private static var most: Int64 { 3_600_000_000_000 }
}

/// Connections in the order in which they came.
struct TokenQueue {
    private var tokens: [EventToken] = []
    private var first = 0

    var isEmpty: Bool { first == tokens.count }
    var count: Int { tokens.count - first }

    mutating func append(_ token: EventToken) { tokens.append(token) }

    mutating func prepend(_ token: EventToken) {
        if first == 0 { return tokens.insert(token, at: 0) }
        first -= 1
        tokens[first] = token
    }

    mutating func popFirst() -> EventToken? {
        guard first < tokens.count else { return nil }
        let token = tokens[first]
        first += 1
        if first == tokens.count {
            tokens.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= Self.compactedCount, first * 2 >= tokens.count {
            tokens.removeFirst(first)
            first = 0
        }
        return token
    }

    private static var compactedCount: Int { 256 }
}
