// SPDX-License-Identifier: Apache-2.0

import Testing

/// One address does not take the places of all others.
struct BoundsConnectionsOfAnAddressTests {
    @Test func `one too many is answered 503, and other addresses are served`() throws {
        try Self.run { service in
            let held = try Self.hold(2, from: "127.0.0.2", service)
            let surplus = try service.connect(from: "127.0.0.2")
            try Self.expectRefusal(surplus)
            #expect(try Self.refusals(service) == 1)
            // Whoever is another, and who was there.
            _ = try Self.hold(2, from: "127.0.0.3", service)
            for connection in held {
                try connection.send(Request.post("{}"))
                let answer = try #require(try connection.response())
                #expect(answer.status == 200 && !answer.closes)
            }
            held[0].close()
            try eventually("room for another") {
                let next = try service.connect(from: "127.0.0.2")
                try next.send(Request.post("{}"))
                let answer = try next.response()
                return answer?.status == 200 && answer?.closes == false
            }
        }
    }

    @Test func `the state of the service can still be requested`() throws {
        try Self.run { service in
            let held = try Self.hold(2, from: "127.0.0.2", service)
            let next = try service.connect(from: "127.0.0.2")
            try next.send(Request.bytes("GET", "/livez"))
            let answer = try #require(try next.response())
            #expect(answer.status == 200 && answer.closes && held.count == 2)
        }
    }

    @Test func `of very many connections the unanswered ones are closed and counted`() throws {
        try Self.run { service in
            let held = try Self.hold(2, from: "127.0.0.2", service)
            let silent = try (0..<16).map { _ in try service.connect(from: "127.0.0.2") }
            let late = try service.connect(from: "127.0.0.2")
            #expect(try late.hasEnded())
            let series = "cordwood_connections_refused_total{reason=\"connections_per_address\"}"
            #expect(try service.metrics().samples[series] == 1)
            // They hold their places for a moment only.
            for connection in silent { #expect(try connection.hasEnded()) }
            try Self.expectRefusal(try service.connect(from: "127.0.0.2"))
            #expect(held.count == 2)
        }
    }

    @Test func `trusted proxies are exempt`() throws {
        try Self.run(["CORDWOOD_PROXIES_TRUSTED": "127.0.0.2"]) { service in
            let proxy = try Self.hold(8, from: "127.0.0.2", service)
            let others = try Self.hold(2, from: "127.0.0.3", service)
            try Self.expectRefusal(try service.connect(from: "127.0.0.3"))
            #expect(proxy.count == 8 && others.count == 2)
        }
    }

    @Test func `Unix sockets are exempt`() throws {
        try Scratch.with { scratch in
            let path = scratch.path + "/c.sock"
            try Self.run(listeningOn: ["127.0.0.1:0", "unix:\(path)"]) { service in
                let connections = try (0..<8).map { _ in try Connection(path: path) }
                for connection in connections {
                    try connection.send(Request.post("{}"))
                    #expect(try connection.response()?.status == 200)
                }
            }
        }
    }

    private static func run(
        _ settings: [String: String] = [:], listeningOn addresses: [String] = ["127.0.0.1:0"],
        _ body: (RunningService) throws -> Void
    ) throws {
        let limits = ["CORDWOOD_WORKERS": "1", "CORDWOOD_LIMITS_CONNECTIONS_PER_ADDRESS": "2"]
        try RunningService.run(
            environment: limits.merging(settings) { $1 }, listeningOn: addresses, body)
    }

    /// Connections that have been served and stay.
    private static func hold(
        _ count: Int, from source: String, _ service: RunningService
    ) throws -> [Connection] {
        try (0..<count).map { _ in
            let connection = try service.connect(from: source)
            try connection.send(Request.post("{}"))
            let answer = try #require(try connection.response())
            #expect(answer.status == 200 && !answer.closes)
            return connection
        }
    }

    private static func expectRefusal(_ connection: Connection) throws {
        try? connection.send(Request.post("{}"))
        let answer = try #require(try connection.response())
        #expect(answer.status == 503 && answer.closes)
        #expect(answer.header("retry-after") != nil)
        #expect(try answer.failure.code == "too_many_connections_per_address")
    }

    private static func refusals(_ service: RunningService) throws -> Double? {
        try service.metrics().samples["cordwood_overload_total{reason=\"connections_per_address\"}"]
    }
}
