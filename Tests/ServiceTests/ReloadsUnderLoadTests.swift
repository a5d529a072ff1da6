// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Foundation
import Testing

extension UnderLoad {
    @Suite(.enabled(if: Program.python != nil, "needs python3"))
    struct ReloadsUnderLoadTests {
        /// CORDWOOD_RELOADS and CORDWOOD_UPGRADES make it more: `make campaign-reload`.
        static let reloads = count("CORDWOOD_RELOADS") ?? 50
        static let upgrades = count("CORDWOOD_UPGRADES") ?? 10

        private static func count(_ name: String) -> Int? {
            ProcessInfo.processInfo.environment[name].flatMap(Int.init)
        }

        @Test
        func `no request fails while the configuration is reloaded again and again`() throws {
            try expectNothingFails(
                SIGHUP, times: Self.reloads, until: .reloaded)
        }

        @Test
        func `no request fails while the program is upgraded again and again`() throws {
            try expectNothingFails(SIGUSR2, times: Self.upgrades, until: .ready)
        }

        /// Sends `signal` so many times, each when the one before has done its work, which `event`
        /// in the diagnostic log shows.
        private func expectNothingFails(
            _ signal: Int32, times: Int, until event: DiagnosticEvent
        ) throws {
            try Scratch.with { scratch in
                let logs = scratch.appendingPathComponent("logs")
                let flags = ["--when", "S", "--backup-count", "0", "--workers", "2"]
                let (load, report) = try RunningService.run(flags, in: logs) { service in
                    let load = try Load(on: service, seconds: 3600, in: scratch)
                    let master = service.master
                    for _ in 0..<times { try service.signal(signal, until: event) }
                    load.end()
                    let report = try load.finish()
                    #expect(service.master == master && service.isRunning)
                    #expect(try service.stop() == 0)
                    return (load, report)
                }
                #expect(report.unopened == 0)
                let tally = try load.expectNothingLost(report, in: logs)
                print("signal \(signal), \(times) times: \(tally.acked) records, all found")
            }
        }
    }
}
