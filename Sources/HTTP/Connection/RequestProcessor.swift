// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux

/// Turns bytes into whole requests and hands them to the handler.
final class RequestProcessor {
    /// Whether every answer closes its connection.
    var isClosing = false
    /// Takes the place of a connection's decoded body while that is being read.
    private var assembled = ByteBuffer()
    private let pool: ConnectionPool
    private let clock: TurnClock
    private let queue: VisitQueue
    private let turn: Turn
    private let fields: FieldTable
    private let proxies: Proxies

    init(
        pool: ConnectionPool, clock: TurnClock, queue: VisitQueue, turn: Turn, fields: FieldTable,
        proxies: Proxies
    ) {
        self.pool = pool
        self.clock = clock
        self.queue = queue
        self.turn = turn
        self.fields = fields
        self.proxies = proxies
    }

    /// Handles all whole requests at the beginning of `bytes`; returns how many bytes are done.
    func process(_ slot: UInt32, _ bytes: Span<UInt8>) -> Int {
        var consumed = 0
        while consumed < bytes.count || pool[slot].state.isWhole {
            if pool[slot].state.holdsBack { return consumed }
            let rest = bytes.extracting(consumed...)
            do throws(RequestError) {
                guard let count = try step(slot, rest) else { return consumed }
                consumed += count
            } catch {
                reject(slot, error, rest)
                return bytes.count
            }
            if pool[slot].state.isQueued { return consumed }
            // Records, answers and time must not pile up for one peer that sends without end, so
            // other connections are served between two of its requests.
            if consumed < bytes.count, pool[slot].state.phase == .head,
                turn.isFull || queue.isVisitOver()
            {
                queue.postpone(slot)
                return consumed
            }
        }
        return consumed
    }

    /// Advances by a part of a request; returns how many bytes of `bytes` are done, or nil when
    /// nothing more can be done at the moment.
    @inline(__always)
    private func step(_ slot: UInt32, _ bytes: Span<UInt8>) throws(RequestError) -> Int? {
        switch pool[slot].state.phase {
        case .free, .proxyHeader, .handshake, .ending, .lingering: return bytes.count
        case .head: return try beginRequest(slot, bytes)
        case .body(let length):
            let total = pool[slot].head.byteCount + length
            guard bytes.count >= total else { return nil }
            return finishRequest(slot, bytes.extracting(..<total)) ? total : nil
        case .chunked: return try decodeChunks(slot, bytes)
        case .waitsToBegin, .begun: return resumeRequest(slot, bytes)
        }
    }

    /// Parses a head and decides on its body.
    private func beginRequest(
        _ slot: UInt32, _ bytes: Span<UInt8>
    ) throws(RequestError) -> Int? {
        guard var head = try pool[slot].parser.parse(bytes, fields) else { return nil }
        if pool[slot].isForwarding { pool[slot].findClient(by: proxies, head, bytes) }
        let refusal = pool.handler.decide(
            &head, bytes.extracting(..<head.byteCount), from: pool[slot].peer,
            overload: overload(slot, head, bytes))
        pool[slot].parser.head.ticket = head.ticket
        if let refusal { return skip(slot, head, bytes, refusal) }
        var total = head.byteCount
        switch head.framing {
        case .none: break
        case .length(let length): total += length
        case .chunked:
            pool[slot].state.awaitBody(nil)
            pool[slot].chunks = ChunkedDecoder(limits: pool.limits)
            pool[slot].assembled.removeAll()
            pool[slot].assembled.append(bytes.extracting(..<head.byteCount))
            awaitBody(slot, head, bytes)
            return head.byteCount
        }
        if bytes.count >= total {
            return finishRequest(slot, bytes.extracting(..<total)) ? total : nil
        }
        pool[slot].state.awaitBody(total - head.byteCount)
        awaitBody(slot, head, bytes)
        return nil
    }

    /// Why the request whose head is at the start of `bytes` cannot be accepted; nil if it can.
    ///
    /// A request that has arrived completely needs no more room, so only the limit on connections
    /// applies.
    private func overload(
        _ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>
    ) -> Overload? {
        if pool[slot].isSurplus {
            if let overload = pool.load.surplus(pool[slot].source, pool[slot].part) {
                return overload
            }
            pool[slot].isSurplus = false
        }
        let announced: Int
        switch head.framing {
        case .none: return nil
        case .length(let length):
            if bytes.count - head.byteCount >= length { return nil }
            announced = length
        case .chunked: announced = 0
        }
        return pool.load.overload(
            announced: announced, held: pool.handler.heldByteCount, pool[slot].part)
    }

    /// The head shows that `bytes` do not hold the whole body.
    private func awaitBody(_ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>) {
        pool.beginAwaiting(slot)
        pool[slot].beginTransfer(now: clock.second, limits: pool.limits)
        // RFC 9110, 10.1.1: not needed if part of the body has already arrived.
        if head.expectsContinue, bytes.count == head.byteCount { turn.promiseContinue(slot) }
    }

    /// Answers a request whose body will not be read; returns how many bytes it had.
    ///
    /// If the body has already arrived, the connection continues after it. Otherwise the connection
    /// ends, because reading a body only to discard it helps nobody.
    private func skip(
        _ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>, _ refusal: PendingAnswer
    ) -> Int {
        var bodyByteCount = 0
        var isWhole = true
        switch head.framing {
        case .none: break
        case .length(let byteCount):
            bodyByteCount = byteCount
            isWhole = byteCount <= bytes.count - head.byteCount
        case .chunked: isWhole = false
        }
        let isLast = !isWhole || isLastAnswer(slot, head)
        answer(slot, refusal, isLast: isLast)
        return isLast ? bytes.count : head.byteCount + bodyByteCount
    }

