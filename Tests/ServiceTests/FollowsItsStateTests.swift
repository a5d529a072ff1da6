// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Readiness and health say what is so.
struct FollowsItsStateTests {
    @Test
    func `while every write fails it is not ready, and then it may be tried again`() throws {
        let environment = ["CORDWOOD_FAULTS": "write:4+=EIO"]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            let answer = try eventually("readiness ends") { () -> Response? in
                _ = try service.post(#"{"a":1}"#)
                let answer = try service.get("/readyz")
                return answer.status == 503 ? answer : nil
            }
            #expect(answer.text == "writes fail\n")
            let health = try service.health()
            #expect(health.status == "degraded")
            #expect(health.reasons.map(\.code) == ["writes_fail"])
            let error = try #require(health.lastWriteError?.error)
            #expect(error.contains("cannot append to \(service.directory.path)/app.log: "))
            try eventually("readiness returns", within: 30) {
                try service.get("/readyz").text == "ready\n"
            }
            #expect(try service.health().reasons.map(\.code) == ["write_error"])
        }
    }

    @Test
    func `an announced stop ends readiness at once, and nothing else`() throws {
        let environment = ["CORDWOOD_TIMEOUTS_STOP_DELAY": "60s"]
        try RunningService.run(["--workers", "2"], environment: environment) { service in
            service.signal(SIGTERM)
            let answer = try eventually("readiness ends") { () -> Response? in
                let answer = try service.get("/readyz")
                return answer.status == 503 ? answer : nil
            }
            #expect(answer.text == "stopping\n")
            let health = try service.health()
            #expect(health.status == "draining")
            #expect(health.reasons.map(\.code) == ["stopping"])
            #expect(try service.post(#"{"a":1}"#).status == 200)
            #expect(try service.get("/livez").status == 200)
            #expect(try service.stop(SIGINT) == 0)
        }
    }

    @Test
    func `a replaced worker is leaving, and still reports that the service is ready`() throws {
        let environment = ["CORDWOOD_TIMEOUTS_DRAIN": "60s"]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            let old = try #require(try service.workers().first)
            let (probe, unfinished) = (try service.connect(), try service.connect())
            // One that is not through keeps its worker.
            try unfinished.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try unfinished.response()?.status == 100)
            try probe.send(Request.bytes("GET", "/livez"))
            #expect(try probe.response()?.status == 200)
            service.signal(SIGHUP)
            let health = try eventually("the old worker is leaving") {
                () -> RunningService.Health? in
                let health = try service.health()
                return health.leaving.map(\.pid) == [old] ? health : nil
            }
            #expect(health.workers.count == 1 && health.workers.first?.pid != old)
            #expect(health.workers.first?.generation == 1)
            #expect(try service.metrics().samples["cordwood_workers_leaving"] == 1)
            try probe.send(Request.bytes("GET", "/readyz"))
            let answer = try #require(try probe.response())
            #expect(answer.status == 200 && answer.closes)
            let after = try eventually("the reload is through") {
                () -> RunningService.Health? in
                let health = try service.health()
                return health.configuration.reloads == 1 ? health : nil
            }
            #expect(after.configuration.generation == 1)
            #expect(!after.configuration.lastReloadFailed)
            #expect(try service.stop(SIGINT) == 0)
        }
    }

    @Test
    func `a stopped sealer and the files that wait for it are seen`() throws {
        try RunningService.run(["--workers", "1", "--when", "S"]) { service in
            let sealer = try #require(try service.health().sealer?.pid)
            kill(sealer, SIGSTOP)
            defer { kill(sealer, SIGCONT) }
            try eventually("health says that the sealer is silent", within: 40) {
                try service.health().reasons.contains { $0.code == "sealer_silent" }
            }
        }
    }

    @Test
    func `a file that cannot be compressed is shown with its error`() throws {
        let environment = ["CORDWOOD_FAULTS": "fchmod:1+=EIO"]
        let flags = ["--workers", "1", "--when", "S"]
        try RunningService.run(flags, environment: environment) { service in
            _ = try service.post(#"{"a":1}"#)
            let sealing = try eventually("a file that waits") {
                () -> RunningService.Health.Sealing? in
                let sealing = try service.health().sealing
                return sealing.failures > 0 && sealing.pending > 0 ? sealing : nil
            }
            #expect(sealing.pendingBytes == 8)
            #expect(sealing.lastError?.error.contains("cannot synchronize") == true)
            #expect(try service.health().reasons.map(\.code).contains("sealing_fails"))
            #expect(try service.metrics().samples["cordwood_seal_pending_bytes"] == 8)
        }
    }
}
