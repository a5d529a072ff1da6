// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Monitoring

@Suite struct ReadinessTests {
    private static let second: Int64 = 1_000_000_000

    @Test(
        arguments: [
            // Failed and written so many seconds ago; nil for never.
            (nil, nil, false), (nil, 3, false), (0, nil, true), (9, nil, true), (10, nil, false),
            (0, 5, true), (5, 6, true), (5, 0, false), (0, 0, false), (3, 2, false),
            (20, 30, false),
        ] as [(Int64?, Int64?, Bool)])
    func `writes fail while the last one did and those of a second before it`(
        failed: Int64?, written: Int64?, areFailing: Bool
    ) {
        let now = 100 * Self.second
        let times = WriteTimes(
            failedAt: failed.map { now - $0 * Self.second } ?? 0,
            writtenAt: written.map { now - $0 * Self.second } ?? 0)
        #expect(times.areFailing(now: now) == areFailing)
    }

    @Test func `one stream that cannot be written does not stop the others`() {
        let now = 100 * Self.second
        let times = WriteTimes(failedAt: now, writtenAt: now - Self.second / 2)
        #expect(!times.areFailing(now: now))
    }

    @Test(
        arguments: [
            (false, false, 2, false, Readiness.ready), (false, true, 2, false, .stopping),
            (true, true, 0, false, .draining), (true, true, 2, true, .draining),
            // Others have taken its place, or nobody has.
            (true, false, 2, false, .ready), (true, false, 0, false, .draining),
            (false, false, 2, true, .diskLow),
        ])
    func `a draining worker is ready if others run`(
        isDraining: Bool, isStopAnnounced: Bool, running: Int, isDiskLow: Bool,
        expected: Readiness
    ) {
        let readiness = Readiness(
            isDraining: isDraining, isStopAnnounced: isStopAnnounced, runningWorkerCount: running,
            isDiskLow: isDiskLow, writes: WriteTimes(failedAt: 0, writtenAt: 0), now: Self.second)
        #expect(readiness == expected)
    }

    @Test func `no worker is ready if nothing can be written`() {
        let readiness = Readiness(
            isDraining: false, isStopAnnounced: false, runningWorkerCount: 1, isDiskLow: false,
            writes: WriteTimes(failedAt: Self.second, writtenAt: 0), now: 2 * Self.second)
        #expect(readiness == .writesFail)
    }
}
