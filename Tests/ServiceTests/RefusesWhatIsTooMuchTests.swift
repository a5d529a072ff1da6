// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Over a limit a request is answered 503 with Retry-After, and never hangs.
struct RefusesWhatIsTooMuchTests {
    @Test
    func `a connection too many is answered 503, unless it asks for the state of the service`()
        throws
    {
        try Self.run(["CORDWOOD_LIMITS_CONNECTIONS": "3"]) { service in
            let connections = try (0..<3).map { _ in try service.connect() }
            for connection in connections {
                try connection.send(Request.post(#"{"a":1}"#))
                #expect(try connection.response()?.status == 200)
            }
            for body in [#"{"a":2}"#, "[\(String(repeating: "2,", count: 1 << 20))2]"] {
                let surplus = try service.connect()
                try? surplus.send(Request.post(body))
                try Self.expectRefusal(surplus, "too_many_connections")
            }
            let byQuery = try service.connect()
            try byQuery.send(Request.bytes("GET", "/log?a=1"))
            try Self.expectRefusal(byQuery, "too_many_connections")
            for path in ["/livez", "/readyz", "/health", "/metrics"] {
                let answer = try service.get(path)
                #expect(answer.status == 200 && answer.closes, "\(path)")
            }
            #expect(try Self.refusals(service, "connections") == 3)
            // Those that were there go on, and one that goes makes room.
            try connections[0].send(Request.post(#"{"a":3}"#))
            let answer = try #require(try connections[0].response())
            #expect(answer.status == 200 && !answer.closes)
            connections[1].close()
            try eventually("room for another") {
                let next = try service.connect()
                try next.send(Request.post(#"{"a":4}"#))
                let answer = try next.response()
                return answer?.status == 200 && answer?.closes == false
            }
            #expect(try service.lines().contains(#"{"a":3}"#))
        }
    }

    @Test
    func `heads that come in pieces count with their size`() throws {
        let limits = [
            "CORDWOOD_LIMITS_BODY_BYTES": "1MiB", "CORDWOOD_LIMITS_BUFFERED_BYTES": "8MiB",
        ]
        try Self.run(limits) { service in
            let connections = try (0..<200).map { _ in try service.connect() }
            for connection in connections { try connection.send("POST /logs HT") }
            for connection in connections { try connection.send("T") }
            try eventually("all have begun") {
                try service.metrics().total("cordwood_connections") >= 200
            }
            let large = "[\(String(repeating: "2,", count: 300_000))2]"
            for _ in 0..<5 { #expect(try service.post(large).status == 200) }
        }
    }

    @Test
    func `connections too many that send nothing do not keep others out for long`() throws {
        try Self.run(["CORDWOOD_LIMITS_CONNECTIONS": "1"]) { service in
            let first = try service.connect()
            try first.send(Request.post(#"{"a":1}"#))
            #expect(try first.response()?.status == 200)
            // More than are accepted to be told so.
            let silent = try (0..<100).map { _ in try service.connect() }
            let late = try service.connect()
            try late.send(Request.post(#"{"a":2}"#))
            try Self.expectRefusal(late, "too_many_connections")
            for connection in silent { #expect(try connection.hasEnded()) }
            try first.send(Request.post(#"{"a":3}"#))
            #expect(try first.response()?.status == 200)
        }
    }

    @Test(arguments: ["Content-Length: 7", "Transfer-Encoding: chunked"])
    func `a request too many in flight is rejected before its body is read`(
        framing: String
    ) throws {
        try Self.run(["CORDWOOD_LIMITS_REQUESTS_IN_FLIGHT": "2"]) { service in
            let head =
                "POST /logs HTTP/1.1\r\nHost: a\r\n\(framing)\r\nExpect: 100-continue\r\n\r\n"
            let body = framing.hasSuffix("7") ? #"{"a":1}"# : "7\r\n{\"a\":1}\r\n0\r\n\r\n"
            let connections = try (0..<2).map { _ in try service.connect() }
            for connection in connections {
                try connection.send(head)
                #expect(try connection.response()?.status == 100)
            }
            // Not at some later tick, but as it is.
            #expect(try service.metrics().total("cordwood_requests_in_flight") == 2)
            let surplus = try service.connect()
            try surplus.send(head)
            try Self.expectRefusal(surplus, "too_many_requests_in_flight")
            #expect(try Self.refusals(service, "requests_in_flight") == 1)
            // What is here as a whole is no burden.
            #expect(try service.post(#"{"a":2}"#).status == 200)
            connections[0].close()
            try connections[1].send(body)
            #expect(try connections[1].response()?.status == 200)
            try eventually("none is in flight") {
                try service.metrics().total("cordwood_requests_in_flight") == 0
            }
            for _ in 0..<3 {
                let next = try service.connect()
                try next.send(head)
                #expect(try next.response()?.status == 100)
                try next.send(body)
                #expect(try next.response()?.status == 200)
            }
            #expect(try service.lines().count == 5)
        }
    }

    @Test
    func `a body for which there is no room is rejected before it is read`() throws {
        try Self.run(Self.littleRoom) { service in
            let (large, surplus) = (try service.connect(), try service.connect())
            try large.send(Self.head(60 << 10))
            #expect(try large.response()?.status == 100)
            try large.send([UInt8](repeating: 0x20, count: 50 << 10))
            try eventually("the second is refused") {
                let next = try service.connect()
                try next.send(Self.head(60 << 10))
                let answer = try #require(try next.response())
                if answer.status == 503 { return true }
                next.close()
                return false
            }
            // Little fits, and so does what need not wait for the rest of its body.
            try surplus.send(Self.head(7))
            #expect(try surplus.response()?.status == 100)
            try surplus.send(#"{"a":1}"#)
            #expect(try surplus.response()?.status == 200)
            let whole = #"{"a":"\#(String(repeating: "x", count: 30_000))"}"#
            #expect(try service.post(whole).status == 200)
            // What it has waited for is there when the large one is done.
            try large.send(
                #"{"a":2}"# + String(repeating: " ", count: (10 << 10) - 7))
            #expect(try large.response()?.status == 200)
            try surplus.send(Self.head(60 << 10))
            #expect(try surplus.response()?.status == 100)
            #expect(try Self.refusals(service, "buffered_bytes") >= 1)
        }
    }

    @Test(arguments: [true, false])
    func `a body that grows beyond the room is rejected in its middle`(isChunked: Bool) throws {
        try Self.run(Self.littleRoom) { service in
            let connections = try (0..<8).map { _ in try service.connect() }
            for connection in connections {
                try connection.send(Self.head(isChunked ? nil : 60 << 10))
                #expect(try connection.response()?.status == 100)
            }
            // Together these are too much, and each alone is not; who was refused may reset.
            let spaces = String(repeating: " ", count: 20 << 10)
            for _ in 0..<2 {
                for connection in connections {
                    try? connection.send(isChunked ? "5000\r\n\(spaces)\r\n" : spaces)
                }
            }
            try eventually("a refusal") { try Self.refusals(service, "buffered_bytes") > 0 }
            connections.forEach { $0.close() }
            // Nothing of it is left.
            try eventually("a large one alone is taken") {
                let next = try service.connect()
                try next.send(Self.head(isChunked ? nil : 60 << 10))
                guard try next.response()?.status == 100 else { return false }
                let body = #"{"a":1}"# + String(repeating: " ", count: (60 << 10) - 7)
                try next.send(isChunked ? "F000\r\n\(body)\r\n0\r\n\r\n" : body)
                return try next.response()?.status == 200
            }
            #expect(try service.lines().count == 1)
        }
    }

    private static let littleRoom = [
        "CORDWOOD_LIMITS_BUFFERED_BYTES": "64KiB", "CORDWOOD_LIMITS_BODY_BYTES": "64KiB",
    ]

    private static func head(_ byteCount: Int?) -> String {
        let framing = byteCount.map { "Content-Length: \($0)" } ?? "Transfer-Encoding: chunked"
        return "POST /logs HTTP/1.1\r\nHost: a\r\n\(framing)\r\nExpect: 100-continue\r\n\r\n"
    }

    private static func run(
        _ environment: [String: String], _ body: (RunningService) throws -> Void
    ) throws {
        try RunningService.run(["--workers", "1"], environment: environment, body)
    }

    private static func expectRefusal(_ connection: Connection, _ code: String) throws {
        let answer = try #require(try connection.response())
        #expect(answer.status == 503)
        #expect(answer.header("retry-after") != nil)
        #expect(answer.closes)
        #expect(try answer.failure.code == code)
        #expect(try connection.hasEnded())
    }

    private static func refusals(_ service: RunningService, _ reason: String) throws -> Double {
        let series = #"cordwood_overload_total{reason="\#(reason)"}"#
        return try #require(try service.metrics().samples[series])
    }
}
