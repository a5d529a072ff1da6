import Bytes
import Linux
import SystemPackage

/// From a socket's bytes to whole requests.
extension Server {
    /// Reads once from the connection and handles what has become whole.
    func read(_ slot: UInt32) {
        if connections[slot].input.isEmpty {
            receive(slot, room: Self.receiveByteCount, into: &received)
            guard !received.isEmpty else { return }
            extendDeadline(slot, by: received.count, beginsHead: true)
            let consumed = process(slot, received.span)
            keep(slot, received.span, from: consumed)
            received.removeAll()
        } else {
            swap(&lent, &connections[slot].input)
            let before = lent.count
            let hasMemory = receiveMore(slot)
            if lent.count > before {
                extendDeadline(slot, by: lent.count - before, beginsHead: false)
                processLent(slot)
            }
            swap(&lent, &connections[slot].input)
            lent.removeAll()
            if !hasMemory {
                refuse(slot, .memory)
                connections[slot].forgetRequest()
            }
        }
        settle(slot)
        if connections[slot].isSecure, hasUnread(slot) { postpone(slot) }
    }

    /// Goes on with requests that waited, for their predecessors' answers to be taken or for
    /// others' requests.
    func resume(_ slot: UInt32) {
        if connections[slot].isWaitingToWrite, connections[slot].work < 0 { return }
        if !connections[slot].input.isEmpty || connections[slot].isWhole {
            swap(&lent, &connections[slot].input)
            processLent(slot)
            swap(&lent, &connections[slot].input)
            lent.removeAll()
            settle(slot)
        }
        if connections[slot].isSecure, hasUnread(slot) { read(slot) }
    }

    private func processLent(_ slot: UInt32) {
        let consumed = process(slot, lent.span)
        lent.removeFirst(consumed)
        if consumed > 0, !lent.isEmpty { noteBeginning(slot) }
    }

    /// Receives once, behind what is lent; false if there is no memory for it.
    ///
    /// A copy costs less than memory for what was announced and does not come, so only a large
    /// body is received where it stays.
    private func receiveMore(_ slot: UInt32) -> Bool {
        guard lent.count < Self.receiveByteCount else {
            let room = room(slot)
            guard lent.tryReserve(room) else { return false }
            receive(slot, room: room, into: &lent)
            return true
        }
        receive(slot, room: room(slot), into: &received)
        // What has arrived of an unfinished request goes with its connection.
        if connections[slot].phase == .free { lent.removeAll() }
        lent.append(received.span)
        received.removeAll()
        return true
    }

    /// Receives once.
    ///
    /// Of a connection that is over nothing is in `buffer`, and it is released as soon as it has its
    /// answers.
    private func receive(_ slot: UInt32, room: Int, into buffer: inout ByteBuffer) {
        var isClosed = false
        buffer.appendUninitialized(capacity: room) { bytes in
            switch receiveBytes(slot, bytes) {
            case .bytes(let count): return count
            case .wouldBlock: break
            case .closed, nil: isClosed = true
            }
            return 0
        }
        if isClosed {
            // Nothing of an unfinished request is written.
            buffer.removeAll()
            endReading(slot)
        }
    }

    /// The peer sends no more: what it has asked for in this turn is answered before it is left,
    /// since it may have closed only its own side.
    private func endReading(_ slot: UInt32) {
        let generation = connections[slot].generation
        if turn.contains(where: { $0.slot == slot && $0.generation == generation }) {
            finishTurn()
            let isGone =
                connections[slot].generation != generation || connections[slot].phase == .free
            if isGone { return }
            if connections[slot].isWaitingToWrite {
                connections[slot].closesAfterOutput = true
                return
            }
        }
        close(slot)
    }

    @inline(__always)
    private func receiveBytes(
        _ slot: UInt32, _ bytes: UnsafeMutableRawBufferPointer
    ) -> Received? {
        if connections[slot].isSecure { return receiveSecurely(slot, bytes) }
        return try? connections[slot].socket?.receive(into: bytes)
    }

    /// How much to read behind what waits: the rest of the body, but not all of it at once on
    /// the word of a stranger.
    private func room(_ slot: UInt32) -> Int {
        let byteCount: Int
        switch connections[slot].phase {
        case .body(let length): byteCount = length
        // A head that comes in pieces is short, or slow.
        case .head: return Self.headByteCount
        default: return Self.receiveByteCount
        }
        let missing = connections[slot].head.byteCount + byteCount - lent.count
        return min(max(missing, 1), max(Self.receiveByteCount, lent.count))
    }

    private static var headByteCount: Int { 4096 }

