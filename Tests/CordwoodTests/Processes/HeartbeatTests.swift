// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Cordwood

@Suite struct HeartbeatTests {
    @Test(
        arguments: [
            (0, 1_002_000_000), (1, 1_001_999_999), (999_999_999, 2_000_001),
            (1_795_442_161_500_000_000, 502_000_000),
        ] as [(Int64, Int64)])
    func `the first beat is a little after the next second`(now: Int64, delay: Int64) {
        #expect(Heartbeat.delay(from: now) == delay)
    }

    @Test func `a beat that is acknowledged is over`() throws {
        let heartbeat = try Heartbeat(now: 999_999_999)
        var events = pollfd(fd: heartbeat.number, events: Int16(POLLIN), revents: 0)
        #expect(poll(&events, 1, 10_000) == 1)
        // The next beat is most of a second away; a slow machine may see it come all the same.
        let isQuiet = try (0..<3).contains { _ in
            try heartbeat.acknowledge()
            return poll(&events, 1, 0) == 0
        }
        #expect(isQuiet)
    }
}
