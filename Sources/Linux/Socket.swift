// SPDX-License-Identifier: Apache-2.0

import CLinux
import SystemPackage

/// The result of a read from a peer.
package enum Received: Equatable, Sendable {
    case bytes(Int)
    case wouldBlock
    /// The peer has closed, or the connection is broken, which for a server is the same.
    case closed
}

/// The result of a write to a peer.
package enum Sent: Equatable, Sendable {
    case bytes(Int)
    case wouldBlock
    case closed
}

/// A non-blocking stream socket, socket(7).
package struct Socket: ~Copyable {
    package let descriptor: Descriptor

    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// The next waiting connection; nil when there is none, or when it was gone again.
    package func accept(_ peer: inout SocketAddress) throws(Errno) -> Socket? {
        let number: Int32?
        do {
            peer.byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
            number = try nonblockingSystemCall(.accept4) {
                clinux_accept4_peer(
                    descriptor.rawValue, &peer.storage, &peer.byteCount,
                    Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
            }
        } catch {
            // accept(2): errors of the new connection itself are to be treated like EAGAIN.
            if error == .connectionAbort || error == Errno(rawValue: EPROTO) { return nil }
            throw error
        }
        guard let number else { return nil }
        return Socket(Descriptor(owning: number))
    }

    /// Whether a connection waits for `accept`, as far as can be said without taking it.
    package func hasWaitingConnection() throws(Errno) -> Bool {
        var query = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        let count: Int32 = try systemCall(.poll) { SocketAPI.poll(&query, 0) }
        return count > 0
    }

    /// Sends small answers at once instead of waiting for more, tcp(7) TCP_NODELAY.
    package func disableDelay() {
        var on: Int32 = 1
        // A Unix socket has no such option and no such delay.
        _ = SocketAPI.setsockopt(
            descriptor.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &on, MemoryLayout<Int32>.size)
    }

    package func receive(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Received {
        try receive(into: buffer, flags: 0)
    }

    /// Copies the bytes that wait and leaves them in the socket.
    package func peek(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Received {
        try receive(into: buffer, flags: Int32(MSG_PEEK))
    }

    private func receive(
        into buffer: UnsafeMutableRawBufferPointer, flags: Int32
    ) throws(Errno) -> Received {
        do {
            let count = try nonblockingSystemCall(.recv) {
                SocketAPI.recv(descriptor.rawValue, buffer, flags)
            }
            guard let count else { return .wouldBlock }
            return count == 0 ? .closed : .bytes(count)
        } catch {
            if Self.meansClosed(error) { return .closed }
            throw error
        }
    }

    package func send(_ bytes: Span<UInt8>) throws(Errno) -> Sent {
        do {
            let count: Int? = try bytes.withUnsafeBytes { buffer throws(Errno) in
                try nonblockingSystemCall(.send) {
                    SocketAPI.send(descriptor.rawValue, buffer, Int32(MSG_NOSIGNAL))
                }
            }
            guard let count else { return .wouldBlock }
            return .bytes(count)
        } catch {
            if Self.meansClosed(error) { return .closed }
            throw error
        }
    }

    /// Tells the peer that nothing more will be sent; bytes that the peer still sends can be read.
    package func shutdownSending() { _ = SocketAPI.shutdown(descriptor.rawValue, SHUT_WR) }

    private static func meansClosed(_ error: Errno) -> Bool {
        switch error {
        case .connectionReset, .brokenPipe, .socketNotConnected, .timedOut, .hostIsDown,
            .noRouteToHost, .networkUnreachable, .connectionAbort:
            true
        default: false
        }
    }
}
