// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension UnderLoad {
    @Suite(.enabled(if: Program.python != nil, "needs python3"))
    struct BalancesItsAccountsTests {
        @Test
        func `at rest received is written plus rejected, whatever died and was reloaded`()
            throws
        {
            try Scratch.with { scratch in
                try RunningService.run(["--workers", "3"]) { service in
                    let load = try Load(on: service, seconds: 6, in: scratch)
                    var rounds = 0
                    try eventually("the end of the load", within: 60) {
                        // A worker that dies takes the connections that it has accepted along.
                        if let victim = try? service.workers().randomElement(), rounds % 20 == 10 {
                            kill(victim, SIGKILL)
                        }
                        if rounds % 30 == 20 { service.signal(SIGHUP) }
                        _ = try? service.post("{\"a\":1}\nill-formed}\n", Self.lines)
                        rounds += 1
                        return !load.isRunning
                    }
                    _ = try load.finish()
                    let metrics = try eventually("nothing is in flight") { () -> Metrics? in
                        guard let metrics = try? service.metrics(),
                            metrics.total("cordwood_requests_in_flight") == 0
                        else { return nil }
                        return metrics
                    }
                    let received = metrics.total("cordwood_records_received_total")
                    let written = metrics.total("cordwood_records_written_total")
                    let rejected = metrics.total("cordwood_records_rejected_total")
                    #expect(received == written + rejected)
                    #expect(written > 1000 && rejected > 0)
                    #expect(metrics.total("cordwood_worker_restarts_total") > 0)
                    #expect(metrics.samples[#"cordwood_reloads_total{result="ok"}"#] ?? 0 > 0)
                    // What a worker wrote and did not live to count is in the file as well.
                    #expect(Double(try service.lines().count) >= written)
                }
            }
        }

        private static let lines = ["Content-Type: application/x-ndjson"]
    }
}
