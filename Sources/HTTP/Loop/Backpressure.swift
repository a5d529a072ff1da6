import Bytes
import Linux

/// How much a server has to do at the moment.
package struct Load: Equatable, Sendable {
    /// Open connections.
    package var connections = 0
    /// Requests whose bodies are on their way.
    package var requestsInFlight = 0
}

/// What is in flight and what is buffered is counted as it comes and goes, and a request for
/// which there is no room is refused while that still costs little.
extension Server {
    /// Why a request, whose head is the beginning of `bytes`, cannot be taken; nil if it can.
    ///
    /// One that is here as a whole needs no room: only the connections' limit concerns it.
    func overload(_ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>) -> Overload? {
        if connections[slot].isSurplus {
            if connections.count > limits.connections { return .connections }
            if exceedsAddressLimit(slot) { return .connectionsPerAddress }
            // Others have gone since it came.
            connections[slot].isSurplus = false
        }
        let byteCount: Int
        switch head.framing {
        case .none: return nil
        case .length(let length):
            if bytes.count - head.byteCount >= length { return nil }
            byteCount = length
        case .chunked: byteCount = 0
        }
        if load.requestsInFlight >= limits.requestsInFlight { return .requestsInFlight }
        // What is announced is no more than a stranger's word, so it is looked at and not set
        // aside: who announces much and sends nothing shall not keep others out.
        let others =
            bufferedByteCount + handler.heldByteCount - connections[slot].countedByteCount
        if others + min(byteCount, limits.bodyByteCount) > limits.bufferedByteCount {
            return .bufferedBytes
        }
        return nil
    }

    /// The connection's request is in flight from now on.
    func beginAwaiting(_ slot: UInt32) {
        guard !connections[slot].isInFlight else { return }
        connections[slot].isInFlight = true
        load.requestsInFlight += 1
        onLoad(load)
    }

    /// Its body is here, or will never be.
    @inline(__always)
    func endAwaiting(_ slot: UInt32) {
        guard connections[slot].isInFlight else { return }
        connections[slot].isInFlight = false
        load.requestsInFlight -= 1
        onLoad(load)
    }

    /// Ends the connection in `slot` without a word.
    func close(_ slot: UInt32) {
        if connections[slot].isSecure { connections[slot].session?.sendCloseNotify() }
        endAwaiting(slot)
        endWork(slot)
        forgetAddress(slot)
        bufferedByteCount -= connections[slot].countedByteCount
        connections.release(slot)
        load.connections = connections.count
        onLoad(load)
    }

    /// Brings the sum of what is buffered up to date after the connection's buffers have changed;
    /// a request that has grown beyond what there is room for is refused.
    func settle(_ slot: UInt32) {
        connections[slot].shrink()
        count(slot)
        if bufferedByteCount + handler.heldByteCount > limits.bufferedByteCount { makeRoom(slot) }
    }

    /// What was done of the connection's request is for nobody.
    @inline(__always)
    func endWork(_ slot: UInt32) {
        if connections[slot].work >= 0 { handler.abandon(connections[slot].work) }
        connections[slot].work = Connection.noWork
    }

    private func makeRoom(_ slot: UInt32) {
        // One that is whole grows no more.
        guard connections[slot].isInRequest, !connections[slot].isWhole,
            // A request that is alone is bounded by its own limits.
            connections[slot].countedByteCount < bufferedByteCount
        else { return }
        // To one that does not take its answers nothing can be said.
        if connections[slot].isWaitingToWrite { return close(slot) }
        refuse(slot, .bufferedBytes)
        connections[slot].forgetRequest()
        count(slot)
    }

    /// Brings the sum up to date.
    @inline(__always)
    func count(_ slot: UInt32) {
        let byteCount = connections[slot].bufferedByteCount
        bufferedByteCount += byteCount - connections[slot].countedByteCount
        connections[slot].countedByteCount = byteCount
    }
}
