// SPDX-License-Identifier: Apache-2.0

import Foundation
import Linux
import Testing

@testable import HTTP

@Suite struct ListenerTests {
    @Test func `a listener is shown as clients address it`() throws {
        let four = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let listener = try Listener(on: four, backlog: 8)
        #expect(listener.description == "http://127.0.0.1:\(listener.address.port)")
        let path = temporaryPath()
        let local = try Listener(on: #require(SocketAddress(path: path)), backlog: 8)
        #expect(local.description == "unix:\(path)")
        local.removeSocketFile()
    }

    @Test func `the file of a Unix socket is removed by the process that created or adopted it`()
        throws
    {
        let path = temporaryPath()
        let first = try Listener(on: #require(SocketAddress(path: path)), backlog: 8)
        let second = try Listener(adopting: Descriptor(owning: dup(first.number)))
        first.close()
        #expect(FileManager.default.fileExists(atPath: path))
        second.removeSocketFile()
        #expect(!FileManager.default.fileExists(atPath: path))
        first.removeSocketFile()
    }

    @Test func `the file of a socket that has replaced it is left alone`() throws {
        let path = temporaryPath()
        let address = try #require(SocketAddress(path: path))
        let first = try Listener(on: address, backlog: 8)
        // As long as the name is elsewhere, the number of the file is not given again.
        #expect(rename(path, path + "-old") == 0)
        let second = try Listener(on: address, backlog: 8)
        first.removeSocketFile()
        #expect(FileManager.default.fileExists(atPath: path))
        second.removeSocketFile()
        unlink(path + "-old")
    }

    @Test(arguments: [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"), (nil, "unix")])
    func `a peer has a name`(host: String?, name: String) throws {
        let address =
            host.map { SocketAddress(host: $0, port: 1) } ?? SocketAddress(path: "/tmp/s")
        let peer = PeerName(HostAddress(try #require(address)))
        let bytes = (0..<peer.span.count).map { peer.span[$0] }
        #expect(bytes == Array(name.utf8))
    }

    private func temporaryPath() -> String { "/tmp/cordwood-\(UUID().uuidString.prefix(8)).sock" }
}