    private func answer(_ slot: UInt32, _ answer: PendingAnswer, isLast: Bool) {
        pool[slot].share.isBehind = answer.isCostly
        pool[slot].deadline = clock.second + Int64(pool.limits.keepAliveTimeoutSeconds)
        turn.promise(slot, answer, isLast: isLast)
    }

    private func decodeChunks(
        _ slot: UInt32, _ bytes: Span<UInt8>
    ) throws(RequestError) -> Int? {
        guard pool[slot].tryReserveChunks(bytes.count) else {
            reject(slot, .memory, bytes)
            return bytes.count
        }
        let consumed = try pool[slot].decodeChunks(bytes, limit: pool.limits.bodyByteCount)
        if pool[slot].chunks.isFinished { finishChunks(slot) }
        return consumed
    }

    /// Hands over a whole chunked request; false if it continues later.
    @discardableResult
    private func finishChunks(_ slot: UInt32) -> Bool {
        swap(&assembled, &pool[slot].assembled)
        let isDone = finishRequest(slot, assembled.span)
        if isDone { assembled.removeAll() }
        swap(&assembled, &pool[slot].assembled)
        return isDone
    }

    private func resumeRequest(_ slot: UInt32, _ bytes: Span<UInt8>) -> Int? {
        var total = pool[slot].head.byteCount
        switch pool[slot].head.framing {
        case .chunked: return finishChunks(slot) ? 0 : nil
        case .none: break
        case .length(let length): total += length
        }
        return finishRequest(slot, bytes.extracting(..<total)) ? total : nil
    }

    /// Hands a whole request to the handler; false if it continues, with the same bytes, after
    /// other connections have been served.
    private func finishRequest(_ slot: UInt32, _ bytes: Span<UInt8>) -> Bool {
        pool.endAwaiting(slot)
        let head = pool[slot].head
        var reception = handle(slot, head, bytes)
        if case .afterCommit(let work) = reception {
            pool[slot].state.begin(work)
            let token = pool.token(slot)
            turn.finish()
            guard pool.slot(of: token) != nil else { return true }
            reception = handle(slot, head, bytes)
        }
        switch reception {
        case .answer(let promised):
            pool[slot].state.endRequest()
            answer(slot, promised, isLast: isLastAnswer(slot, head))
            return true
        case .unfinished(let work), .afterCommit(let work):
            pool[slot].state.begin(work)
            queue.postpone(slot)
        case .later: queue.park(slot)
        }
        return false
    }

    private func handle(_ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>) -> Reception {
        let peer = pool[slot].peer
        var account = Int(pool[slot].account)
        defer { pool[slot].account = UInt32(clamping: account) }
        let deadline = queue.schedule.visitEndsAt
        switch pool[slot].state.phase {
        case .begun(let work):
            return pool.handler.resume(
                work, head, bytes, from: peer, account: &account, until: deadline)
        case .waitsToBegin where !pool.handler.mayBegin: return .later
        default:
            return pool.handler.take(head, bytes, from: peer, account: &account, until: deadline)
        }
    }

    private func isLastAnswer(_ slot: UInt32, _ head: RequestHead) -> Bool {
        !head.keepAlive || isClosing || pool[slot].isSurplus
            || clock.second >= pool[slot].retiresAt
    }

    // MARK: Rejection

    /// Rejects a malformed request; the connection ends, because its bytes have lost their meaning.
    ///
    /// - Parameter bytes: those of the request, from its first, as far as they have arrived.
    func reject(_ slot: UInt32, _ error: RequestError, _ bytes: Span<UInt8>) {
        let answer = answerRejected(slot, bytes) { head, bytes, peer in
            pool.handler.reject(error, of: head, bytes, from: peer)
        }
        turn.promise(slot, answer, isLast: true)
        pool[slot].assembled.removeAll()
    }

    /// Rejects a request because there is no room for it.
    func reject(_ slot: UInt32, _ overload: Overload, _ bytes: Span<UInt8>) {
        let answer = answerRejected(slot, bytes) { head, bytes, peer in
            pool.handler.reject(overload, of: head, bytes, from: peer)
        }
        turn.promise(slot, answer, isLast: true)
    }

    /// Passes `body` the known part of the connection's unfinished request.
    private func answerRejected(
        _ slot: UInt32, _ bytes: Span<UInt8>,
        _ body: (RequestHead, Span<UInt8>, Peer) -> PendingAnswer
    ) -> PendingAnswer {
        if pool[slot].isForwarding, pool[slot].state.phase == .head { pool[slot].forgetClient() }
        let peer = pool[slot].peer
        switch pool[slot].state.phase {
        case .chunked:
            // Its head has been consumed, and is in front of the decoded body.
            swap(&assembled, &pool[slot].assembled)
            let answer = body(pool[slot].head, assembled.span, peer)
            swap(&assembled, &pool[slot].assembled)
            return answer
        case .body: return body(pool[slot].head, bytes, peer)
        default: return body(pool[slot].parser.unfinishedHead, bytes, peer)
        }
    }
}
