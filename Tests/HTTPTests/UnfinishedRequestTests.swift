// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Linux
import Testing

@testable import HTTP

/// Requests that take longer than one visit.
struct UnfinishedRequestTests {
    private static let slow = "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    private static let chunked =
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    private static let quick = "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"

    @Test(arguments: [slow, chunked])
    func `others are served while a request continues, and its successors wait`(request: String)
        throws
    {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        let (long, short) = (try server.connect(), try server.connect())
        long.send(request + Self.quick + Self.quick)
        try server.eventually("it is begun") { _ in handler.visitCount > 0 }
        for _ in 0..<50 {
            short.send(Self.quick)
            #expect(short.answer().hasPrefix("HTTP/1.1 200"))
        }
        try server.perform { _ in
            #expect(handler.received == ["/slow"] + Array(repeating: "/quick", count: 50))
            handler.isHeldUp = false
        }
        var answers = ""
        while answers.components(separatedBy: "HTTP/1.1 200").count < 4 {
            let more = long.answer()
            if more.isEmpty { break }
            answers += more
        }
        #expect(answers.components(separatedBy: "HTTP/1.1 200").count == 4)
        try server.perform { _ in
            #expect(handler.received.count == 53)
            #expect(handler.bodies.suffix(3) == ["abc", "x", "x"])
        }
        try server.end()
    }

    @Test
    func `a long request that is read in many visits sees the same bytes in each`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        let client = try server.connect()
        let body = String(repeating: "0123456789", count: 10_000)
        client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
        client.send(body)
        try server.eventually("it is begun") { _ in handler.visitCount > 20 }
        // More comes behind it meanwhile.
        for _ in 0..<20 { client.send(Self.quick) }
        let visits = handler.visitCount
        try server.eventually("it goes on") { _ in handler.visitCount > visits + 20 }
        try server.perform { _ in handler.isHeldUp = false }
        #expect(client.answer().hasPrefix("HTTP/1.1 200"))
        try server.eventually("all are read") { _ in handler.bodies.count == 21 }
        try server.perform { _ in #expect(Set(handler.bodies) == [body, "x"]) }
        try server.end()
    }

    @Test
    func `no other connection is served between the head and the body of one request`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        let (long, short) = (try server.connect(), try server.connect())
        long.send(Self.slow)
        try server.eventually("it is begun") { _ in handler.visitCount > 0 }
        // Longer than a visit.
        try server.perform { _ in handler.headNanoseconds = 2_000_000 }
        for _ in 0..<10 {
            short.send(Self.quick)
            #expect(short.answer().hasPrefix("HTTP/1.1 200"))
            try server.perform { _ in #expect(handler.visitsBetween == 0) }
        }
        try server.end()
    }

    @Test
    func `a connection with a costly answer goes after those without`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        let (asker, sender) = (try server.connect(), try server.connect())
        let costly = "POST /costly HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
        asker.send(costly)
        #expect(asker.answer().hasPrefix("HTTP/1.1 200"))
        try server.perform { _ in
            // Both are there when the next turn begins, in this order.
            asker.send(costly)
            sender.send(Self.quick)
        }
        #expect(asker.answer().hasPrefix("HTTP/1.1 200"))
        #expect(sender.answer().hasPrefix("HTTP/1.1 200"))
        try server.perform { _ in
            #expect(handler.received.suffix(2) == ["/quick", "/costly"])
        }
        try server.end()
    }

    @Test
    func `the requests of a closed connection are abandoned`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        let (client, other) = (try server.connect(), try server.connect())
        client.send(Self.slow)
        try server.eventually("it is begun") { _ in handler.visitCount > 0 }
        client.reset()
        try server.eventually("it is gone") { $0.pool.load.counts.connections == 1 }
        try server.perform { _ in #expect(handler.abandoned == [7]) }
        other.send(Self.quick)
        #expect(other.answer().hasPrefix("HTTP/1.1 200"))
        try server.perform { _ in #expect(!handler.bodies.contains("abc")) }
        try server.end()
    }

    @Test
    func `a drain waits for it, and no timeout ends it`() throws {
        let handler = SlowHandler()
        var limits = Limits()
        limits.bodyTimeoutSeconds = 0
        limits.keepAliveTimeoutSeconds = 1
        let server = try RunningServer(handler: handler, limits: limits)
        let client = try server.connect()
        client.send(Self.slow)
        try server.eventually("it is begun") { _ in handler.visitCount > 0 }
        try server.perform { $0.drain() }
        nonisolated(unsafe) var ticks = 0
        let start = Clock.monotonicNanoseconds()
        try server.eventually("three seconds are over") { _ in
            ticks += 1
            return Clock.monotonicNanoseconds() - start > 3_000_000_000
        }
        try server.perform { _ in handler.isHeldUp = false }
        let answer = client.answer()
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("Connection: close"))
        client.close()
        try server.waitForEnd()
    }

    @Test
    func `a request that cannot begin yet is received again`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        try server.perform { _ in handler.isBusy = true }
        let (client, other) = (try server.connect(), try server.connect())
        client.send(Self.slow)
        try server.eventually("it waits") { _ in handler.received.count > 5 }
        other.send(Self.quick)
        #expect(other.answer().hasPrefix("HTTP/1.1 200"))
        try server.perform { _ in
            handler.isBusy = false
            handler.isHeldUp = false
        }
        #expect(client.answer().hasPrefix("HTTP/1.1 200"))
        try server.end()
    }

    @Test
    func `postponed requests begin oldest first, as soon as there is a place`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        try server.perform { _ in
            handler.isBusy = true
            handler.mayBegin = false
        }
        let clients = try (0..<4).map { _ in try server.connect() }
        let bodies = ["aaa", "bbb", "ccc", "ddd"]
        for (index, (client, body)) in zip(clients, bodies).enumerated() {
            client.send(Self.slow.replacingOccurrences(of: "abc", with: body))
            try server.eventually("it is tried") { _ in handler.received.count == index + 1 }
        }
        let other = try server.connect()
        for _ in 0..<50 {
            other.send(Self.quick)
            #expect(other.answer().hasPrefix("HTTP/1.1 200"))
        }
        try server.perform { _ in
            #expect(handler.received.filter { $0 == "/slow" }.count == 4)
            handler.bodies = []
            handler.isBusy = false
            handler.isHeldUp = false
            handler.mayBegin = true
        }
        for client in clients { #expect(client.answer().hasPrefix("HTTP/1.1 200")) }
        try server.perform { _ in
            #expect(handler.bodies == bodies)
            #expect(handler.received.filter { $0 == "/slow" }.count == 8)
        }
        try server.end()
    }

    @Test
    func `a request that waits for a commit continues right after it`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        try server.perform { _ in handler.wantsCommit = true }
        let client = try server.connect()
        client.send(Self.quick + Self.slow + Self.quick)
        try server.eventually("it is begun") { _ in handler.visitCount > 0 }
        try server.perform { _ in handler.isHeldUp = false }
        try server.eventually("all is answered") { $0.requestCount == 3 }
        try server.perform { _ in
            #expect(handler.bodies == ["x", "abc", "x"] && !handler.wantsCommit)
        }
        try server.end()
    }

    @Test
    func `the handler gets the clock even within a long turn`() throws {
        let handler = SlowHandler()
        let server = try RunningServer(handler: handler)
        try server.perform { _ in handler.quickNanoseconds = 200_000_000 }
        let client = try server.connect()
        client.send(String(repeating: Self.quick, count: 20))
        try server.eventually("all is answered") { $0.requestCount == 20 }
        try server.perform { _ in #expect(handler.seconds.count >= 3) }
        try server.end()
    }
}

