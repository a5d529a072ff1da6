// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux

/// Reads the sockets, and buffers incomplete requests.
final class RequestReader {
    /// The buffer into which every socket is read first.
    private var received = ByteBuffer(capacity: RequestReader.byteCount)
    /// Takes the place of a connection's buffer while its contents are being read.
    private var lent = ByteBuffer()
    private let pool: ConnectionPool
    private let clock: TurnClock
    private let queue: VisitQueue
    private let turn: Turn
    private let processor: RequestProcessor

    init(
        pool: ConnectionPool, clock: TurnClock, queue: VisitQueue, turn: Turn,
        processor: RequestProcessor
    ) {
        self.pool = pool
        self.clock = clock
        self.queue = queue
        self.turn = turn
        self.processor = processor
    }

    /// Bytes read from a socket at a time, and by one connection in one turn.
    private static let byteCount = 256 << 10

    // MARK: Visits

    /// Reads once from the connection and handles the requests that are complete.
    func read(_ slot: UInt32) {
        if pool[slot].input.isEmpty {
            receive(slot, room: Self.byteCount, into: &received)
            guard !received.isEmpty else { return }
            extendDeadline(slot, by: received.count, beginsHead: true)
            let consumed = processor.process(slot, received.span)
            keep(slot, from: consumed)
            received.removeAll()
        } else {
            swap(&lent, &pool[slot].input)
            let before = lent.count
            let hasMemory = receiveMore(slot)
            if lent.count > before {
                extendDeadline(slot, by: lent.count - before, beginsHead: false)
                processLent(slot)
            }
            swap(&lent, &pool[slot].input)
            lent.removeAll()
            if !hasMemory { rejectForRoom(slot, .memory) }
        }
        settle(slot)
        if pool.hasUnread(slot) { queue.postpone(slot) }
    }

    /// Continues with requests that waited for earlier answers to be sent or for others' requests.
    func resume(_ slot: UInt32) {
        if pool[slot].state.holdsBack { return }
        if hasMore(slot) {
            swap(&lent, &pool[slot].input)
            processLent(slot)
            swap(&lent, &pool[slot].input)
            lent.removeAll()
            settle(slot)
        }
        if pool.hasUnread(slot) { read(slot) }
    }

    /// The answers that waited have been sent.
    func goOn(_ slot: UInt32) {
        makeRoom(slot)
        if hasMore(slot) || pool.hasUnread(slot) { queue.postpone(slot) }
    }

    private func hasMore(_ slot: UInt32) -> Bool {
        !pool[slot].input.isEmpty || pool[slot].state.isWhole
    }

    // MARK: Receiving

    private func processLent(_ slot: UInt32) {
        let consumed = processor.process(slot, lent.span)
        lent.removeFirst(consumed)
        if consumed > 0, !lent.isEmpty { noteBeginning(slot) }
    }

    /// Receives once, after the lent bytes; false if there is no memory for it.
    ///
    /// A copy costs less than memory for an announced body that never comes, so only a large body
    /// is received directly into its place.
    private func receiveMore(_ slot: UInt32) -> Bool {
        guard lent.count < Self.byteCount else {
            let room = room(slot)
            guard lent.tryReserve(room) else { return false }
            receive(slot, room: room, into: &lent)
            return true
        }
        receive(slot, room: room(slot), into: &received)
        // The part of an unfinished request that has arrived is discarded with its connection.
        if pool[slot].state.phase == .free { lent.removeAll() }
        lent.append(received.span)
        received.removeAll()
        return true
    }

    /// Receives once.
    ///
    /// If the connection is over, `buffer` is left empty, and the connection closes as soon as its
    /// answers are sent.
    private func receive(_ slot: UInt32, room: Int, into buffer: inout ByteBuffer) {
        var isClosed = false
        buffer.appendUninitialized(capacity: room) { bytes in
            switch pool.receive(slot, into: bytes) {
            case .bytes(let count): return count
            case .wouldBlock: break
            case .closed: isClosed = true
            }
            return 0
        }
        if isClosed {
            // Nothing of an unfinished request is written.
            buffer.removeAll()
            endStream(slot)
        }
    }

    private func endStream(_ slot: UInt32) {
        let token = pool.token(slot)
        let isPromised = pool[slot].state.isPromised
        if isPromised {
            turn.finish()
            guard pool.slot(of: token) != nil else { return }
        }
        if pool[slot].state.endOfStream(isCommitted: isPromised) { return pool.close(slot) }
        pool.endRequest(slot)
    }

    /// How much to read after the buffered bytes: the rest of the body, but not all at once,
    /// because its length is only what an unknown client claims.
    private func room(_ slot: UInt32) -> Int {
        let byteCount: Int
        switch pool[slot].state.phase {
        case .body(let length): byteCount = length
        // A head that arrives in pieces is short, or slow.
        case .head: return Self.headByteCount
        default: return Self.byteCount
        }
        let missing = pool[slot].head.byteCount + byteCount - lent.count
        return min(max(missing, 1), max(Self.byteCount, lent.count))
    }

    private static var headByteCount: Int { 4096 }

    /// Buffers received bytes that are not done.
    private func keep(_ slot: UInt32, from consumed: Int) {
        guard consumed < received.count, pool[slot].state.phase != .free else { return }
        pool[slot].input.append(received.span.extracting(consumed...))
        if consumed > 0 { noteBeginning(slot) }
    }

    /// After a whole request another has begun.
    private func noteBeginning(_ slot: UInt32) {
        guard pool[slot].state.phase == .head else { return }
        pool[slot].deadline = clock.second + Int64(pool.limits.headerTimeoutSeconds)
    }

    /// Every piece of a body extends its deadline; a head has one deadline for all of it.
    private func extendDeadline(_ slot: UInt32, by byteCount: Int, beginsHead: Bool) {
        switch pool[slot].state.phase {
        case .body, .chunked:
            pool[slot].continueTransfer(by: byteCount, now: clock.second, limits: pool.limits)
        case .head where beginsHead && !pool[slot].isSurplus:
            pool[slot].deadline = clock.second + Int64(pool.limits.headerTimeoutSeconds)
        default: break
        }
    }

    // MARK: Rejection

    /// Rejects an incomplete request, from its buffered bytes.
    func reject(_ slot: UInt32, _ error: RequestError) {
        swap(&lent, &pool[slot].input)
        processor.reject(slot, error, lent.span)
        swap(&lent, &pool[slot].input)
    }

    /// Rejects a request because there is no room for it, and discards its bytes.
    private func rejectForRoom(_ slot: UInt32, _ overload: Overload) {
        swap(&lent, &pool[slot].input)
        processor.reject(slot, overload, lent.span)
        swap(&lent, &pool[slot].input)
        pool[slot].forgetRequest()
    }

    /// Updates the total of buffered bytes after the connection's buffers have changed, and rejects
    /// a request that has outgrown the available room.
    private func settle(_ slot: UInt32) {
        pool.shrink(slot)
        makeRoom(slot)
    }

    @inline(__always)
    private func makeRoom(_ slot: UInt32) {
        if pool.isExceeded { rejectLarge(slot) }
    }

    private func rejectLarge(_ slot: UInt32) {
        // A complete request does not grow.
        guard pool[slot].isInRequest, !pool[slot].state.isWhole,
            !pool.load.isAlone(pool[slot].part)
        else { return }
        // A peer that does not read its answers cannot be answered.
        if pool[slot].state.isBlocked { return pool.close(slot) }
        rejectForRoom(slot, .bufferedBytes)
        pool.count(slot)
    }
}
