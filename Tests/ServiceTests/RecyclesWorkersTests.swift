// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct RecyclesWorkersTests {
    @Test
    func `a worker that has reached its limit gets a successor, and no request fails`() throws {
        let environment = ["CORDWOOD_RECYCLE_REQUESTS": "20"]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            let first = try #require(try service.workers().first)
            var count = 0
            try eventually("a successor", within: 60) {
                // `post` expects an answer each time.
                #expect(try service.post(#"{"a":1}"#).status == 200)
                count += 1
                return try service.workers().first.map { $0 != first } ?? false
            }
            #expect(try service.restarts("recycled") >= 1)
            #expect(try service.restarts("exited") == 0)
            #expect(try service.stop() == 0)
            #expect(try service.lines().count == count)
        }
    }

    @Test
    func `a worker that has grown too large gets a successor`() throws {
        // Less than any process has: each of them is too large.
        let environment = ["CORDWOOD_RECYCLE_MEMORY": "1MiB"]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            let first = try #require(try service.workers().first)
            try eventually("a successor", within: 60) {
                try service.workers().first.map { $0 != first } ?? false
            }
            #expect(try service.restarts("recycled") >= 1)
        }
    }
}
