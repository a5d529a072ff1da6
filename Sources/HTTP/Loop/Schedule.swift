// SPDX-License-Identifier: Apache-2.0

import Linux

/// Decides which connection is served next, and for how long.
///
/// It is deficit round robin (Shreedhar and Varghese, 1995) with the two queues of RFC 8290, 4.2. A
/// turn ends after `Limits.turnNanoseconds`, so that its requests are committed and answered, and
/// new events are seen. A connection that has recently used little of the processor is *fresh* and
/// goes before the busy ones; those are served in turn, one visit each.
struct Schedule {
    private let turnNanoseconds: Int64
    private let visitNanoseconds: Int64
    private let freshVisitNanoseconds: Int64
    private var fresh = TokenQueue()
    private var waiting = TokenQueue()
    private var turnEndsAt: Int64 = 0
    private var hasServedWaiting = false
    private var hasServedFresh = false
    /// Monotonic nanosecond at which the visit of the current connection ends.
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

    /// Whether no fresh connection waits.
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

    /// The connection that is served next; nil if none waits or the turn is over.
    ///
    /// Even then each queue gets one visit, or a flood in one would stop the other.
    mutating func next(now: Int64) -> EventToken? {
        let isOver = isTurnOver(now: now)
        if !isOver || !hasServedFresh, let token = fresh.popFirst() {
            hasServedFresh = true
            return token
        }
        if !isOver || !hasServedWaiting { return waiting.popFirst() }
        return nil
    }

    /// Begins a visit; false if the connection has used up its time for this round.
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

    /// Counts the time that the visit has used.
    mutating func endVisit(_ share: inout Share, now: Int64) {
        share.use(now - visitBeganAt, now: now)
        if isVisitFresh { share.credit = min(share.credit, 0) }
        visitEndsAt = 0
    }
}

/// What a connection has recently used of the processor.
///
/// Each connection has one, so it is small.
struct Share: Equatable {
    private var creditNanoseconds: Int32 = 0
    /// When its use is forgotten, in units of 65,536 nanoseconds of the monotonic clock; the
    /// counter wraps after three days, and no connection lives that long.
    private var forgottenTick: UInt32 = 0
    private var hasUsed: Bool { forgottenTick != 0 }
    /// Whether it goes after others, however little it has used: in a handshake, which costs more
    /// than most requests, and after an answer that was costly to make.
    var isBehind = false

    /// Nanoseconds that it may use in this round; a negative value is a debt to the next rounds.
    var credit: Int64 {
        get { Int64(creditNanoseconds) }
        set { creditNanoseconds = Int32(clamping: newValue) }
    }

    /// Whether it goes before the busy ones: it has used less than a tenth of the processor, apart
    /// from a burst of half a millisecond.
    @inline(__always)
    func isFresh(now: Int64) -> Bool { !isBehind && owed(now: now) <= Self.burst * Self.weight }

    mutating func use(_ nanoseconds: Int64, now: Int64) {
        credit -= nanoseconds
        let owed = min(max(0, owed(now: now)) + nanoseconds * Self.weight, Self.most)
        // Uses shorter than a tick count on average, because the clock rounds them.
        let tick = UInt32(truncatingIfNeeded: (now + owed) >> Self.tickBits)
        forgottenTick = tick == 0 ? 1 : tick
    }

    /// Nanoseconds until its use is forgotten; zero or less if it already is.
    private func owed(now: Int64) -> Int64 {
        guard hasUsed else { return 0 }
        let nowTick = UInt32(truncatingIfNeeded: now >> Self.tickBits)
        return Int64(Int32(bitPattern: forgottenTick &- nowTick)) << Self.tickBits
    }

    private static var tickBits: Int64 { 16 }
    private static var weight: Int64 { 10 }
    private static var burst: Int64 { 500_000 }
    /// An hour; use beyond that is not counted.
    private static var most: Int64 { 3_600_000_000_000 }
}

/// Connections in the order in which they were added.
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
