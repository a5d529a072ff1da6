// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// Where a service says how it is doing, as systemd has it: AF_UNIX, datagrams.
final class NotifySocket {
    /// What the service is told in `NOTIFY_SOCKET`.
    let name: String
    private let socket: Int32
    /// All that has come so far, each a dictionary of its assignments.
    private(set) var messages: [[String: String]] = []

    /// - Parameter name: a path, or an abstract name after `@`.
    init(_ name: String) throws {
        self.name = name
        let kind = SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        socket = Glibc.socket(AF_UNIX, Int32(kind), 0)
        let address = sockaddr_un(name)
        let byteCount = MemoryLayout<sa_family_t>.size + name.utf8.count
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(byteCount))
            }
        }
        guard result == 0 else { throw Connection.Failure(operation: "bind", errno: errno) }
    }

    deinit { close(socket) }

    /// Takes what has come.
    func read() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(socket, &buffer, buffer.count, 0), count >= 0 {
            let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
            let pairs = lines.map { line in
                let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts.count > 1 ? parts[1] : "")
            }
            messages.append(Dictionary(pairs) { $1 })
        }
    }

    /// What has come, but for signs of life.
    var states: [[String: String]] {
        read()
        return messages.filter { $0["WATCHDOG"] == nil }
    }

    /// The message with the number `index` that is no sign of life, once it has come.
    func state(_ index: Int) throws -> [String: String] {
        try eventually("notification \(index)") { states.count > index ? states[index] : nil }
    }

    /// How many signs of life have come.
    var signsOfLife: Int {
        read()
        return messages.count { $0["WATCHDOG"] == "1" }
    }
}
