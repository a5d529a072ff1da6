// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Errors of the file system cost the requests that meet them, and no more.
@Suite struct SurvivesFailingCallsTests {
    @Test(arguments: [
        "write:4=ENOSPC", "write:4=EDQUOT", "write:4=EIO", "write:4=EROFS", "write:4=EMFILE",
        "flock:8=EIO",
    ])
    func `a request whose append fails is answered 503 and nothing of it is written`(
        fault: String
    ) throws {
        let environment = ["CORDWOOD_FAULTS": fault]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            var acknowledged: [String] = []
            var refusedCount = 0
            for number in 0..<8 {
                let record = #"{"number":\#(number)}"#
                let answer = try service.post("/logs", record)
                if answer.status == 200 {
                    acknowledged.append(record)
                } else {
                    #expect(answer.status == 503)
                    #expect(answer.header("retry-after") != nil)
                    refusedCount += 1
                }
            }
            #expect(refusedCount == 1)
            #expect(try service.lines() == acknowledged)
        }
    }

    @Test func `records that could not be synchronized are not acknowledged, others are`() throws {
        let environment = ["CORDWOOD_FAULTS": "fdatasync:1+=EIO"]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            let durable = try service.post("/logs?ack=fsync", #"{"a":1}"#)
            #expect(durable.status == 503)
            #expect(durable.header("retry-after") != nil)
            #expect(try service.post("/logs", #"{"b":2}"#).status == 200)
        }
    }
}
