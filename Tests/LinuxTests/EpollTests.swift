// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import Testing

@testable import Linux

@Suite struct EpollTests {
    @Test func `an event carries the token that its descriptor was added with`() throws {
        let epoll = try Epoll()
        let pipe = try Descriptor.pipe()
        let token = EventToken(slot: 7, version: .max)
        try epoll.add(pipe.reading.rawValue, .readable, token)
        #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
        try pipe.writing?.writeAll([1].span)
        #expect(try epoll.wait(timeoutMilliseconds: 1000) == 1)
        #expect(epoll[0].token == token)
        #expect(epoll[0].isReadable && !epoll[0].isWritable)
    }

    @Test func `a timer fires as an event`() throws {
        let epoll = try Epoll()
        let timer = try Timer(after: 1_000_000, every: 1_000_000)
        try epoll.add(timer.descriptor.rawValue, .readable, EventToken(slot: 0, version: 0))
        #expect(try epoll.wait(timeoutMilliseconds: 5000) == 1)
        #expect(try timer.expirations() >= 1)
    }

    @Test func `a listener accepts, receives and says when the peer has closed`() throws {
        let any = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let listener = try Socket.listening(on: any, backlog: 8)
        let address = try listener.localAddress()
        #expect(address.port != 0)
        var peer = SocketAddress()
        #expect(try listener.accept(&peer) == nil)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var target = address
        let connected = withUnsafeMutablePointer(to: &target.storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(client, $0, target.byteCount)
            }
        }
        #expect(connected == 0)
        guard let server = try listener.accept(&peer) else {
            Issue.record("a connection on loopback waits as soon as connect(2) returns")
            return
        }
        #expect(peer.description.hasPrefix("127.0.0.1:"))
        #expect(try server.send([UInt8]("hello".utf8).span) == .bytes(5))
        close(client)
        let received = try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            try server.receive(into: buffer)
        }
        #expect(received == .closed)
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("2001:db8::1", "[2001:db8::1]:80"),
    ])
    func `an address is written as it is read`(host: String, text: String) throws {
        #expect(try #require(SocketAddress(host: host, port: 80)).description == text)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "[::1]", "1.2.3.4.5"])
    func `a host name is rejected`(host: String) {
        #expect(SocketAddress(host: host, port: 80) == nil)
    }
}
