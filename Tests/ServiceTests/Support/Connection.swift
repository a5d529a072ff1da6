// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A TCP connection, or one to a Unix socket, of which every byte is the test's own.
final class Connection {
    private let socket: Int32
    private var received: [UInt8] = []
    private var isOpen = true

    struct Failure: Error, CustomStringConvertible {
        let operation: String
        let errno: Int32
        var description: String { "\(operation): \(String(cString: strerror(errno)))" }
    }

    /// - Parameter source: the address that it comes from, in digits; nil: the system's choice.
    convenience init(
        port: UInt16, host: UInt32 = INADDR_LOOPBACK, from source: String? = nil
    ) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        let local = source.map { digits in
            var local = sockaddr_in()
            local.sin_family = sa_family_t(AF_INET)
            local.sin_addr.s_addr = inet_addr(digits)
            return local
        }
        try self.init(AF_INET, address, from: local)
    }

    convenience init(path: String) throws { try self.init(AF_UNIX, sockaddr_un(path)) }

    /// By ::1.
    convenience init(six port: UInt16) throws {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        try self.init(AF_INET6, address)
    }

    private init<Address>(_ family: Int32, _ address: Address, from local: Address? = nil) throws {
        socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        setOption(SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: 15, tv_usec: 0))
        setOption(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: 15, tv_usec: 0))
        if let local {
            _ = withUnsafePointer(to: local) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, socklen_t(MemoryLayout<Address>.size))
                }
            }
        }
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else {
            let error = errno
            Glibc.close(socket)
            isOpen = false
            throw Failure(operation: "connect", errno: error)
        }
        setOption(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
    }

    deinit { close() }

    private func setOption<Value>(_ level: Int32, _ option: Int32, _ value: Value) {
        var value = value
        withUnsafeBytes(of: &value) {
            _ = setsockopt(socket, level, option, $0.baseAddress, socklen_t($0.count))
        }
    }

    // MARK: Sending

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(operation: "send", errno: errno) }
            sent += count
        }
    }

    /// Sends as much of it as the socket takes at once.
    func sendWhatFits(_ bytes: [UInt8]) throws {
        let count = Glibc.send(
            socket, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        guard count >= 0 || errno == EAGAIN else { throw Failure(operation: "send", errno: errno) }
    }

    /// Says that nothing more will come, and stays to hear the answer.
    func closeSending() { shutdown(socket, Int32(SHUT_WR)) }

    func close() {
        if isOpen { Glibc.close(socket) }
        isOpen = false
    }

    /// Ends with a reset, as a client does that dies with unread bytes.
    func reset() {
        setOption(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        close()
    }

    // MARK: Receiving

    /// The next answer; nil when the peer has closed in good order before any of it.
    ///
    /// - Parameter isToHead: whether the request was HEAD, whose answer has no body.
    func response(isToHead: Bool = false) throws -> Response? {
        let end = Array("\r\n\r\n".utf8)
        var searched = 0
        while true {
            while searched + end.count <= received.count {
                if received[searched..<searched + end.count].elementsEqual(end) {
                    let head = received[..<searched]
                    received.removeFirst(searched + end.count)
                    return try body(of: Response(head: head), isToHead: isToHead)
                }
                searched += 1
            }
            guard try receive() else {
                if received.isEmpty { return nil }
                throw Failure(operation: "an answer that ends in its head", errno: EPROTO)
            }
        }
    }

    private func body(of response: Response, isToHead: Bool) throws -> Response {
        var response = response
        if isToHead || response.status < 200 || response.status == 204 { return response }
        let count = response.header("content-length").flatMap { Int($0) } ?? 0
        while received.count < count {
            guard try receive() else {
                throw Failure(operation: "an answer that ends in its body", errno: EPROTO)
            }
        }
        response.body = Array(received[..<count])
        received.removeFirst(count)
        return response
    }

    /// Whether the peer has ended the connection, in good order or not, with nothing more to say.
    func hasEnded() throws -> Bool {
        do {
            return try received.isEmpty && !receive()
        } catch let failure as Failure where failure.errno == ECONNRESET {
            return true
        }
    }

    /// Waits for the end, whatever comes before it.
    func waitForEnd() throws {
        do {
            while try receive() {}
        } catch let failure as Failure where failure.errno == ECONNRESET {}
    }

    /// Waits for more; false at the end.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failure(operation: "recv", errno: errno) }
        received.append(contentsOf: buffer[..<count])
        return count > 0
    }
}

extension sockaddr_un {
    /// Of a path, or of an abstract name after `@`.
    init(_ name: String) {
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8.prefix(MemoryLayout.size(ofValue: sun_path) - 1))
        withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
        if name.hasPrefix("@") { sun_path.0 = 0 }
    }
}
