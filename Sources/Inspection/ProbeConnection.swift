// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import OpenSSL
import SystemPackage

/// A connection that waits until a deadline, with or without TLS.
struct ProbeConnection: ~Copyable {
    enum Failure: Error {
        case system(Errno)
        case tls(TLSClientError)
    }

    private let socket: Descriptor
    private let deadline: ContinuousClock.Instant
    private var client: TLSClient?

    private init(_ socket: consuming Descriptor, _ deadline: ContinuousClock.Instant) {
        self.socket = socket
        self.deadline = deadline
    }

    static func open(
        _ address: SocketAddress, for target: HealthTarget, until deadline: ContinuousClock.Instant
    ) throws(Failure) -> ProbeConnection {
        var connection = ProbeConnection(try connect(address, deadline), deadline)
        if target.isSecure { try connection.secure(target) }
        return connection
    }

    private mutating func secure(_ target: HealthTarget) throws(Failure) {
        do throws(TLSClientError) {
            client = try TLSClient.connect(
                on: socket.rawValue, to: target.host, trusting: target.trust)
        } catch {
            throw .tls(error)
        }
    }

    mutating func send(_ bytes: Span<UInt8>) throws(Failure) {
        do throws(TLSClientError) {
            if try client?.send(bytes) != nil { return }
        } catch {
            throw .tls(error)
        }
        do throws(Errno) {
            try socket.writeAll(bytes)
        } catch {
            throw .system(error)
        }
    }

    /// Receives at least one byte, or none at the end.
    mutating func receive(into chunk: inout [UInt8]) throws(Failure) -> Int {
        do throws(Errno) {
            try Self.limit(socket, SO_RCVTIMEO, deadline)
        } catch {
            throw .system(error)
        }
        return try chunk.withUnsafeMutableBufferPointer { bytes throws(Failure) in
            try receive(UnsafeMutableRawBufferPointer(bytes))
        }
    }

    private mutating func receive(
        _ bytes: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        do throws(TLSClientError) {
            if let count = try client?.receive(into: bytes) { return count }
        } catch {
            throw .tls(error)
        }
        let number = socket.rawValue
        do throws(Errno) {
            return try systemCall(.recv) { recv(number, bytes.baseAddress, bytes.count, 0) }
        } catch {
            throw .system(error)
        }
    }

    private static func connect(
        _ address: SocketAddress, _ deadline: ContinuousClock.Instant
    ) throws(Failure) -> Descriptor {
        do throws(Errno) {
            let number: Int32 = try systemCall(.socket) {
                Glibc.socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            }
            let descriptor = Descriptor(owning: number)
            try limit(descriptor, SO_SNDTIMEO, deadline)
            try limit(descriptor, SO_RCVTIMEO, deadline)
            try address.withPointer { pointer, byteCount throws(Errno) in
                _ = try systemCall(.connect) { Glibc.connect(number, pointer, byteCount) }
            }
            return descriptor
        } catch {
            throw .system(error)
        }
    }

    /// Limits the time that the next calls on the socket wait, socket(7).
    private static func limit(
        _ socket: borrowing Descriptor, _ option: Int32, _ deadline: ContinuousClock.Instant
    ) throws(Errno) {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw .timedOut }
        let (seconds, attoseconds) = left.components
        // Zero would mean no limit.
        let microseconds = max(1, Int(attoseconds / 1_000_000_000_000))
        var time = timeval(tv_sec: Int(seconds), tv_usec: microseconds)
        let number = socket.rawValue
        _ = try systemCall(.setsockopt) {
            setsockopt(number, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }
}
