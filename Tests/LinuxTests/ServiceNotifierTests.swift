// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import Testing

@testable import Linux

/// Against a socket as systemd has one: AF_UNIX, datagrams.
@Suite struct ServiceNotifierTests {
    @Test(arguments: [false, true])
    func `every state is a datagram, to a path or an abstract name`(isAbstract: Bool) throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/notify"
        let address = isAbstract ? SocketAddress(abstractName: path) : SocketAddress(path: path)
        let socket = try receiver(#require(address))
        let notifier = ServiceNotifier { name in
            name == "NOTIFY_SOCKET" ? (isAbstract ? "@" : "") + path : nil
        }
        #expect(notifier.isActive && notifier.watchdogIntervalNanoseconds == nil)
        notifier.ready(status: "serving\nSTOPPING=1")
        #expect(next(socket) == "READY=1\nSTATUS=serving STOPPING=1")
        notifier.status("idle")
        #expect(next(socket) == "STATUS=idle")
        notifier.stopping(status: "TERM")
        #expect(next(socket) == "STOPPING=1\nSTATUS=TERM")
        notifier.watchdog()
        #expect(next(socket) == "WATCHDOG=1")
        notifier.mainProcess(7)
        #expect(next(socket) == "MAINPID=7")
        let before = Clock.monotonicNanoseconds() / 1000
        notifier.reloading(status: "HUP")
        let lines = next(socket)?.split(separator: "\n") ?? []
        #expect(lines.first == "RELOADING=1" && lines.last == "STATUS=HUP" && lines.count == 3)
        let time = try #require(lines[1].split(separator: "=").last.flatMap { Int64($0) })
        #expect(time >= before && lines[1].hasPrefix("MONOTONIC_USEC="))
        #expect(next(socket) == nil)
    }

    @Test(arguments: [nil, "", "relative", "/nowhere/at/all", "@", "vsock:2:3"])
    func `without a reachable socket nothing happens`(name: String?) {
        ServiceNotifier { $0 == "NOTIFY_SOCKET" ? name : nil }.ready(status: "serving")
    }

    @Test func `a reader that does not read is not waited for`() throws {
        let place = try TemporaryDirectory()
        let socket = try receiver(#require(SocketAddress(path: place.path + "/notify")))
        let notifier = ServiceNotifier { $0 == "NOTIFY_SOCKET" ? place.path + "/notify" : nil }
        for _ in 0..<5000 { notifier.watchdog() }
        #expect(next(socket) == "WATCHDOG=1")
    }

    @Test(
        arguments: [
            ("30000000", nil, 15_000_000_000), ("30000000", "me", 15_000_000_000),
            ("30000000", "1", nil), ("0", nil, nil), ("-1", nil, nil), ("x", nil, nil),
            ("9223372036854775807", nil, nil), (nil, nil, nil),
        ] as [(String?, String?, Int64?)])
    func `heartbeats are due at half the period, from the process that is meant`(
        period: String?, process: String?, expected: Int64?
    ) {
        let notifier = ServiceNotifier { name in
            switch name {
            case "NOTIFY_SOCKET": "/run/systemd/notify"
            case "WATCHDOG_USEC": period
            case "WATCHDOG_PID": process == "me" ? "\(getpid())" : process
            default: nil
            }
        }
        #expect(notifier.watchdogIntervalNanoseconds == expected)
    }

    private func receiver(_ address: SocketAddress) throws -> Descriptor {
        let kind = SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = Descriptor(owning: socket(AF_UNIX, Int32(kind), 0))
        let result = try address.withPointer { pointer, byteCount throws(Errno) in
            bind(descriptor.rawValue, pointer, byteCount)
        }
        try #require(result == 0)
        return descriptor
    }

    /// The next datagram; nil when there is none.
    private func next(_ socket: borrowing Descriptor) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket.rawValue, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
