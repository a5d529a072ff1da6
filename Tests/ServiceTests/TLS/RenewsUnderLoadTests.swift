// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension UnderLoad {
    @Suite(
        .enabled(
            if: Program.python != nil && Program.openssl != nil, "needs python3 and openssl"))
    struct RenewsUnderLoadTests {
        @Test
        func `no request fails while certificates are renewed and read again`() throws {
            try Scratch.with { scratch in
                let logs = scratch.appendingPathComponent("logs")
                let certificates = try Certificates(in: scratch)
                try certificates.make("server", for: ["localhost"])
                let (load, report) = try RunningService.run(
                    ["--workers", "2"], environment: certificates.settings(["server"]), in: logs
                ) { service in
                    let load = try Load(
                        on: service, seconds: 3600,
                        ["--tls", certificates.authority, "\(try service.securePort())"],
                        in: scratch)
                    for round in 0..<6 {
                        if round % 2 == 0 {
                            try service.reload()
                        } else {
                            let before = service.times(.reloaded)
                            try certificates.make("server", for: ["localhost"])
                            try eventually("the renewal", within: 60) {
                                service.times(.reloaded) > before
                            }
                        }
                    }
                    try service.upgrade()
                    load.end()
                    let report = try load.finish()
                    #expect(try service.stop() == 0)
                    return (load, report)
                }
                #expect(report.unopened == 0)
                try load.expectNothingLost(report, in: logs)
            }
        }
    }
}
