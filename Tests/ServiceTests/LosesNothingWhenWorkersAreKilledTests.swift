// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension UnderLoad {
    @Suite(.enabled(if: Program.python != nil, "needs python3"))
    struct LosesNothingWhenWorkersAreKilledTests {
        @Test
        func `the acknowledged records of a killed worker are found once`() throws {
            try Scratch.with { scratch in
                let logs = scratch.appendingPathComponent("logs")
                let flags = ["--when", "S", "--backup-count", "0", "--workers", "4"]
                let load = try RunningService.run(flags, in: logs) { service in
                    let load = try Load(on: service, in: scratch)
                    let killed = try killWorkers(of: service, during: load)
                    #expect(killed >= 4)
                    print("workers killed under load: \(killed)")
                    _ = try load.finish()
                    try eventually("every death is counted") {
                        let restarts = "cordwood_worker_restarts_total"
                        return try service.metrics().total(restarts) == Double(killed)
                    }
                    #expect(try service.stop() == 0)
                    return load
                }
                // Whoever comes next finishes what a dead process has left half done.
                try RunningService.run(flags, in: logs) { service in
                    try service.waitUntilSealed()
                    #expect(try service.stop() == 0)
                }
                let tally = try load.tally(logs)
                #expect(tally.faults == [:])
                #expect(tally.acked > 0)
                print("workers killed under load: \(tally.found) records, \(tally.unknown) unknown")
            }
        }

        /// Kills one worker after the other, each when the one before it has a successor, which
        /// takes longer and longer when all die young.
        private func killWorkers(of service: RunningService, during load: Load) throws -> Int {
            var killed: Set<pid_t> = []
            try eventually("the end of the load", within: Load.seconds + 30) {
                // A connection that a dying worker has taken ends without an answer.
                if let workers = try? service.workers(), workers.count == 4,
                    killed.isDisjoint(with: workers)
                {
                    let victim = workers[killed.count % 4]
                    kill(victim, SIGKILL)
                    killed.insert(victim)
                }
                return !load.isRunning
            }
            return killed.count
        }
    }
}