/// Answers `/quick` at once and goes on with `/slow` until it is not held up any more.
final class SlowHandler: RequestHandler {
    var isHeldUp = true
    var isBusy = false
    var mayBegin = true
    var wantsCommit = false
    var quickNanoseconds: Int64 = 0
    var headNanoseconds: Int64 = 0
    private var visitsAtHead = 0
    /// Visits of others between the last request's head and its body.
    var visitsBetween = 0
    var visitCount = 0
    var received: [String] = []
    var bodies: [String] = []
    var abandoned: [Int32] = []
    var seconds: Set<Int64> = []
    private let echo = EchoHandler()

    var isFull: Bool { false }

    func decide(
        _ head: inout RequestHead, _ bytes: Span<UInt8>, from peer: Peer, overload: Overload?
    ) -> PendingAnswer? {
        visitsAtHead = visitCount
        wait(headNanoseconds)
        return nil
    }

    private func wait(_ nanoseconds: Int64) {
        let start = Clock.monotonicNanoseconds()
        while Clock.monotonicNanoseconds() - start < nanoseconds {}
    }

    func take(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer, account: inout Int,
        until deadline: Int64
    ) -> Reception {
        let path = Self.text(bytes.extracting(head.path))
        received.append(path)
        visitsBetween = visitCount - visitsAtHead
        if path == "/costly" { return end(head, bytes, isCostly: true) }
        if path == "/quick" {
            wait(quickNanoseconds)
            return end(head, bytes)
        }
        if isBusy { return .later }
        return resume(7, head, bytes, from: peer, account: &account, until: deadline)
    }

    func resume(
        _ work: Int32, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer,
        account: inout Int, until deadline: Int64
    ) -> Reception {
        visitCount += 1
        if isHeldUp {
            // As long as a visit is, that it does not count as one who has used little.
            while Clock.monotonicNanoseconds() < deadline {}
            return .unfinished(7)
        }
        if wantsCommit {
            wantsCommit = false
            return .afterCommit(7)
        }
        return end(head, bytes)
    }

    private func end(
        _ head: RequestHead, _ bytes: Span<UInt8>, isCostly: Bool = false
    ) -> Reception {
        bodies.append(Self.text(bytes.extracting(head.byteCount...)))
        return .answer(PendingAnswer(index: 0, isCostly: isCostly))
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    func abandon(_ work: Int32) { abandoned.append(work) }

    func didReach(second: Int64) { seconds.insert(second) }

    func reject(
        _ error: RequestError, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer { PendingAnswer(index: 0) }

    func reject(
        _ overload: Overload, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer { PendingAnswer(index: 0) }

    func commit() { echo.commit() }

    func answer(_ answer: PendingAnswer, isLast: Bool, into output: inout ByteBuffer) {
        echo.answer(answer, isLast: isLast, into: &output)
    }

    func endTurn() {}
    func tick() {}
}
