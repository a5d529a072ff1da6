// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Glibc
import Testing

@testable import Cordwood

@Suite struct RecyclingTests {
    private static func recycling(
        requests: Int? = nil, memory: Int? = nil, process: pid_t = 10
    ) -> Recycling {
        var settings = Configuration.Recycle()
        settings.requestCount = requests
        settings.memoryByteCount = memory
        return Recycling(settings, process: process, startedAt: 100)
    }

    @Test func `without limits a worker asks for no successor, and not for its memory`() {
        let isDue = Self.recycling().isDue(requestCount: .max, now: .max) {
            Issue.record("its memory was asked for")
            return .max
        }
        #expect(!isDue)
    }

    @Test(arguments: [(999, false), (1000, true), (1001, true)])
    func `it asks after a number of requests`(count: Int, isDue: Bool) {
        // 10 is in the middle of the spread.
        #expect(Self.recycling(requests: 1000).isDue(requestCount: count, now: 100) { 0 } == isDue)
    }

    @Test func `the limits of requests differ by a tenth at most, and are not all the same`() {
        let limits = (1...21).map { process in
            (0...2000).first {
                Self.recycling(requests: 1000, process: process)
                    .isDue(requestCount: $0, now: 100) { nil }
            } ?? 0
        }
        #expect(limits.min() == 900 && limits.max() == 1100 && Set(limits).count == 21)
    }

    @Test(
        arguments: [
            (50, 110, false), (51, 110, true), (nil, 110, false),
            // A young worker may need more than the limit.
            (51, 109, false),
        ] as [(Int?, Int64, Bool)])
    func `it asks with too much memory, unless it is young`(used: Int?, now: Int64, isDue: Bool) {
        #expect(Self.recycling(memory: 50).isDue(requestCount: 0, now: now) { used } == isDue)
    }
}
