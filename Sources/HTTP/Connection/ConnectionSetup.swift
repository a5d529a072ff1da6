// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import OpenSSL
import SystemPackage

/// From an accepted socket to the first byte of a request: the client's address, from the socket or
/// the proxy, and the TLS handshake.
final class ConnectionSetup {
    /// The bytes of the PROXY protocol's header.
    private var received = ByteBuffer()
    private let pool: ConnectionPool
    private let clock: TurnClock
    private let reader: RequestReader
    private let outbox: Outbox
    private let proxies: Proxies

    init(
        pool: ConnectionPool, clock: TurnClock, reader: RequestReader, outbox: Outbox,
        proxies: Proxies
    ) {
        self.pool = pool
        self.clock = clock
        self.reader = reader
        self.outbox = outbox
        self.proxies = proxies
    }

    /// Begins a connection with an accepted socket.
    ///
    /// - Parameters:
    ///   - source: its address; nil for a Unix socket.
    ///   - context: the rules of its TLS; nil for plain HTTP.
    ///   - isSurplus: it is accepted only to be answered that there are too many connections.
    func open(
        _ socket: consuming Socket, _ peer: Peer, _ source: HostAddress?, _ context: TLSContext?,
        isSurplus: Bool
    ) throws(Errno) {
        if isFlood(source) {
            var peer = peer
            peer.address = PeerName(source)
            return pool.handler.didRefuse(.address, of: peer)
        }
        guard let slot = pool.claim() else { return }
        socket.disableDelay()
        let number = socket.descriptor.rawValue
        let now = clock.second
        pool[slot].socket = consume socket
        pool[slot].peer = peer
        pool[slot].share = Share()
        pool[slot].isSurplus = isSurplus
        pool[slot].deadline = now + pool[slot].firstTimeoutSeconds(limits: pool.limits)
        // A tenth of spread, so that connections that came together do not all close together.
        let age = Int64(pool.limits.connectionAgeSeconds)
        pool[slot].retiresAt = now + age + (Int64(slot) % 21 - 10) * age / 100
        var first = ConnectionState.Phase.head
        if let context {
            first = .handshake
            beginHandshake(slot, number, context)
        }
        let hasHeader = proxies.sendHeader && proxies.trusts(source)
        pool[slot].state.open(hasHeader ? .proxyHeader : first)
        if hasHeader {
            pool[slot].source = source
            pool[slot].peer.address = PeerName(source)
            extendDeadline(slot, pool.limits.headerTimeoutSeconds)
        } else {
            admit(slot, source)
        }
        try pool.begin(slot)
    }

    private func extendDeadline(_ slot: UInt32, _ seconds: Int) {
        if !pool[slot].isSurplus { pool[slot].deadline = clock.second + Int64(seconds) }
    }

    // MARK: Addresses

    /// Sets the address of the connection to `source`, which may have too many connections.
    private func admit(_ slot: UInt32, _ source: HostAddress?) {
        let isProxy = proxies.trusts(source)
        pool[slot].source = source
        pool[slot].peer.address = PeerName(source)
        pool[slot].isForwarding = isProxy && proxies.field != .none
        // Many clients share the address of a proxy, or of this machine.
        guard pool.limits.connectionsPerAddress > 0, !isProxy else { return }
        guard pool.countAddress(slot), !pool[slot].isSurplus else { return }
        pool[slot].isSurplus = true
        pool[slot].deadline = clock.second + Int64(pool.limits.surplusTimeoutSeconds)
    }

    private func isFlood(_ source: HostAddress?) -> Bool {
        guard let source, pool.load.isFlood(of: source) else { return false }
        return !proxies.trusts(source)
    }

    // MARK: The PROXY protocol

    /// Reads the header of the PROXY protocol, and nothing after it: that may be TLS, which reads
    /// from the socket itself.
    func readProxyHeader(_ slot: UInt32) {
        defer { received.removeAll() }
        received.append(pool[slot].input.span)
        let known = received.count
        guard peek(slot, room: ProxyHeader.binaryByteLimit - known) else {
            // A client that only checks whether the port is open sends nothing.
            if known == 0 { return pool.close(slot) }
            return reject(slot, .truncated)
        }
        if received.count == known { return }
        let header: ProxyHeader?
        do throws(ProxyHeaderError) {
            header = try ProxyHeader.parse(received.span)
        } catch {
            return reject(slot, error)
        }
        guard let header else {
            pool[slot].input.append(received.span.extracting(known...))
            if !discard(slot, received.count - known) { return pool.close(slot) }
            return pool.count(slot)
        }
        guard discard(slot, header.byteCount - known) else { return pool.close(slot) }
        pool[slot].input = ByteBuffer()
        pool.count(slot)
        introduce(slot, header)
    }

