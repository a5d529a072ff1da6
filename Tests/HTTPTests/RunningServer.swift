// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Glibc
import Linux
import SystemPackage
import Testing

@testable import HTTP

/// A server in a thread of its own, which does what the test wants done between two turns.
final class RunningServer: @unchecked Sendable {
    static let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"

    // Touched by the server's thread alone.
    private let server: Server
    private let timer: Linux.Timer
    private var nextTick = 0

    private let lock = NSLock()
    private var work: [(Server) -> Void] = []
    private var isEnded = false
    private let port: UInt16

    init(handler: any RequestHandler = EchoHandler(), limits: Limits = Limits()) throws {
        var limits = limits
        limits.drainTimeoutSeconds = 60
        server = try Server(limits: limits, handler: handler)
        let address = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let listener = try Listener(on: address, backlog: 16)
        port = UInt16(listener.address.description.split(separator: ":").last ?? "") ?? 0
        server.listen(on: listener)
        timer = try Linux.Timer(after: 1_000_000, every: 5_000_000)
        try server.watch(timer.descriptor.rawValue) { [unowned self] () throws(Errno) in
            _ = try timer.expirations()
            nextTick += 1
            if nextTick % 20 == 0 { server.tick() }
            for item in lock.withLock({ take() }) { item(server) }
        }
        Thread { [self] in
            try? server.run()
            lock.withLock { isEnded = true }
        }.start()
    }

    private func take() -> [(Server) -> Void] {
        defer { work = [] }
        return work
    }

    /// Has `body` done by the server's thread, and waits for it.
    func perform(_ body: @escaping (Server) -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        lock.withLock {
            work.append {
                body($0)
                done.signal()
            }
        }
        guard done.wait(timeout: .now() + 30) == .success else { throw Late(what: "the loop") }
    }

    /// Looks again and again until `condition` is true.
    func eventually(_ what: String, _ condition: @escaping (Server) -> Bool) throws {
        try wait(what) {
            nonisolated(unsafe) var isTrue = false
            try perform { isTrue = condition($0) }
            return isTrue
        }
    }

    func waitForEnd() throws {
        try wait("the end of the server") { lock.withLock { isEnded } }
    }

    func end() throws {
        try perform { $0.stop() }
        try waitForEnd()
    }

    struct Late: Error {
        let what: String
    }

    private func wait(_ what: String, _ condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 30)
        while try !condition() {
            if Date() > deadline { throw Late(what: what) }
            usleep(2000)
        }
    }

    func connect() throws -> Client { try Client(port: port) }

    /// A client's socket.
    final class Client {
        private let socket: Int32
        private var isOpen = true

        init(port: UInt16) throws {
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            var timeout = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(
                socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            if result != 0 {
                close()
                throw Errno(rawValue: errno)
            }
        }

        deinit { close() }

        func close() {
            if isOpen { Glibc.close(socket) }
            isOpen = false
        }

        /// Ends the connection at once, in both directions.
        func reset() {
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                socket, SOL_SOCKET, SO_LINGER, &linger,
                socklen_t(MemoryLayout<Glibc.linger>.size))
            close()
        }

        func send(_ text: String) {
            _ = text.utf8.withContiguousStorageIfAvailable {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }

        /// What one receive brings, which is an answer or, at the end, nothing.
        func answer() -> String {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(socket, &buffer, buffer.count, 0)
            return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        }
    }
}

/// Answers every request with 200.
final class EchoHandler: RequestHandler {
    var isFull: Bool { false }
    private var encoder = ResponseEncoder()

    func decide(
        _ head: inout RequestHead, _ bytes: Span<UInt8>, from peer: Peer, overload: Overload?
    ) -> PendingAnswer? { nil }

    func take(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer, account: inout Int,
        until deadline: Int64
    ) -> Reception { .answer(PendingAnswer(index: 0)) }

    func reject(
        _ error: RequestError, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer { PendingAnswer(index: 0) }

    func reject(
        _ overload: Overload, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer { PendingAnswer(index: 0) }

    func commit() { encoder.setTime(epochSeconds: 0) }

    func answer(_ answer: PendingAnswer, isLast: Bool, into output: inout ByteBuffer) {
        let none = [UInt8]()
        encoder.encode(
            .ok, contentType: "", requestID: none.span, close: isLast,
            headers: ResponseHeaders(), body: none.span, isHead: false, into: &output)
    }

    func endTurn() {}
    func tick() {}
}
