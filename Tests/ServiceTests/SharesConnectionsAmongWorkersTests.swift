// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct SharesConnectionsAmongWorkersTests {
    /// How the clients come.
    enum Arrival: CaseIterable {
        /// All connect, then all send.
        case atOnce
        /// Each is answered before the next comes.
        case oneByOne
    }

    @Test(arguments: Arrival.allCases)
    func `no worker has or serves much more than its share`(arrival: Arrival) throws {
        try RunningService.run(["--workers", "4"]) { service in
            var connections: [Connection] = []
            for _ in 0..<64 {
                let connection = try service.connect()
                connections.append(connection)
                if arrival == .oneByOne { try Self.exchange([connection]) }
            }
            for _ in 0..<10 { try Self.exchange(connections) }
            let workers = try service.health().workers
            let most = try #require(workers.map(\.connections).max())
            #expect(most <= 24, "\(workers.map(\.connections))")
            let written = workers.map(\.recordsWritten)
            let share = Double(written.reduce(0, +)) / 4
            #expect(written.reduce(0, +) == (arrival == .atOnce ? 640 : 704))
            #expect(written.allSatisfy { Double($0) <= 1.5 * share }, "\(written)")
        }
    }

    @Test
    func `connections that send nothing are shared as well`() throws {
        try RunningService.run(["--workers", "4"]) { service in
            let connections = try (0..<64).map { _ in try service.connect() }
            let counts = try eventually("all are accepted") {
                let counts = try service.health().workers.map(\.connections)
                // The one that asks is one of them.
                return counts.reduce(0, +) >= 65 ? counts : nil
            }
            #expect(counts.allSatisfy { $0 <= 24 }, "\(counts)")
            connections.forEach { $0.close() }
        }
    }

    @Test(arguments: [0, 1])
    func `a worker that has lost its connections gets the next ones`(place: Int) throws {
        try RunningService.run(["--workers", "2"]) { service in
            let earlier = try (0..<20).map { _ in try service.connect() }
            try Self.exchange(earlier)
            let victim = try service.workers()[place]
            kill(victim, SIGKILL)
            try eventually("another worker in its place") {
                let workers = try? service.health().workers
                return workers?.count(where: { $0.state == "running" && $0.pid != victim }) == 2
            }
            let later = try (0..<10).map { _ in try service.connect() }
            try Self.exchange(later)
            let counts = try service.health().workers.map(\.connections)
            #expect(counts[place] >= 8, "\(counts)")
        }
    }

    @Test
    func `each of several listeners is shared`() throws {
        try RunningService.run(["--workers", "4", "--listen", "0.0.0.0:0"]) { service in
            let second = try Self.secondPort(of: service)
            let connections = try (0..<64).map { number in
                try Connection(port: number % 2 == 0 ? service.port : second)
            }
            for _ in 0..<3 { try Self.exchange(connections) }
            let counts = try service.health().workers.map(\.connections)
            #expect(counts.reduce(0, +) >= 64)
            #expect(counts.allSatisfy { $0 <= 24 }, "\(counts)")
        }
    }

    @Test
    func `a worker that is full leaves connections of all listeners to the other`() throws {
        try RunningService.run(
            ["--workers", "2", "--listen", "0.0.0.0:0"],
            environment: ["CORDWOOD_LIMITS_CONNECTIONS": "4"]
        ) { service in
            let ports = [service.port, try Self.secondPort(of: service)]
            let first = try service.connect()
            try eventually("those who asked for readiness are gone") {
                try first.send(Request.bytes("GET", "/metrics"))
                let metrics = try Metrics(try #require(try first.response()).text)
                return metrics.total("cordwood_connections") == 1
            }
            let connections = try [first] + (1..<8).map { try Connection(port: ports[$0 % 2]) }
            // Nobody is refused as long as there is room anywhere.
            for _ in 0..<3 { try Self.exchange(connections) }
            #expect(try service.health().workers.map(\.connections).allSatisfy { $0 >= 4 })
            // A client that goes makes room for another, on either.
            for (number, connection) in connections.enumerated() {
                connection.close()
                let port = ports[(number + 1) % 2]
                try eventually("room for another") {
                    let next = try Connection(port: port)
                    try next.send(Request.post(#"{"a":2}"#))
                    return try next.response()?.status == 200
                }
            }
        }
    }

    @Test
    func `connections are accepted although the worker whose turn it is has stopped`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let workers = try service.workers()
            kill(workers[0], SIGSTOP)
            defer { kill(workers[0], SIGCONT) }
            let connections = try (0..<20).map { _ in try service.connect() }
            try Self.exchange(connections)
        }
    }

    /// Has a record of each written.
    private static func exchange(_ connections: [Connection]) throws {
        for connection in connections { try connection.send(Request.post(#"{"a":1}"#)) }
        for connection in connections { #expect(try connection.response()?.status == 200) }
    }

    private static func secondPort(of service: RunningService) throws -> UInt16 {
        try eventually("the second address in the diagnostic log") {
            service.portOfListener(at: "http://0.0.0.0:")
        }
    }
}