    /// The header is read; the client's own bytes follow.
    private func introduce(_ slot: UInt32, _ header: ProxyHeader) {
        let isSecure = pool[slot].isSecure
        pool[slot].state.endProxyHeader(isSecure: isSecure)
        let limits = pool.limits
        extendDeadline(
            slot, isSecure ? limits.headerTimeoutSeconds : limits.keepAliveTimeoutSeconds)
        let source = header.source ?? pool[slot].source
        if isFlood(source) {
            pool.handler.didRefuse(.address, of: pool[slot].peer)
            return pool.close(slot)
        }
        admit(slot, source)
    }

    /// Closes a connection whose header is invalid or late, without an answer, because its proxy
    /// does not speak HTTP yet.
    func reject(_ slot: UInt32, _ error: ProxyHeaderError) {
        pool.handler.didRefuse(.proxyHeader(error), of: pool[slot].peer)
        pool.close(slot)
    }

    /// Appends the bytes that wait in the socket to `received` without consuming them; false at the
    /// end.
    private func peek(_ slot: UInt32, room: Int) -> Bool {
        var isOpen = true
        received.appendUninitialized(capacity: room) { bytes in
            switch try? pool[slot].socket?.peek(into: bytes) {
            case .bytes(let count): return count
            case .wouldBlock: break
            case .closed, nil: isOpen = false
            }
            return 0
        }
        return isOpen
    }

    /// Consumes `byteCount` bytes of the socket, which have been peeked at; false if that fails.
    private func discard(_ slot: UInt32, _ byteCount: Int) -> Bool {
        var rest = byteCount
        while rest > 0 {
            var taken = 0
            received.appendUninitialized(capacity: rest) { bytes in
                if case .bytes(let count)? = try? pool[slot].socket?.receive(into: bytes) {
                    taken = count
                }
                return taken
            }
            if taken == 0 { return false }
            rest -= taken
        }
        return true
    }

    // MARK: TLS

    private func beginHandshake(_ slot: UInt32, _ descriptor: Int32, _ context: TLSContext) {
        pool[slot].share.isBehind = true
        pool[slot].isSecure = true
        pool[slot].session = TLSSession(context, on: descriptor)
        extendDeadline(slot, pool.limits.headerTimeoutSeconds)
    }

    /// Continues a handshake.
    func shakeHands(_ slot: UInt32) {
        switch pool[slot].session?.shakeHands() {
        case .wantsReading: pool.setInterest(slot, .readable)
        case .wantsWriting: pool.setInterest(slot, .writable)
        case .done: endHandshake(slot)
        case .failed(let failure): rejectHandshake(slot, failure)
        case nil: pool.close(slot)
        }
    }

    private func endHandshake(_ slot: UInt32) {
        let isResumed = pool[slot].session?.isResumed ?? false
        pool[slot].peer.identity = pool[slot].session?.identity
        pool.handler.didShakeHands(isResumed ? .resumed : .full, with: pool[slot].peer)
        pool[slot].state.endHandshake()
        pool[slot].share.isBehind = false
        pool[slot].deadline = clock.second + pool[slot].firstTimeoutSeconds(limits: pool.limits)
        pool.setInterest(slot, .readable)
        if pool.hasUnread(slot) { reader.read(slot) }
    }

    private func rejectHandshake(_ slot: UInt32, _ failure: TLSHandshakeFailure) {
        pool.handler.didShakeHands(.failed(failure), with: pool[slot].peer)
        pool[slot].isSecure = false
        pool[slot].session = nil
        switch failure {
        case .plainRequest: reader.reject(slot, .plainRequestToTLS)
        case .abandoned: pool.close(slot)
        // The peer should receive the alert.
        case .refused: outbox.linger(slot)
        }
    }
}

/// Why a connection is closed without an answer.
package enum ConnectionRefusal: Equatable, Sendable {
    /// It is from a trusted proxy and does not begin with a header of the PROXY protocol.
    case proxyHeader(ProxyHeaderError)
    /// Its address has more connections than the server answers.
    case address
}
