// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whatever one client sends, the requests of others are answered meanwhile, in bounded memory.
///
/// Nothing here measures milliseconds, which the machine may take from any of the processes: what
/// is looked at is who is answered before whom. `make bench-neighbours` measures.
extension UnderLoad {
    struct ServesNeighboursTests {
        private static func run(
            _ environment: [String: String] = [:], _ body: (RunningService) throws -> Void
        ) throws {
            try RunningService.run(["--workers", "1"], environment: environment, body)
        }

        private static func post(_ body: [UInt8], _ headers: [String] = []) -> [UInt8] {
            Request.bytes("POST", "/logs", headers, body)
        }

        /// Gzip members are small, and what they hold is not.
        private static func compressed(_ code: String) throws -> [UInt8] {
            let source =
                "import base64, gzip\nprint(base64.b64encode(gzip.compress(\(code), 9)).decode())"
            let output = try ChildProcess(
                program: #require(Program.python), arguments: ["-c", source]
            ).output().trimmingCharacters(in: .newlines)
            return [UInt8](try #require(Data(base64Encoded: output)))
        }

        /// How often a neighbour is answered until `isOver`.
        private static func served(
            by service: RunningService, until isOver: () throws -> Bool
        ) throws -> Int {
            let neighbour = try service.connect()
            var count = 0
            while true {
                try neighbour.send(Request.post(#"{"neighbour":\#(count)}"#))
                #expect(try neighbour.response()?.status == 200)
                if try isOver() { return count }
                count += 1
            }
        }

        /// Reads answers in a thread of its own.
        private final class Answers: @unchecked Sendable {
            private let lock = NSLock()
            private var statuses: [Int] = []
            private var isEnded = false

            init(_ connection: Connection, _ count: Int) {
                // Only this thread reads from it.
                nonisolated(unsafe) let connection = connection
                Thread { [self] in
                    for _ in 0..<count {
                        guard let answer = try? connection.response() else { break }
                        lock.withLock { statuses.append(answer.status) }
                    }
                    lock.withLock { isEnded = true }
                }.start()
            }

            var all: [Int] { lock.withLock { statuses } }
            var hasEnded: Bool { lock.withLock { isEnded } }
        }

        @Test(
            arguments: [
                // Each of them costs a thousand times what a record does.
                ("application/json", #"b'[' + b'0,' * 20000 + b'0]'"#),
                (
                    "application/x-www-form-urlencoded",
                    #"b'&'.join(b'a%d=b' % i for i in range(250))"#
                ),
                ("text/plain", #"b'a\n' * 20000"#),
                ("application/x-ndjson", #"(b'[' * 100 + b']' * 100 + b'\n') * 200"#),
            ])
        func `requests without end on one connection leave time for another's`(
            type: String, code: String
        ) throws {
            try Self.run { service in
                let count = 600
                let body = try Self.compressed(code)
                let request = Self.post(
                    body, ["Content-Type: \(type)", "Content-Encoding: gzip"])
                let attacker = try service.connect()
                let answers = Answers(attacker, count)
                try attacker.send(Array(repeatElement(request, count: count).joined()))
                let served = try Self.served(by: service) { answers.hasEnded }
                #expect(answers.all.count == count)
                // How many depends on the machine; without turns it is none or one.
                #expect(served >= 3)
            }
        }

        @Test(
            arguments: [
                ("application/x-ndjson", #"b'{"a":"hello","b":12345}\n' * 800000"#, 800_000),
                ("text/plain", #"b'hello, hello\n' * 200000"#, 200_000),
                (
                    "application/json", #"b'[' + b'{"a":"hello"},' * 300000 + b'{"a":1}]'"#,
                    300_001
                ),
            ])
        func `one long body leaves time for others, and is written whole, once, in its place`(
            type: String, code: String, count: Int
        ) throws {
            try Self.run { service in
                let client = try service.connect()
                try client.send(Request.post(#"{"first":1}"#, to: "/logs/long"))
                #expect(try client.response()?.status == 200)
                let body = try Self.compressed(code)
                let answers = Answers(client, 2)
                try client.send(
                    Request.bytes(
                        "POST", "/logs/long",
                        ["Content-Type: \(type)", "Content-Encoding: gzip"], body)
                        + Request.post(#"{"last":1}"#, to: "/logs/long"))
                let served = try Self.served(by: service) { answers.hasEnded }
                #expect(answers.all == [200, 200])
                // How many depends on the machine; without turns it is none or one.
                #expect(served >= 3)
                let lines = try service.lines(of: "long")
                #expect(lines.count == count + 2)
                #expect(lines.first == #"{"first":1}"# && lines.last == #"{"last":1}"#)
                #expect(try service.lines().count == served + 1)
            }
        }

        @Test
        func `long bodies of many clients are all written, beside others`() throws {
            try Self.run { service in
                let body = try Self.compressed(#"b'{"a":"hello","b":12345}\n' * 40000"#)
                let request = Request.bytes(
                    "POST", "/logs/long",
                    ["Content-Type: application/x-ndjson", "Content-Encoding: gzip"], body)
                let clients = try (0..<24).map { _ in try service.connect() }
                let answers = clients.map { Answers($0, 1) }
                for client in clients { try client.send(request) }
                let served = try Self.served(by: service) { answers.allSatisfy(\.hasEnded) }
                #expect(answers.flatMap(\.all) == Array(repeating: 200, count: clients.count))
                // How many depends on the machine; without turns it is none or one.
                #expect(served >= 3)
                #expect(try service.lines(of: "long").count == 24 * 40_000)
            }
        }

        @Test
        func `nothing is written of a long body whose client dies before its end`() throws {
            try Self.run { service in
                let body = try Self.compressed(#"b'{"a":"hello","b":12345}\n' * 2000000"#)
                for _ in 0..<3 {
                    let client = try service.connect()
                    try client.send(
                        Request.bytes(
                            "POST", "/logs/long",
                            ["Content-Type: application/x-ndjson", "Content-Encoding: gzip"], body))
                    _ = try service.post(#"{"a":1}"#)
                    client.reset()
                }
                try eventually("they are gone") {
                    try service.metrics().total("cordwood_connections") <= 1
                }
                #expect(try service.lines(of: "long").isEmpty)
                #expect(try service.post(#"{"a":1}"#).status == 200)
            }
        }

        @Test(arguments: [SIGTERM, SIGHUP])
        func `a long body is answered before a worker ends`(signal: Int32) throws {
            try Self.run(["CORDWOOD_TIMEOUTS_DRAIN": "60s"]) { service in
                let body = try Self.compressed(#"b'{"a":"hello","b":12345}\n' * 1000000"#)
                let client = try service.connect()
                let answers = Answers(client, 1)
                try client.send(
                    Request.bytes(
                        "POST", "/logs/long",
                        ["Content-Type: application/x-ndjson", "Content-Encoding: gzip"], body))
                #expect(try service.post(#"{"a":1}"#).status == 200)
                if signal == SIGTERM {
                    #expect(try service.stop(within: 60) == 0)
                } else {
                    try service.reload()
                }
                try eventually("its answer", within: 60) { answers.hasEnded }
                #expect(answers.all == [200])
                #expect(try service.lines(of: "long").count == 1_000_000)
            }
        }

        @Test
        func `the memory of a turn is bounded, even if all of it is rejected`() throws {
            try Self.run(["CORDWOOD_LIMITS_BUFFERED_BYTES": "64MiB"]) { service in
                let body = try Self.compressed(#"b'[' + b'0,' * 120000 + b'0]'"#)
                let request = Self.post(
                    body, ["Content-Type: application/json", "Content-Encoding: gzip"])
                let before = try service.peakMemory()
                let client = try service.connect()
                let answers = Answers(client, 64)
                try client.send(Array(repeatElement(request, count: 64).joined()))
                try eventually("all are answered", within: 60) { answers.hasEnded }
                #expect(answers.all == Array(repeating: 400, count: 64))
                #expect(try service.peakMemory() - before < 128 << 20)
            }
        }

        @Test
        func `a turn over many streams is bounded like that of one`() throws {
            try Self.run(["CORDWOOD_LIMITS_BUFFERED_BYTES": "64MiB"]) { service in
                let body = try Self.compressed(#"b'{"a":"%s"}\n' % (b'x' * 1000) * 4000"#)
                let before = try service.peakMemory()
                let client = try service.connect()
                let answers = Answers(client, 60)
                for stream in 0..<60 {
                    try client.send(
                        Request.bytes(
                            "POST", "/logs/s\(stream)",
                            ["Content-Type: application/x-ndjson", "Content-Encoding: gzip"], body))
                }
                try eventually("all are answered", within: 60) { answers.hasEnded }
                #expect(answers.all == Array(repeating: 200, count: 60))
                #expect(try service.peakMemory() - before < 128 << 20)
            }
        }

        @Test
        func `the kept rejected bytes of one connection are limited, and the rest is counted`()
            throws
        {
            try Self.run { service in
                let body = Array(repeatElement("1\n", count: 160_000).joined().utf8)
                let client = try service.connect()
                for _ in 0..<7 {
                    try client.send(Self.post(body, ["Content-Type: application/x-ndjson"]))
                    #expect(try client.response()?.status == 400)
                }
                let path = service.directory.appendingPathComponent("app.rejected.log").path
                let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                let kept = try #require(size)
                #expect(kept > 60 << 20 && kept < 65 << 20)
                #expect(try service.metrics().total("cordwood_records_unkept_total") > 0)
                // It is the connection's, and another has its own.
                let one = Array("1\n".utf8)
                let answer = try service.post(bytes: one, ["Content-Type: application/x-ndjson"])
                #expect(answer.status == 400)
                let after = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                #expect(try #require(after) > kept)
            }
        }

        @Test(arguments: ["/metrics", "/health", "/ui/streams", "/ui"])
        func `clients that ask for costly answers do not stop those that write`(
            path: String
        ) throws {
            try Self.run(["CORDWOOD_UI_ENABLED": "true"]) { service in
                for stream in 0..<100 {
                    #expect(try service.post("/logs/s\(stream)", #"{"a":1}"#).status == 200)
                }
                let askers = try (0..<100).map { _ in try service.connect() }
                let answers = askers.map { Answers($0, 20) }
                let requests = Array(
                    repeatElement(Request.bytes("GET", path), count: 20).joined())
                for asker in askers { try asker.send(requests) }
                let served = try Self.served(by: service) { answers.allSatisfy(\.hasEnded) }
                #expect(answers.flatMap(\.all) == Array(repeating: 200, count: 2000))
                // How many depends on the machine; without turns it is none or one.
                #expect(served >= 3)
            }
        }

        @Test
        func `a busy worker does not count as hung`() throws {
            try Self.run(["CORDWOOD_TIMEOUTS_WATCHDOG": "2s"]) { service in
                let worker = try service.workers()
                let body = try Self.compressed(#"b'[' + b'0,' * 20000 + b'0]'"#)
                let request = Self.post(
                    body, ["Content-Type: application/json", "Content-Encoding: gzip"])
                let clients = try (0..<8).map { _ in try service.connect() }
                let answers = clients.map { Answers($0, 30) }
                for client in clients {
                    try client.send(Array(repeatElement(request, count: 30).joined()))
                }
                try eventually("all are answered", within: 120) {
                    answers.allSatisfy(\.hasEnded)
                }
                #expect(answers.allSatisfy { $0.all.count == 30 })
                #expect(try service.workers() == worker)
            }
        }
    }
}

extension RunningService {
    /// The most bytes that the one worker has had resident.
    fileprivate func peakMemory() throws -> Int {
        let worker = try #require(try workers().first)
        let status = try String(contentsOfFile: "/proc/\(worker)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) << 10
    }
}
