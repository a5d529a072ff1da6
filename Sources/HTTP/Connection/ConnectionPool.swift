import Linux
import OpenSSL
import SystemPackage

/// The connections, what epoll waits for of each, and what all of them amount to.
///
/// Every part of the server reaches a connection through it, so that a connection that ends gives
/// back all that was counted for it.
final class ConnectionPool {
    let limits: Limits
    let handler: any RequestHandler
    let epoll: Epoll
    private var table: ConnectionTable
    private(set) var load: Load
    /// Called whenever a connection or a request in flight comes or goes.
    var onLoad: (Load.Counts) -> Void = { _ in }

    init(limits: Limits, handler: any RequestHandler) throws(Errno) {
        self.limits = limits
        self.handler = handler
        epoll = try Epoll()
        table = ConnectionTable(limits: limits)
        load = Load(limits: limits)
    }

    /// The connection in `slot`, which must have been handed out once.
    subscript(slot: UInt32) -> Connection {
        @inline(__always) _read { yield table[slot] }
        @inline(__always) _modify { yield &table[slot] }
    }

    /// How many slots have ever had a connection.
    var slotCount: Int { table.initializedCount }

    /// Whether there is a slot for one more.
    var hasSlot: Bool { table.count < table.capacity }

    /// The slot that `token` means; nil when its connection is gone.
    @inline(__always)
    func slot(of token: EventToken) -> UInt32? { table.slot(of: token) }

    /// What epoll, the queues and the turn know the connection in `slot` by.
    @inline(__always)
    func token(_ slot: UInt32) -> EventToken {
        EventToken(slot: slot, version: table[slot].version)
    }

    // MARK: Coming and going

    /// A slot for a new connection; nil when all are taken.
    func claim() -> UInt32? {
        guard let slot = table.claim() else { return nil }
        load.open()
        return slot
    }

    /// Begins to wait for the first bytes of the connection in `slot`.
    func begin(_ slot: UInt32) throws(Errno) {
        guard let number = table[slot].socket?.descriptor.rawValue else { return }
        do {
            try epoll.add(number, .readable, token(slot))
        } catch {
            close(slot)
            throw error
        }
        onLoad(load.counts)
    }

    /// Closes the connection in `slot`.
    func close(_ slot: UInt32) {
        if table[slot].isSecure { table[slot].session?.sendCloseNotify() }
        endRequest(slot)
        forgetAddress(slot)
        load.close(table[slot].part)
        table.release(slot)
        onLoad(load.counts)
    }

    // MARK: The load

    /// Whether more is kept of requests and answers than there is room for.
    @inline(__always)
    var isExceeded: Bool {
        // Asked first, because the load would be copied for the time of the call.
        let held = handler.heldByteCount
        return load.isExceeded(held: held)
    }

    /// Counts the connection for its address, and says whether there are too many of that.
    func countAddress(_ slot: UInt32) -> Bool {
        guard let source = table[slot].source else { return false }
        load.add(source, for: &table[slot].part)
        return load.exceedsAddressLimit(source, table[slot].part)
    }

    /// The connection counts no longer for its address.
    private func forgetAddress(_ slot: UInt32) {
        guard let source = table[slot].source else { return }
        load.remove(source, for: &table[slot].part)
    }

    /// The body of the connection's request is on its way.
    func beginAwaiting(_ slot: UInt32) {
        if load.beginRequest(of: &table[slot].part) { onLoad(load.counts) }
    }

    /// The body is here, or will never be.
    @inline(__always)
    func endAwaiting(_ slot: UInt32) {
        if load.endRequest(of: &table[slot].part) { onLoad(load.counts) }
    }

    /// No more is done of the connection's request.
    @inline(__always)
    func endRequest(_ slot: UInt32) {
        endAwaiting(slot)
        guard let work = table[slot].state.work else { return }
        handler.abandon(work)
        table[slot].state.endRequest()
    }

    /// Brings the sum of what is buffered up to date after the connection's buffers have changed.
    @inline(__always)
    func count(_ slot: UInt32) {
        load.count(table[slot].bufferedByteCount, for: &table[slot].part)
    }

    /// Gives back the storage that the connection no longer needs, and counts the rest.
    @inline(__always)
    func shrink(_ slot: UInt32) {
        table[slot].shrink()
        count(slot)
    }

    // MARK: The sockets

    func setInterest(_ slot: UInt32, _ interest: Interest) {
        guard let number = table[slot].socket?.descriptor.rawValue else { return }
        // A descriptor that was added can be modified.
        try? epoll.modify(number, interest, token(slot))
    }

    /// Whether the TLS session has more than was read, which epoll does not report.
    func hasUnread(_ slot: UInt32) -> Bool {
        guard table[slot].isSecure else { return false }
        let state = table[slot].state
        guard state.phase != .free, !state.isQueued, !state.isBlocked else { return false }
        return table[slot].session?.hasUnread ?? false
    }

    @inline(__always)
    func receive(_ slot: UInt32, into bytes: UnsafeMutableRawBufferPointer) -> Received {
        if table[slot].isSecure { return receiveSecurely(slot, bytes) }
        return (try? table[slot].socket?.receive(into: bytes)) ?? .closed
    }

    @inline(__always)
    func send(_ slot: UInt32, _ bytes: Span<UInt8>) -> Sent {
        if table[slot].isSecure { return sendSecurely(slot, bytes) }
        return (try? table[slot].socket?.send(bytes)) ?? .closed
    }

    private func receiveSecurely(
        _ slot: UInt32, _ bytes: UnsafeMutableRawBufferPointer
    ) -> Received {
        let result = table[slot].session?.receive(into: bytes)
        let isBlocked = result == .wantsWriting
        if isBlocked != table[slot].readsWhenWritable {
            table[slot].readsWhenWritable = isBlocked
            setInterest(slot, isBlocked ? .writable : .readable)
        }
        switch result {
        case .bytes(let count): return .bytes(count)
        case .wantsReading, .wantsWriting: return .wouldBlock
        case .closed, nil: return .closed
        }
    }

    private func sendSecurely(_ slot: UInt32, _ bytes: Span<UInt8>) -> Sent {
        switch table[slot].session?.send(bytes) {
        case .bytes(let count): return .bytes(count)
        case .wantsWriting: return .wouldBlock
        case .wantsReading:
            // Where this is the answer to `writable`, waiting for that again would be in vain.
            setInterest(slot, .readable)
            return .wouldBlock
        case .closed, nil: return .closed
        }
    }
}
