// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import Testing

@testable import Linux

@Suite struct ListeningSocketTests {
    @Test(arguments: [0o600, 0o660, 0o666] as [mode_t])
    func `a Unix socket has its permissions and accepts connections`(mode: mode_t) throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/s"
        let address = try #require(SocketAddress(path: path))
        let listener = try Socket.listening(on: address, backlog: 8, mode: mode)
        #expect(try FileStatus(at: path)?.mode == S_IFSOCK | mode)
        #expect(try listener.localAddress().description == "unix:\(path)")
        let client = try connected(to: address)
        try exchange(client, with: listener)
    }

    @Test func `the file of an unused Unix socket is replaced`() throws {
        let place = try TemporaryDirectory()
        let address = try #require(SocketAddress(path: place.path + "/s"))
        do { _ = try Socket.listening(on: address, backlog: 8) }
        #expect(try FileStatus(at: place.path + "/s")?.isSocket == true)
        let listener = try Socket.listening(on: address, backlog: 8)
        try exchange(connected(to: address), with: listener)
    }

    @Test func `a Unix socket in use is left alone`() throws {
        let place = try TemporaryDirectory()
        let address = try #require(SocketAddress(path: place.path + "/s"))
        let listener = try Socket.listening(on: address, backlog: 0)
        #expect(throws: Errno.addressInUse) {
            _ = try Socket.listening(on: address, backlog: 8)
        }
        // Also when its queue is full.
        #expect(throws: Errno.addressInUse) {
            _ = try Socket.listening(on: address, backlog: 8)
        }
        var peer = SocketAddress()
        #expect(try listener.accept(&peer) != nil)
        try exchange(connected(to: address), with: listener)
    }

    @Test func `a file that is not a socket is never removed`() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/s"
        let address = try #require(SocketAddress(path: path))
        try Descriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll([1, 2].span)
        #expect(throws: Errno.fileExists) { _ = try Socket.listening(on: address, backlog: 8) }
        #expect(try FileStatus(at: path)?.byteCount == 2)
        unlink(path)
        symlink("/nowhere", path)
        #expect(throws: Errno.fileExists) { _ = try Socket.listening(on: address, backlog: 8) }
        #expect(try FileStatus(at: path) != nil)
    }

    @Test(arguments: [(0, false), (1, true), (107, true), (108, false)])
    func `the path of a Unix socket has at most 107 bytes`(count: Int, isAllowed: Bool) {
        let path = String(repeating: "x", count: count)
        let address = SocketAddress(path: path)
        #expect((address != nil) == isAllowed)
        if isAllowed { #expect(address?.path == path) }
    }

    @Test(.enabled(if: hasIPv6, "needs IPv6"))
    func `one socket serves IPv6 and IPv4`() throws {
        let listener = try Socket.listening(
            on: SocketAddress(everyAddressWithPort: 0), backlog: 8)
        let address = try listener.localAddress()
        #expect(address.description == "*:\(address.port)")
        for host in ["127.0.0.1", "::1"] {
            let target = try #require(SocketAddress(host: host, port: address.port))
            try exchange(connected(to: target), with: listener)
        }
    }

    @Test(.enabled(if: hasIPv6, "needs IPv6"))
    func `every IPv6 address is not every IPv4 address`() throws {
        let any = try #require(SocketAddress(host: "::", port: 0))
        let listener = try Socket.listening(on: any, backlog: 8)
        let port = try listener.localAddress().port
        #expect(try listener.localAddress().description == "[::]:\(port)")
        let four = try #require(SocketAddress(host: "127.0.0.1", port: port))
        #expect(throws: Errno.connectionRefused) { _ = try connected(to: four) }
    }

    @Test func `a listening socket of another program is adopted unchanged`() throws {
        let any = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let number: Int32
        do {
            let made = try Socket.listening(on: any, backlog: 8)
            try made.refuseNewConnections()
            number = dup(made.descriptor.rawValue)
        }
        #expect(fcntl(number, F_SETFL, 0) == 0 && fcntl(number, F_GETFD) == 0)
        let listener = try Socket.adopting(Descriptor(owning: number))
        #expect(fcntl(number, F_GETFL) & O_NONBLOCK != 0 && fcntl(number, F_GETFD) == FD_CLOEXEC)
        try exchange(connected(to: listener.localAddress()), with: listener)
    }

    @Test func `a socket that does not listen is not adopted`() throws {
        #expect(throws: Errno.notSocket) {
            _ = try Socket.adopting(Descriptor.open("/dev/null", O_RDONLY))
        }
        for type in [SOCK_STREAM, SOCK_DGRAM] {
            let number = socket(AF_INET, Int32(type.rawValue), 0)
            #expect(throws: Errno.invalidArgument) {
                _ = try Socket.adopting(Descriptor(owning: number))
            }
        }
    }

    /// The host, or nil for a Unix socket.
    @Test(arguments: ["127.0.0.1", "::1", nil])
    func `a listener that stops accepting serves waiting and open connections`(host: String?) throws
    {
        guard host != "::1" || hasIPv6 else { return }
        let place = try TemporaryDirectory()
        let any =
            host.map { SocketAddress(host: $0, port: 0) } ?? SocketAddress(path: place.path + "/s")
        let listener = try Socket.listening(on: #require(any), backlog: 8)
        let address = try listener.localAddress()
        let early = try connected(to: address)
        let waiting = try connected(to: address)
        var peer = SocketAddress()
        let accepted = try listener.accept(&peer)
        try listener.refuseNewConnections()
        let expected: Errno = host == nil ? .connectionRefused : .nowInProgress
        #expect(throws: expected) {
            // Half a second is a hundred times what a handshake takes here.
            _ = try connected(to: address, within: timeval(tv_sec: 0, tv_usec: 500_000))
        }
        try exchange(waiting, with: listener)
        guard let accepted else {
            Issue.record("a connection waits as soon as connect(2) returns")
            return
        }
        try converse(early, with: accepted)
    }
}

/// Whether `::1` is an address here.
private let hasIPv6: Bool = {
    guard let any = SocketAddress(host: "::1", port: 0) else { return false }
    do { _ = try Socket.listening(on: any, backlog: 1) } catch { return false }
    return true
}()

/// A client's blocking socket.
private func connected(
    to address: SocketAddress, within time: timeval = timeval(tv_sec: 15, tv_usec: 0)
) throws -> Descriptor {
    let client = Descriptor(
        owning: socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    var time = time
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
        _ = setsockopt(
            client.rawValue, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
    let result = try address.withPointer { pointer, byteCount throws(Errno) in
        connect(client.rawValue, pointer, byteCount)
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
    return client
}

/// Accepts `client` and has both sides say something.
private func exchange(
    _ client: borrowing Descriptor, with listener: borrowing Socket
) throws {
    var peer = SocketAddress()
    guard let server = try listener.accept(&peer) else {
        Issue.record("a connection waits as soon as connect(2) returns")
        return
    }
    try converse(client, with: server)
}

private func converse(_ client: borrowing Descriptor, with server: borrowing Socket) throws {
    try client.writeAll([UInt8](repeating: 1, count: 100).span)
    let epoll = try Epoll()
    try epoll.add(server.descriptor.rawValue, .readable, EventToken(slot: 0, version: 0))
    #expect(try epoll.wait(timeoutMilliseconds: 15_000) == 1)
    let received = try withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
        try server.receive(into: buffer)
    }
    #expect(received == .bytes(100))
    #expect(try server.send([UInt8](repeating: 2, count: 50).span) == .bytes(50))
    let count = try withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
        try client.read(into: buffer)
    }
    #expect(count == 50)
}
