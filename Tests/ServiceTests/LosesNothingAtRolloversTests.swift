// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension UnderLoad {
    @Suite(.enabled(if: Program.python != nil, "needs python3"))
    struct LosesNothingAtRolloversTests {
        @Test
        func `every acknowledged record is found once while files rotate each second`() throws {
            try Scratch.with { scratch in
                let flags = ["--when", "S", "--backup-count", "0", "--workers", "4"]
                try RunningService.run(flags) { service in
                    let load = try Load(on: service, in: scratch)
                    let report = try load.finish()
                    try service.waitUntilSealed()
                    #expect(try service.stop() == 0)
                    let tally = try load.expectNothingLost(report, in: service.directory)
                    #expect(tally.acked == report.sent)
                    #expect(tally.compressed >= Int(Load.seconds) - 1)
                    print("rollovers under load: \(tally.found) records in \(tally.files) files")
                }
            }
        }
    }
}