    private func keep(_ slot: UInt32, _ bytes: Span<UInt8>, from consumed: Int) {
        guard consumed < bytes.count, connections[slot].phase != .free else { return }
        connections[slot].input.append(bytes.extracting(consumed...))
        if consumed > 0 { noteBeginning(slot) }
    }

    /// Behind a whole request another has begun.
    private func noteBeginning(_ slot: UInt32) {
        guard connections[slot].phase == .head else { return }
        connections[slot].deadline = now + Int64(limits.headerTimeoutSeconds)
    }

    /// A body earns time with every piece; a head's is for all of it.
    private func extendDeadline(_ slot: UInt32, by byteCount: Int, beginsHead: Bool) {
        switch connections[slot].phase {
        case .body, .chunked:
            connections[slot].continueTransfer(by: byteCount, now: now, limits: limits)
        case .head where beginsHead && !connections[slot].isSurplus:
            connections[slot].deadline = now + Int64(limits.headerTimeoutSeconds)
        default: break
        }
    }

    /// Handles all whole requests at the beginning of `input`; returns how many bytes are done.
    private func process(_ slot: UInt32, _ input: Span<UInt8>) -> Int {
        var consumed = 0
        while consumed < input.count || connections[slot].isWhole {
            // What has been begun is ended, whoever does not read.
            if connections[slot].isWaitingToWrite, connections[slot].work < 0 { return consumed }
            let rest = input.extracting(consumed...)
            do {
                switch connections[slot].phase {
                case .free, .proxyHeader, .handshake, .lingering: return input.count
                case .head:
                    guard try beginRequest(slot, rest, &consumed) else { return consumed }
                case .body(let byteCount):
                    let total = connections[slot].head.byteCount + byteCount
                    guard rest.count >= total else { return consumed }
                    guard finishRequest(slot, rest.extracting(..<total)) else { return consumed }
                    consumed += total
                case .chunked:
                    guard connections[slot].tryReserveChunks(rest.count) else {
                        refuse(slot, .memory, rest)
                        return input.count
                    }
                    consumed += try decodeChunks(slot, rest)
                    if connections[slot].isQueued { return consumed }
                }
                // Neither records nor answers nor time may pile up behind one peer that sends
                // without end: between two of its requests others are served.
                if connections[slot].phase == .head, consumed < input.count,
                    isTurnFull || isVisitOver()
                {
                    postpone(slot)
                    return consumed
                }
            } catch {
                refuse(slot, error, rest)
                return input.count
            }
        }
        return consumed
    }

    /// Parses a head and decides on its body; false when the head is not whole.
    private func beginRequest(
        _ slot: UInt32, _ bytes: Span<UInt8>, _ consumed: inout Int
    ) throws(RequestError) -> Bool {
        guard var head = try connections[slot].parser.parse(bytes) else { return false }
        if connections[slot].isForwarding { findClient(slot, head, bytes) }
        let overload = overload(slot, head, bytes)
        let refusal = handler.decide(
            &head, bytes.extracting(..<head.byteCount), from: connections[slot].peer,
            overload: overload)
        connections[slot].head = head
        if let refusal {
            consumed += skip(slot, head, bytes, refusal)
            return true
        }
        switch head.framing {
        case .none: connections[slot].phase = .body(0)
        case .length(let byteCount):
            connections[slot].phase = .body(byteCount)
            if byteCount > limits.bodyByteCount { throw .bodyTooLarge }
            if bytes.count < head.byteCount + byteCount { awaitBody(slot, head, bytes) }
        case .chunked:
            connections[slot].phase = .chunked
            connections[slot].chunks = ChunkedDecoder(limits: limits)
            connections[slot].assembled.removeAll()
            connections[slot].assembled.append(bytes.extracting(..<head.byteCount))
            consumed += head.byteCount
            awaitBody(slot, head, bytes)
        }
        return true
    }

    /// `bytes` hold no whole body, as far as can be seen from the head.
    private func awaitBody(_ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>) {
        beginAwaiting(slot)
        connections[slot].beginTransfer(now: now, limits: limits)
        // RFC 9110, 10.1.1: not needed where some of the body has come already.
        if head.expectsContinue, bytes.count == head.byteCount { promise(slot, .goOn) }
    }

