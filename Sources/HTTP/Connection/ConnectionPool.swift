// SPDX-License-Identifier: Apache-2.0

import Linux
import OpenSSL
import SystemPackage

/// The connections, the epoll interest of each, and their totals.
///
/// Every part of the server reaches a connection through it, so that the end of a connection
/// removes it from every count.
final class ConnectionPool {
    let limits: Limits
    let handler: any RequestHandler
    let epoll: Epoll
    private var table: ConnectionTable
    private(set) var load: Load
    /// Called whenever a connection or a request in flight begins or ends.
    var onLoad: (Load.Counts) -> Void = { _ in }

    init(limits: Limits, handler: any RequestHandler) throws(Errno) {
        self.limits = limits
        self.handler = handler
        epoll = try Epoll()
        table = ConnectionTable(limits: limits)
        load = Load(limits: limits)
    }

    /// The connection in `slot`, which must have been claimed before.
    subscript(slot: UInt32) -> Connection {
        @inline(__always) _read { yield table[slot] }
        @inline(__always) _modify { yield &table[slot] }
    }

    /// How many slots have been used so far.
    var slotCount: Int { table.initializedCount }

    /// Whether a slot is free.
    var hasSlot: Bool { table.count < table.capacity }

    /// The slot that `token` means; nil when its connection is gone.
    @inline(__always)
    func slot(of token: EventToken) -> UInt32? { table.slot(of: token) }

    /// The token of the connection in `slot` for epoll, the queues and the turn.
    @inline(__always)
    func token(_ slot: UInt32) -> EventToken {
        EventToken(slot: slot, version: table[slot].version)
    }

    // MARK: Opening and closing

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

    /// Whether requests and answers use more memory than the limit allows.
    @inline(__always)
    var isExceeded: Bool {
        // Read first, because the load would be copied for the duration of the call.
        let held = handler.heldByteCount
        return load.isExceeded(held: held)
    }

    /// Counts the connection for its address, and returns whether that address has too many.
    func countAddress(_ slot: UInt32) -> Bool {
        guard let source = table[slot].source else { return false }
        load.add(source, for: &table[slot].part)
        return load.exceedsAddressLimit(source, table[slot].part)
    }

    /// Removes the connection from the count of its address.
    private func forgetAddress(_ slot: UInt32) {
        guard let source = table[slot].source else { return }
        load.remove(source, for: &table[slot].part)
    }

    /// The body of the connection's request is arriving.
    func beginAwaiting(_ slot: UInt32) {
        if load.beginRequest(of: &table[slot].part) { onLoad(load.counts) }
    }

    /// The body has arrived, or never will.
    @inline(__always)
    func endAwaiting(_ slot: UInt32) {
        if load.endRequest(of: &table[slot].part) { onLoad(load.counts) }
    }

    /// Stops work on the connection's request.
    @inline(__always)
    func endRequest(_ slot: UInt32) {
        endAwaiting(slot)
        guard let work = table[slot].state.work else { return }
        handler.abandon(work)
        table[slot].state.endRequest()
    }

    /// Updates the total of buffered bytes after the connection's buffers have changed.
    @inline(__always)
    func count(_ slot: UInt32) {
        load.count(table[slot].bufferedByteCount, for: &table[slot].part)
    }

    /// Releases the storage that the connection no longer needs, and counts the rest.
    @inline(__always)
    func shrink(_ slot: UInt32) {
        table[slot].shrink()
        count(slot)
    }

    // MARK: The sockets

    func setInterest(_ slot: UInt32, _ interest: Interest) {
        guard let number = table[slot].socket?.descriptor.rawValue else { return }
        // Modifying a descriptor that was added does not fail.
        try? epoll.modify(number, interest, token(slot))
    }

    /// Whether the TLS session has decrypted bytes that were not read yet, which epoll does not
    /// report.
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
            // After a `writable` event, waiting for the same event again would be in vain.
            setInterest(slot, .readable)
            return .wouldBlock
        case .closed, nil: return .closed
        }
    }
}
