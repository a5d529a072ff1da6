// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `per_stream` of the configuration file.
struct TreatsStreamsDifferentlyTests {
    private static let listen = "listen: [\"127.0.0.1:0\"]\nrotation: {utc: true}\n"

    private func names(_ service: RunningService, _ prefix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: service.directory.path)
            .filter { $0.hasPrefix(prefix) }.sorted()
    }

    @Test func `each has its format, its schedule and its retention`() throws {
        let text =
            Self.listen + """
                per_stream:
                  lines: {format: raw}
                  fast: {rotation: {when: S, backup_count: 2}}
                  small: {rotation: {max_bytes: 20}}
                """
        try RunningService.run(
            environment: RunningService.unstamped, configuration: text
        ) { service in
            #expect(try service.post("/logs/lines", "hello\n{\"a\":1}").status == 200)
            #expect(try service.post("/logs", "hello\n").status == 200)
            #expect(try service.lines(of: "lines") == ["hello", "{\"a\":1}"])
            #expect(try service.lines() == [#"{"message":"hello"}"#])
            for number in 0..<4 {
                #expect(try service.post("/logs/small", "{\"number\":\(number)}").status == 200)
                #expect(try service.post("/logs/fast", "{}\n{broken").status == 200)
                try eventually("a rollover of both files") {
                    // Between the rename and the next file there is none.
                    ["fast.log", "fast.rejected.log"].allSatisfy {
                        let file = service.directory.appendingPathComponent($0)
                        return (try? Data(contentsOf: file))?.isEmpty ?? false
                    }
                }
            }
            try eventually("only two are kept, and compressed") {
                try ["fast.log.", "fast.rejected.log."].allSatisfy {
                    let kept = try names(service, $0)
                    return kept.count == 2 && kept.allSatisfy { $0.hasSuffix(".gz") }
                }
            }
            try eventually("the others are compressed") {
                try names(service, "small.log.").allSatisfy { $0.hasSuffix(".gz") }
            }
            // Thirteen bytes each, so that two are more than twenty.
            #expect(try names(service, "small.log.").count == 3)
            #expect(try service.lines(of: "small").count == 4)
            #expect(try names(service, "app.log") == ["app.log"])
        }
    }

    @Test func `a stream that no process has open is rotated by its own schedule`() throws {
        let text =
            Self.listen + "workers: 1\nstreams: {max_open: 1}\n"
            + "per_stream: {fast: {rotation: {when: S}}}\n"
        try RunningService.run(configuration: text) { service in
            for stream in ["fast", "other"] {
                #expect(try service.post("/logs/\(stream)", "{}").status == 200)
            }
            try eventually("it is rotated and sealed") {
                try names(service, "fast.log.").contains { $0.hasSuffix(".gz") }
            }
            #expect(try names(service, "other.log") == ["other.log"])
        }
    }

    /// A request that comes between the old workers and the new ones waits in the socket.
    @Test func `another schedule of one stream counts after a reload, without a loss`() throws {
        func text(_ when: String) -> String {
            Self.listen + "workers: 2\n"
                + "per_stream: {fast: {rotation: {when: \(when), backup_count: 0}}}\n"
        }
        try RunningService.run(configuration: text("H")) { service in
            var count = 0
            func post(_ amount: Int) throws {
                for _ in 0..<amount {
                    for stream in ["fast", "app"] {
                        let answer = try service.post("/logs/\(stream)", "{\"n\":\(count)}")
                        #expect(answer.status == 200)
                    }
                    count += 1
                }
            }
            try post(20)
            for (round, when) in ["S", "H", "S"].enumerated() {
                try service.configure(text(when))
                service.signal(SIGHUP)
                try post(20)
                try service.wait(for: .reloaded, count: round + 1)
                try post(5)
            }
            try eventually("a file that was rotated by seconds") {
                try names(service, "fast.log.").contains {
                    $0.hasSuffix(".gz") && $0.components(separatedBy: "-").count == 5
                }
            }
            try service.stop()
            let expected = (0..<count).map { "{\"n\":\($0)}" }
            #expect(try service.lines(of: "app") == expected)
            // Names of hours and of seconds are not in the order of time to one another.
            #expect(try Set(service.lines(of: "fast")) == Set(expected))
            #expect(try service.lines(of: "fast").count == expected.count)
            #expect(!service.said.contains("another rotation schedule"))
        }
    }

    @Test(.enabled(if: Program.strace != nil, "needs strace"))
    func `each is acknowledged as configured`() throws {
        let text = Self.listen + "workers: 1\nper_stream: {audit: {ack: fsync}}\n"
        try RunningService.run(configuration: text) { service in
            let worker = try #require(try service.workers().first)
            for (stream, isDurable) in [("audit", true), ("app", false)] {
                let calls = try SystemCalls.traced(worker) {
                    let answer = try service.post("/logs/\(stream)", "{}")
                    #expect(answer.status == 200)
                }
                #expect(calls.contains { $0.contains("sync(") } == isDurable)
            }
        }
    }

    @Test func `seal and verify read it from the same file`() throws {
        let place = try LogDirectory([
            ".a.log.state": "", "a.log": "hello\n", "a.log.2026-11-21": "hello\n",
            "a.log.2026-11-22": "hello\n", ".b.log.state": "", "b.log": "{}\n",
            "b.log.2026-11-21": "{}\n", "b.log.2026-11-22": "{}\n", "b.rejected.log": "{}\n",
            ".b.rejected.log.state": "", "b.rejected.log.2026-11-21": "{}\n",
            "b.rejected.log.2026-11-22": "{}\n",
        ])
        let text = "per_stream: {a: {format: raw}, b: {rotation: {backup_count: 1}}}\n"
        func run(_ command: String, _ flags: [String] = []) throws -> ChildProcess.Result {
            try Binary.run(
                [command, place.path, "--config", "/dev/stdin"] + flags, input: text)
        }
        #expect(try Binary.run(["verify", place.path]).status == 1)
        #expect(try run("verify").status == 0)
        let sealed = try run("seal", ["--backup-count", "2"])
        #expect(sealed.output.hasSuffix("6 sealed, 2 removed, 0 busy, 0 failed\n"))
        #expect(try place.names().filter { $0.hasPrefix("b.") && $0.hasSuffix(".gz") }.count == 2)
        #expect(try place.names().filter { $0.hasPrefix("a.") && $0.hasSuffix(".gz") }.count == 2)
        #expect(try run("verify").status == 0)
        let wrong = try Binary.run(
            ["verify", place.path, "--config", "/dev/stdin"], input: "per_stream: {a: {x: 1}}")
        #expect(wrong.status == 78 && wrong.errors.contains("/dev/stdin:1:"))
    }
}
