// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the limit on open files allows is shared out, and connections are always answered.
struct LivesWithinItsDescriptorsTests {
    @Test func `streams and connections together stay within the limit`() throws {
        let launcher = ["/bin/sh", "-c", "ulimit -n 300 && exec \"$@\"", "sh"]
        try RunningService.run(
            ["--workers", "1"],
            environment: [
                "CORDWOOD_STREAMS_MAX_OPEN": "1000", "CORDWOOD_LIMITS_CONNECTIONS": "1000",
            ], through: launcher
        ) { service in
            #expect(service.times(.descriptorsLimited) == 2)
            #expect(service.said.contains("a worker keeps 2"))
            #expect(service.said.contains("not streams.max_open, 1000"))
            #expect(service.said.contains("not limits.connections, 1000"))
            let idle = try (0..<60).map { _ in try service.connect() }
            for round in 0..<2 {
                for stream in 0..<150 {
                    // With rejected records, which have files of their own.
                    let answer = try service.post("/logs/s\(stream)", "{\"n\":\(round)}\n{broken")
                    #expect(answer.status == 200)
                }
            }
            #expect(try service.get("/readyz").status == 200)
            #expect(idle.count == 60)
            #expect(try service.stop() == 0)
            for stream in 0..<150 { #expect(try service.lines(of: "s\(stream)").count == 2) }
        }
    }

    @Test(.enabled(if: Program.installed("prlimit") != nil, "needs prlimit"))
    func `a limit that falls below the open streams closes some, and nothing is rejected`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            for stream in 0..<50 {
                #expect(try service.post("/logs/s\(stream)", "{}\n{broken").status == 200)
            }
            let worker = try service.workers()[0]
            let open = try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(worker)/fd"
            ).count
            let limit = try #require(Program.installed("prlimit"))
            let arguments = ["--pid", "\(worker)", "--nofile=\(open - 20)"]
            _ = try ChildProcess(program: limit, arguments: arguments).output()
            for stream in 30..<120 {
                #expect(try service.post("/logs/s\(stream)", "{}\n{broken").status == 200)
            }
            #expect(try service.stop() == 0)
        }
    }
}
