// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// What the kernel queues while no worker takes it.
struct QueuesConnectionsTests {
    @Test
    func `no more connections wait than the backlog`() throws {
        let environment = ["CORDWOOD_LIMITS_LISTEN_BACKLOG": "5"]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            let worker = try #require(try service.workers().first)
            try eventually("those who asked for readiness are gone") {
                try service.metrics().total("cordwood_connections") == 1
            }
            kill(worker, SIGSTOP)
            defer { kill(worker, SIGCONT) }
            let sockets = (0..<20).map { _ in beginToConnect(to: service.port) }
            defer { sockets.forEach { close($0) } }
            // listen(2): one more than the backlog waits, the others' handshakes do not end.
            try eventually("the queue is full") { try waiting(on: service.port) == 6 }
            #expect(try waiting(on: service.port) == 6)
            kill(worker, SIGCONT)
            try eventually("the queue is empty") { try waiting(on: service.port) == 0 }
            #expect(try service.post(#"{"a":1}"#).status == 200)
        }
    }

    /// A socket whose handshake, on loopback, has ended when this returns, if it will.
    private func beginToConnect(to port: UInt16) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return socket
    }

    /// How many connections wait to be accepted: the receive queue of a socket that listens,
    /// proc(5).
    private func waiting(on port: UInt16) throws -> Int {
        let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
        let listening = try #require(
            table.split(separator: "\n").map { $0.split(separator: " ") }.first {
                $0[1].hasSuffix(":" + String(format: "%04X", Int(port))) && $0[3] == "0A"
            })
        let queue = try #require(listening[4].split(separator: ":").last)
        return try #require(Int(queue, radix: 16))
    }
}
