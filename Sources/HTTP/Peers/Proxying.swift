import Bytes
import Linux

/// Who is at the other end of a connection: by its socket, by what a trusted proxy says of the
/// connection, or by what it says of each request.
extension Server {
    /// Takes note of whose connection it is, as far as its socket says.
    func meet(_ slot: UInt32, _ source: HostAddress?) {
        guard proxies.sendHeader, proxies.trusts(source) else { return admit(slot, source) }
        connections[slot].source = source
        connections[slot].peer.address = PeerName(source)
        connections[slot].phase = .proxyHeader
        if connections[slot].isSurplus { return }
        connections[slot].deadline = now + Int64(limits.headerTimeoutSeconds)
    }

    /// From now on the connection is that of `source`, which may have too many.
    private func admit(_ slot: UInt32, _ source: HostAddress?) {
        let isProxy = proxies.trusts(source)
        connections[slot].source = source
        connections[slot].peer.address = PeerName(source)
        connections[slot].isForwarding = isProxy && proxies.field != .none
        // Behind a proxy, and on this machine, are many.
        guard limits.connectionsPerAddress > 0, !isProxy, let source else { return }
        connections[slot].isCounted = true
        addresses.add(source)
        guard exceedsAddressLimit(slot), !connections[slot].isSurplus else { return }
        connections[slot].isSurplus = true
        connections[slot].deadline = now + Int64(limits.surplusTimeoutSeconds)
    }

    /// Whether there are more connections of the same address than there may be.
    func exceedsAddressLimit(_ slot: UInt32) -> Bool {
        guard connections[slot].isCounted, let source = connections[slot].source else {
            return false
        }
        return addresses.count(of: source) > limits.connectionsPerAddress
    }

    /// Whether `source` has so many connections already that one more is not even answered.
    ///
    /// Without this, connections that are there to be refused would take the places of others.
    func isFlood(of source: HostAddress?) -> Bool {
        guard limits.connectionsPerAddress > 0, let source, !proxies.trusts(source) else {
            return false
        }
        return addresses.count(of: source)
            >= limits.connectionsPerAddress + limits.surplusConnectionsPerAddress
    }

    /// The connection counts no longer for its address.
    func forgetAddress(_ slot: UInt32) {
        guard connections[slot].isCounted, let source = connections[slot].source else { return }
        connections[slot].isCounted = false
        addresses.remove(source)
    }

    // MARK: By request

    /// Finds out for whom the proxy asks.
    func findClient(_ slot: UInt32, _ head: RequestHead, _ bytes: Span<UInt8>) {
        let client = proxies.client(of: head, bytes) ?? connections[slot].source
        connections[slot].peer.address = PeerName(client)
    }

    /// Of a request whose head is not whole only the proxy is known.
    func forgetClient(_ slot: UInt32) {
        connections[slot].peer.address = PeerName(connections[slot].source)
    }

    // MARK: By connection

    /// Reads what has come of the header of the PROXY protocol, and nothing of what is behind it:
    /// that may be TLS, which reads from the socket itself.
    func readProxyHeader(_ slot: UInt32) {
        defer { received.removeAll() }
        received.append(connections[slot].input.span)
        let known = received.count
        guard peek(slot, room: ProxyHeader.binaryByteLimit - known) else {
            // Who only looks whether a port is open says nothing.
            if known == 0 { return close(slot) }
            return refuse(slot, .truncated)
        }
        if received.count == known { return }
        let header: ProxyHeader?
        do throws(ProxyHeaderError) {
            header = try ProxyHeader.parse(received.span)
        } catch {
            return refuse(slot, error)
        }
        guard let header else {
            connections[slot].input.append(received.span.extracting(known...))
            if !discard(slot, received.count - known) { return close(slot) }
            return count(slot)
        }
        guard discard(slot, header.byteCount - known) else { return close(slot) }
        connections[slot].input = ByteBuffer()
        count(slot)
        introduce(slot, header)
    }

    /// The header is read; the client's own bytes follow.
    private func introduce(_ slot: UInt32, _ header: ProxyHeader) {
        let isSecure = connections[slot].isSecure
        connections[slot].phase = isSecure ? .handshake : .head
        if !connections[slot].isSurplus {
            let patience =
                isSecure ? limits.headerTimeoutSeconds : limits.keepAliveTimeoutSeconds
            connections[slot].deadline = now + Int64(patience)
        }
        let source = header.source ?? connections[slot].source
        if isFlood(of: source) {
            handler.didRefuse(.address, of: connections[slot].peer)
            return close(slot)
        }
        admit(slot, source)
    }

    /// What is no header, or comes too late, is not answered: who sends it speaks no HTTP yet.
    func refuse(_ slot: UInt32, _ error: ProxyHeaderError) {
        handler.didRefuse(.proxyHeader(error), of: connections[slot].peer)
        close(slot)
    }

    /// Looks at what waits in the socket, behind what is in `received`; false at the end.
    private func peek(_ slot: UInt32, room: Int) -> Bool {
        var isOpen = true
        received.appendUninitialized(capacity: room) { bytes in
            switch try? connections[slot].socket?.peek(into: bytes) {
            case .bytes(let count): return count
            case .wouldBlock: break
            case .closed, nil: isOpen = false
            }
            return 0
        }
        return isOpen
    }

    /// Takes `byteCount` bytes, which have been seen, out of the socket; false if that fails.
    private func discard(_ slot: UInt32, _ byteCount: Int) -> Bool {
        var rest = byteCount
        while rest > 0 {
            var taken = 0
            received.appendUninitialized(capacity: rest) { bytes in
                if case .bytes(let count)? = try? connections[slot].socket?.receive(into: bytes) {
                    taken = count
                }
                return taken
            }
            if taken == 0 { return false }
            rest -= taken
        }
        return true
    }
}

/// Why a connection is closed without an answer.
package enum ConnectionRefusal: Equatable, Sendable {
    /// It is a trusted proxy's and does not begin with a header of the PROXY protocol.
    case proxyHeader(ProxyHeaderError)
    /// Its address has more connections than are answered.
    case address
}
