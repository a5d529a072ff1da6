// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP

struct TransferPaceTests {
    /// When a transfer ends that begins at 0 and moves so many bytes in each of these seconds.
    private func end(
        rate: Int, until last: Int64 = 10_000, _ moved: (Int64) -> [Int]
    ) -> Int64? {
        var limits = Limits()
        limits.bodyTimeoutSeconds = 30
        limits.minimumRate = rate
        var pace = TransferPace()
        var deadline: Int64 = 30
        for now in 1...last {
            if now >= deadline { return now }
            for count in moved(now) {
                deadline = pace.deadline(after: deadline, moved: count, now: now, limits: limits)
            }
        }
        return nil
    }

    @Test(arguments: [(240, 1, 30), (240, 120, 60), (240, 180, 120), (1, 0, 30), (0, 0, 30)])
    func `a transfer that is too slow ends when it has lost a timeout`(
        rate: Int, bytesEachSecond: Int, expected: Int64
    ) throws {
        let end = try #require(
            end(rate: rate) { _ in bytesEachSecond > 0 ? [bytesEachSecond] : [] })
        #expect((expected * 9 / 10...expected + 1).contains(end), "\(end)")
    }

    @Test
    func `a transfer at the minimum rate never times out`() {
        #expect(end(rate: 240) { _ in [240] } == nil)
        // Pieces that are worth less than a second add up.
        #expect(end(rate: 240) { _ in [80, 80, 80] } == nil)
        #expect(end(rate: 240) { now in now % 29 == 0 ? [29 * 240] : [] } == nil)
    }

    @Test
    func `a fast beginning earns no more than one pause`() throws {
        let end = try #require(end(rate: 240) { now in now <= 10 ? [1 << 20] : [1] })
        #expect((39...41).contains(end), "\(end)")
    }

    @Test
    func `without a rate only a pause ends it`() {
        #expect(end(rate: 0) { now in now % 29 == 0 ? [1] : [] } == nil)
        #expect(end(rate: 0) { now in now == 1 ? [1] : [] } == 31)
    }
}
