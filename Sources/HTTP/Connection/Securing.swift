import Bytes
import Linux
import OpenSSL

/// TLS between the sockets and the requests, in the same loop and without a thread.
extension Server {
    /// The connection's first bytes are to be a handshake.
    func beginHandshake(_ slot: UInt32, _ descriptor: Int32, _ context: TLSContext) {
        connections[slot].phase = .handshake
        connections[slot].isBehind = true
        connections[slot].isSecure = true
        connections[slot].session = TLSSession(context, on: descriptor)
        if !connections[slot].isSurplus {
            connections[slot].deadline = now + Int64(limits.headerTimeoutSeconds)
        }
    }

    /// Whether the session has more than was read, which the socket would not tell.
    func hasUnread(_ slot: UInt32) -> Bool {
        guard connections[slot].phase != .free, !connections[slot].isQueued,
            !connections[slot].isWaitingToWrite
        else { return false }
        return connections[slot].session?.hasUnread ?? false
    }

    func receiveSecurely(_ slot: UInt32, _ bytes: UnsafeMutableRawBufferPointer) -> Received {
        let result = connections[slot].session?.receive(into: bytes)
        let isBlocked = result == .wantsWriting
        if isBlocked != connections[slot].readsWhenWritable {
            connections[slot].readsWhenWritable = isBlocked
            setInterest(slot, isBlocked ? .writable : .readable)
        }
        switch result {
        case .bytes(let count): return .bytes(count)
        case .wantsReading, .wantsWriting: return .wouldBlock
        case .closed, nil: return .closed
        }
    }

    func sendSecurely(_ slot: UInt32, _ bytes: Span<UInt8>) -> Sent {
        switch connections[slot].session?.send(bytes) {
        case .bytes(let count): return .bytes(count)
        case .wantsWriting: return .wouldBlock
        case .wantsReading:
            // Where this is the answer to `writable`, waiting for that again would be in vain.
            setInterest(slot, .readable)
            return .wouldBlock
        case .closed, nil: return .closed
        }
    }

    func shakeHands(_ slot: UInt32) {
        switch connections[slot].session?.shakeHands() {
        case .wantsReading: setInterest(slot, .readable)
        case .wantsWriting: setInterest(slot, .writable)
        case .done: endHandshake(slot)
        case .failed(let failure): refuseHandshake(slot, failure)
        case nil: close(slot)
        }
    }

    private func endHandshake(_ slot: UInt32) {
        let isResumed = connections[slot].session?.isResumed ?? false
        connections[slot].peer.identity = connections[slot].session?.identity
        handler.didShakeHands(isResumed ? .resumed : .full, with: connections[slot].peer)
        connections[slot].phase = .head
        connections[slot].isBehind = false
        connections[slot].deadline =
            now
            + Int64(
                connections[slot].isSurplus
                    ? limits.surplusTimeoutSeconds : limits.keepAliveTimeoutSeconds)
        setInterest(slot, .readable)
        if hasUnread(slot) { read(slot) }
    }

    private func refuseHandshake(_ slot: UInt32, _ failure: TLSHandshakeFailure) {
        handler.didShakeHands(.failed(failure), with: connections[slot].peer)
        connections[slot].isSecure = false
        connections[slot].session = nil
        switch failure {
        case .plainRequest: refuse(slot, .plainRequestToTLS)
        case .abandoned: close(slot)
        // The alert is to arrive.
        case .refused: linger(slot)
        }
    }
}