    /// Answers a request whose body will not be looked at; returns how many bytes it had.
    ///
    /// Where the body is already here the connection goes on behind it. Where it is not, the
    /// connection ends: reading a body only to throw it away serves nobody.
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
        connections[slot].isBehind = refusal.isCostly
        promise(slot, .answer(refusal), isLast: isLast)
        if isLast { return bytes.count }
        connections[slot].deadline = now + Int64(limits.keepAliveTimeoutSeconds)
        return head.byteCount + bodyByteCount
    }

    private func decodeChunks(
        _ slot: UInt32, _ bytes: Span<UInt8>
    ) throws(RequestError) -> Int {
        var consumed = 0
        if !connections[slot].chunks.isFinished {
            consumed = try connections[slot].decodeChunks(bytes, limit: limits.bodyByteCount)
            guard connections[slot].chunks.isFinished else { return consumed }
        }
        swap(&assembledLent, &connections[slot].assembled)
        if finishRequest(slot, assembledLent.span) { assembledLent.removeAll() }
        swap(&assembledLent, &connections[slot].assembled)
        return consumed
    }

    /// Hands a whole request to the handler; false if it is to be called again, with the same
    /// bytes, when others have been served.
    private func finishRequest(_ slot: UInt32, _ bytes: Span<UInt8>) -> Bool {
        endAwaiting(slot)
        let head = connections[slot].head
        var reception = handle(slot, head, bytes)
        if case .afterCommit(let work) = reception {
            connections[slot].work = work
            let generation = connections[slot].generation
            finishTurn()
            if connections[slot].generation != generation { return true }
            reception = handle(slot, head, bytes)
        }
        switch reception {
        case .answer(let answer):
            connections[slot].work = Connection.noWork
            connections[slot].phase = .head
            connections[slot].isBehind = answer.isCostly
            promise(slot, .answer(answer), isLast: isLastAnswer(slot, head))
            connections[slot].deadline = now + Int64(limits.keepAliveTimeoutSeconds)
            return true
        case .unfinished(let work), .afterCommit(let work):
            connections[slot].work = work
        case .later:
            park(slot)
            return false
        }
        postpone(slot)
        return false
    }

    private func handle(_ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>) -> Reception {
        let (peer, work) = (connections[slot].peer, connections[slot].work)
        if work == Connection.workToBegin, !handler.mayBegin { return .later }
        var account = Int(connections[slot].account)
        defer { connections[slot].account = UInt32(clamping: account) }
        let deadline = schedule.visitEndsAt
        if work < 0 {
            return handler.take(head, bytes, from: peer, account: &account, until: deadline)
        }
        return handler.resume(
            work, head, bytes, from: peer, account: &account, until: deadline)
    }

    private func isLastAnswer(_ slot: UInt32, _ head: RequestHead) -> Bool {
        !head.keepAlive || isClosing || connections[slot].isSurplus
            || now >= connections[slot].retiresAt
    }

    /// Answers what is no request; the connection ends, as its bytes have lost their meaning.
    ///
    /// - Parameter bytes: those of the request, from its first, as far as they wait.
    private func refuse(_ slot: UInt32, _ error: RequestError, _ bytes: Span<UInt8>) {
        let answer = answerRefused(slot, bytes) { head, bytes, peer in
            handler.reject(error, of: head, bytes, from: peer)
        }
        promise(slot, .answer(answer), isLast: true)
        connections[slot].assembled.removeAll()
    }

    /// Answers a request that has not come as a whole, out of what is kept of it.
    func refuse(_ slot: UInt32, _ error: RequestError) {
        swap(&lent, &connections[slot].input)
        refuse(slot, error, lent.span)
        swap(&lent, &connections[slot].input)
    }

    /// The same, for want of room.
    func refuse(_ slot: UInt32, _ overload: Overload) {
        swap(&lent, &connections[slot].input)
        refuse(slot, overload, lent.span)
        swap(&lent, &connections[slot].input)
    }

    private func refuse(_ slot: UInt32, _ overload: Overload, _ bytes: Span<UInt8>) {
        let answer = answerRefused(slot, bytes) { head, bytes, peer in
            handler.reject(overload, of: head, bytes, from: peer)
        }
        promise(slot, .answer(answer), isLast: true)
    }

    /// Gives `body` what is known of the connection's unfinished request.
    private func answerRefused(
        _ slot: UInt32, _ bytes: Span<UInt8>,
        _ body: (RequestHead, Span<UInt8>, Peer) -> PendingAnswer
    ) -> PendingAnswer {
        if connections[slot].isForwarding, connections[slot].phase == .head { forgetClient(slot) }
        let peer = connections[slot].peer
        switch connections[slot].phase {
        case .chunked:
            // Its head has been consumed, and stands in front of what is decoded.
            swap(&assembledLent, &connections[slot].assembled)
            let answer = body(connections[slot].head, assembledLent.span, peer)
            swap(&assembledLent, &connections[slot].assembled)
            return answer
        case .body: return body(connections[slot].head, bytes, peer)
        default: return body(connections[slot].parser.unfinishedHead, bytes, peer)
        }
    }
}
