// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A client that is slow costs the others no time and the service no more memory than it is given.
struct BearsSlowClientsTests {
    @Test
    func `clients that never read their answers`() throws {
        let room = ["CORDWOOD_LIMITS_BUFFERED_BYTES": "8MiB", "CORDWOOD_LIMITS_BODY_BYTES": "1MiB"]
        try Self.run(room) { service in
            let before = try service.workerMemory()
            // Long answers to short requests, until both sockets are full. Those for whom there is
            // no room are closed.
            let requests = Array(
                repeatElement(Request.bytes("GET", "/metrics"), count: 5000).joined())
            let slow = try (0..<400).map { _ in try service.connect() }
            for connection in slow { try? connection.sendWhatFits(requests) }
            try Self.expectToBeQuick(service)
            for connection in slow { try? connection.sendWhatFits(requests) }
            try Self.expectToBeQuick(service)
            #expect(try service.workerMemory() - before < 32 << 20)
            slow.forEach { $0.close() }
            try eventually("they are gone") {
                try service.metrics().total("cordwood_connections") == 1
            }
        }
    }

    @Test(arguments: ["Content-Length: 100\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n64\r\n"])
    func `clients that send a byte now and then`(beginning: String) throws {
        try Self.run([:]) { service in
            let before = try service.workerMemory()
            let slow = try (0..<200).map { _ in try service.connect() }
            for connection in slow {
                try connection.send("POST /logs HTTP/1.1\r\nHost: a\r\n\(beginning)")
            }
            for _ in 0..<20 {
                for connection in slow { try connection.send(" ") }
                try Self.expectToBeQuick(service)
            }
            #expect(try service.metrics().total("cordwood_requests_in_flight") == 200)
            #expect(try service.workerMemory() - before < 32 << 20)
            slow.forEach { $0.close() }
            try eventually("none is in flight") {
                try service.metrics().total("cordwood_requests_in_flight") == 0
            }
        }
    }

    @Test
    func `clients that announce much and send little`() throws {
        let room = ["CORDWOOD_LIMITS_BUFFERED_BYTES": "8MiB", "CORDWOOD_LIMITS_BODY_BYTES": "1MiB"]
        try Self.run(room) { service in
            let head = "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n"
            let slow = try (0..<300).map { _ in try service.connect() }
            for connection in slow { try connection.send("\(head)\r\n ") }
            try eventually("all are in flight") {
                try service.metrics().total("cordwood_requests_in_flight") == 300
            }
            for connection in slow { try connection.send(" ") }
            // There is room for others: what counts is what has come.
            let other = try service.connect()
            try other.send("\(head)Expect: 100-continue\r\n\r\n")
            #expect(try other.response()?.status == 100)
            try other.send(#"{"a":1}"# + String(repeating: " ", count: (1 << 20) - 7))
            #expect(try other.response()?.status == 200)
        }
    }

    @Test(.enabled(if: Program.python != nil, "needs python3"))
    func `two thousand slow clients, until they time out`() throws {
        let limits = [
            "CORDWOOD_TIMEOUTS_HEADER": "5s", "CORDWOOD_TIMEOUTS_BODY": "5s",
            "CORDWOOD_LIMITS_REQUESTS_IN_FLIGHT": "4096",
        ]
        try Self.run(limits) { service in
            let crowd = try SlowCrowd(of: 2000, on: service)
            let fast = try service.connect()
            var written = 0
            while crowd.isRunning {
                try fast.send(Request.post(#"{"a":1}"#))
                try #require(try fast.response()?.status == 200)
                written += 1
            }
            #expect(try crowd.ended() == ["408": 2000])
            #expect(try service.lines().count == written)
        }
    }

    private static func run(
        _ environment: [String: String], _ body: (RunningService) throws -> Void
    ) throws {
        try RunningService.run(["--workers", "1"], environment: environment, body)
    }

    /// Ten requests one after the other, for which the connection waits no longer than usual.
    private static func expectToBeQuick(_ service: RunningService) throws {
        let connection = try service.connect()
        for _ in 0..<10 {
            try connection.send(Request.post(#"{"a":1}"#))
            #expect(try connection.response()?.status == 200)
        }
    }
}
