// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `ack: fsync`: the records are on the disk before the answer is sent.
@Suite(.enabled(if: Program.strace != nil, "needs strace"))
struct SynchronizesWhenAskedTests {
    @Test(arguments: [
        ("write", "/logs", false), ("write", "/logs?ack=fsync", true), ("fsync", "/logs", true),
        ("fsync", "/logs?ack=write", false),
    ])
    func `the file is synchronized before the answer if and only if requested`(
        setting: String, target: String, isDurable: Bool
    ) throws {
        try RunningService.run(["--workers", "1"], environment: ["CORDWOOD_ACK": setting]) {
            service in
            let worker = try #require(try service.workers().first)
            let calls = try SystemCalls.traced(worker) {
                let answer = try service.post(target, #"{"a":1}"#)
                #expect(answer.status == 200)
            }
            let sync = calls.firstIndex { $0.hasPrefix("fdatasync(") || $0.hasPrefix("fsync(") }
            let answer = try #require(calls.firstIndex { $0.contains("HTTP/1.1 200 OK") })
            #expect((sync != nil) == isDurable)
            if let sync { #expect(sync < answer) }
        }
    }
}
