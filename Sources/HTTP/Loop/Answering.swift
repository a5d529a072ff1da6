import Bytes
import Linux
import SystemPackage

/// Something to be sent at the end of the turn.
struct TurnEntry {
    enum Content {
        /// `100 Continue`: the body is wanted (RFC 9110, 10.1.1).
        case goOn
        case answer(PendingAnswer)
    }

    var slot: UInt32
    /// Of the connection, so that nobody gets the answer of one who is gone.
    var generation: UInt32
    var content: Content
    /// Whether the connection ends with it.
    var isLast = false
}

/// From the handler's answers to the sockets.
extension Server {
    /// Promises something to the connection in `slot` at the end of the turn.
    func promise(_ slot: UInt32, _ content: TurnEntry.Content, isLast: Bool = false) {
        let generation = connections[slot].generation
        turn.append(
            TurnEntry(slot: slot, generation: generation, content: content, isLast: isLast))
        if isLast {
            endAwaiting(slot)
            endWork(slot)
            connections[slot].phase = .lingering
        }
    }

    /// Commits what the turn has brought and sends its answers, in the order of the requests.
    func finishTurn() {
        if turn.isEmpty { return }
        handler.commit()
        var index = 0
        while index < turn.count { index = answer(from: index) }
        turn.removeAll(keepingCapacity: true)
        handler.endTurn()
        // Nobody's visit has the time that this took.
        readClock()
    }

    /// Sends what the connection of the entry at `first` gets; returns where the next one's begins.
    private func answer(from first: Int) -> Int {
        let slot = turn[first].slot
        var index = first
        var isLast = false
        while index < turn.count, turn[index].slot == slot {
            switch turn[index].content {
            case .goOn: outgoing.append(ResponseEncoder.continueLine)
            case .answer(let pending):
                requestCount &+= 1
                handler.answer(pending, isLast: turn[index].isLast, into: &outgoing)
                if handler.wantsPeers { handler.didAnswer(pending, to: connections[slot].peer) }
            }
            isLast = isLast || turn[index].isLast
            index += 1
        }
        if connections[slot].generation == turn[first].generation, connections[slot].phase != .free
        {
            send(slot, isLast: isLast)
        }
        outgoing.clear(keeping: Self.keptOutgoingByteCount)
        return index
    }

    private func send(_ slot: UInt32, isLast: Bool) {
        if isLast { connections[slot].closesAfterOutput = true }
        var sent = 0
        if connections[slot].output.isEmpty {
            switch sendBytes(slot, outgoing.span) {
            case .bytes(let count): sent = count
            case .wouldBlock: break
            case .closed, nil: return close(slot)
            }
        }
        if sent < outgoing.count {
            // A peer that does not take its answers costs no more than what there is room for.
            let rest = outgoing.count - sent
            if bufferedByteCount + rest > limits.bufferedByteCount { return close(slot) }
            connections[slot].output.append(outgoing.span.extracting(sent...))
            count(slot)
            waitToWrite(slot)
        } else if isLast {
            linger(slot)
        }
    }

    @inline(__always)
    private func sendBytes(_ slot: UInt32, _ bytes: Span<UInt8>) -> Sent? {
        if connections[slot].isSecure { return sendSecurely(slot, bytes) }
        return try? connections[slot].socket?.send(bytes)
    }

    /// The socket takes more: sends what waited.
    func flush(_ slot: UInt32) {
        switch sendBytes(slot, connections[slot].output.span) {
        case .bytes(let count):
            connections[slot].output.removeFirst(count)
            connections[slot].continueTransfer(by: count, now: now, limits: limits)
        case .wouldBlock: return
        case .closed, nil: return close(slot)
        }
        guard connections[slot].output.isEmpty else { return }
        setInterest(slot, .readable)
        connections[slot].isWaitingToWrite = false
        settle(slot)
        restartDeadline(slot)
        if connections[slot].closesAfterOutput { return linger(slot) }
        let hasMore = !connections[slot].input.isEmpty || connections[slot].isWhole
        if hasMore || hasUnread(slot) { postpone(slot) }
    }

    /// Nothing was read while answers waited: time begins anew for whatever it had begun.
    private func restartDeadline(_ slot: UInt32) {
        switch connections[slot].phase {
        case .body, .chunked: connections[slot].beginTransfer(now: now, limits: limits)
        case .head where !connections[slot].input.isEmpty:
            connections[slot].deadline = now + Int64(limits.headerTimeoutSeconds)
        default: connections[slot].deadline = now + Int64(limits.keepAliveTimeoutSeconds)
        }
    }

    /// Reads nothing from a peer that does not take its answers.
    private func waitToWrite(_ slot: UInt32) {
        if connections[slot].isWaitingToWrite { return }
        connections[slot].beginTransfer(now: now, limits: limits)
        connections[slot].isWaitingToWrite = true
        setInterest(slot, .writable)
    }

    func setInterest(_ slot: UInt32, _ interest: Interest) {
        let token = EventToken(slot: slot, generation: connections[slot].generation)
        guard let number = connections[slot].socket?.descriptor.rawValue else { return }
        // A descriptor that was added can be modified.
        try? epoll.modify(number, interest, token)
    }

    /// Says that all is said, and waits a moment for the peer to close.
    func linger(_ slot: UInt32) {
        connections[slot].phase = .lingering
        if connections[slot].isSecure { connections[slot].session?.sendCloseNotify() }
        connections[slot].socket?.shutdownSending()
        connections[slot].deadline = now + Self.lingerSeconds
    }

    /// What `outgoing` keeps of its storage between connections.
    private static var keptOutgoingByteCount: Int { 1 << 20 }

    /// How long a peer may take to notice that the connection has ended.
    private static var lingerSeconds: Int64 { 2 }
}
