// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Linux
import Testing

@testable import HTTP

struct ServerTests {
    @Test
    func `its connections are counted at once`() throws {
        let server = try RunningServer()
        let client = try server.connect()
        try server.eventually("a connection") { $0.counts == Load.Counts(connections: 1) }
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
        try server.eventually("a request in flight") {
            $0.counts == Load.Counts(connections: 1, requestsInFlight: 1)
        }
        client.send("bc")
        #expect(client.answer().hasPrefix("HTTP/1.1 200"))
        try server.eventually("none") {
            $0.counts == Load.Counts(connections: 1) && $0.requestCount == 1
        }
        client.close()
        try server.eventually("no connection") {
            $0.counts == Load.Counts() && $0.bufferedByteCount == $0.freeByteCount
        }
        try server.end()
    }

    @Test
    func `once the end is announced every answer is the last of its connection`() throws {
        let server = try RunningServer()
        let earlier = try server.connect()
        earlier.send(RunningServer.request)
        #expect(!earlier.answer().contains("Connection: close"))
        try server.perform { $0.announceClose() }
        let later = try server.connect()
        for client in [earlier, later] {
            client.send(RunningServer.request)
            #expect(client.answer().contains("Connection: close"))
        }
        try server.end()
    }

    @Test
    func `connections that come together end apart, by a tenth of their age`() throws {
        let server = try RunningServer()
        let clients = try (0..<21).map { _ in try server.connect() }
        try server.eventually("all") { $0.counts.connections == clients.count }
        nonisolated(unsafe) var ages: [Int64] = []
        try server.perform { server in
            let patience = Int64(server.pool.limits.keepAliveTimeoutSeconds)
            ages = (0..<UInt32(clients.count)).map { slot in
                let cameAt = server.pool[slot].deadline - patience
                return server.pool[slot].retiresAt - cameAt
            }
        }
        let age = Int64(Limits().connectionAgeSeconds)
        #expect(ages.min() == age - age / 10 && ages.max() == age + age / 10)
        #expect(Set(ages).count == clients.count)
        try server.end()
    }

    @Test
    func `a drain accepts connections for its given time`() throws {
        let server = try RunningServer()
        // The end does not come before its time although nobody is there.
        try server.perform { $0.drain(acceptingForMilliseconds: 1500) }
        let client = try server.connect()
        client.send(RunningServer.request)
        #expect(client.answer().contains("Connection: close"))
        client.close()
        try server.waitForEnd()
        #expect(throws: (any Error).self) { try server.connect() }
    }

    @Test
    func `a drain accepts waiting connections and does not wait for silent ones`() throws {
        let server = try RunningServer()
        let (fresh, idle) = (try server.connect(), try server.connect())
        idle.send(RunningServer.request)
        #expect(!idle.answer().contains("Connection: close"))
        try server.eventually("both") { $0.counts.connections == 2 }
        try server.perform { $0.drain() }
        // Far from the drain's timeout, which would reset them.
        try server.waitForEnd()
        #expect(fresh.answer().isEmpty && idle.answer().isEmpty)
    }

    @Test
    func `a server above its share leaves connections to others, but not for ever`() throws {
        let server = try RunningServer()
        nonisolated(unsafe) var mayAccept = true
        try server.perform { $0.mayAccept = { mayAccept } }
        try server.perform { _ in mayAccept = false }
        // The first is taken, as the kernel has told this server of it, and maybe nobody else.
        let first = try server.connect()
        first.send(RunningServer.request)
        #expect(first.answer().hasPrefix("HTTP/1.1 200"))
        try server.eventually("not open") { $0.acceptor.acceptance.state == .watching }
        let second = try server.connect()
        second.send(RunningServer.request)
        #expect(second.answer().hasPrefix("HTTP/1.1 200"))
        try server.perform { _ in mayAccept = true }
        let third = try server.connect()
        third.send(RunningServer.request)
        #expect(third.answer().hasPrefix("HTTP/1.1 200"))
        try server.eventually("open") { $0.acceptor.acceptance.state == .open }
        try server.end()
    }
}

extension Server {
    fileprivate var counts: Load.Counts { pool.load.counts }

    /// What slots that are free keep of their buffers.
    fileprivate var freeByteCount: Int {
        (0..<UInt32(pool.slotCount)).reduce(0) {
            $0 + (pool[$1].state.phase == .free ? pool[$1].bufferedByteCount : 0)
        }
    }
}
