// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct RespawnsAKilledWorkerTests {
    @Test
    func `a killed worker is replaced, and health says so`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let before = try service.workers()
            #expect(before.count == 2)
            kill(before[0], SIGKILL)
            let after = try eventually("two workers again") { () -> [pid_t]? in
                // The dead one may have taken this very connection.
                guard let workers = try? service.workers(), workers.count == 2 else { return nil }
                return workers.contains(before[0]) ? nil : workers
            }
            #expect(after.contains(before[1]))
            #expect(after.allSatisfy(isAlive))
            let health = try service.health()
            #expect(health.workerRestarts == 1)
            #expect(health.workers.allSatisfy { $0.state == "running" })
            #expect(try service.metrics().total("cordwood_worker_restarts_total") == 1)
            #expect(try service.metrics().total("cordwood_workers") == 2)
            for number in 0..<20 { #expect(try service.post("{\"n\":\(number)}").status == 200) }
            #expect(try service.lines().count == 20)
        }
    }

    @Test
    func `a killed sealer is replaced too`() throws {
        try RunningService.run(["--workers", "1", "--when", "S"]) { service in
            let workers = try service.workers()
            let sealer = try #require(try service.children().first { !workers.contains($0) })
            kill(sealer, SIGKILL)
            try eventually("another sealer") {
                let children = try service.children()
                return children.count == 2 && !children.contains(sealer)
            }
            #expect(try service.post(#"{"a":1}"#).status == 200)
            try eventually("a compressed file") {
                try service.files().contains { $0.pathExtension == "gz" }
            }
            try service.waitUntilSealed()
            #expect(try service.lines() == [#"{"a":1}"#])
        }
    }
}
