// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import HTTP

struct ScheduleTests {
    private static let limits = Limits()
    private static let turn = Int64(limits.turnNanoseconds)
    private static let visit = Int64(limits.visitNanoseconds)
    private static func token(_ slot: Int) -> EventToken {
        EventToken(slot: UInt32(slot), version: 0)
    }

    @Test
    func `connections that have used little go before busy ones`() {
        var schedule = Schedule(limits: Self.limits)
        schedule.beginTurn(now: 0)
        for slot in 0..<4 { schedule.append(Self.token(slot), isFresh: slot >= 2) }
        let order = (0..<5).map { _ in schedule.next(now: 1)?.slot }
        #expect(order == [2, 3, 0, 1, nil])
        #expect(schedule.isEmpty)
    }

    @Test
    func `when the turn is over each queue still gets one visit, and no more`() {
        var schedule = Schedule(limits: Self.limits)
        var share = Share()
        for slot in 0..<6 { schedule.append(Self.token(slot), isFresh: slot >= 3) }
        for _ in 0..<3 {
            schedule.beginTurn(now: 0)
            var kinds: [Bool] = []
            while let token = schedule.next(now: Self.turn) {
                let isFresh = token.slot >= 3
                kinds.append(isFresh)
                #expect(schedule.beginVisit(&share, isFresh: isFresh, now: Self.turn))
                schedule.endVisit(&share, now: Self.turn)
            }
            #expect(kinds == [true, false])
        }
        #expect(schedule.isEmpty)
    }

    @Test(arguments: [1, 2, 5, 9])
    func `a visit that took longer is paid for with the rounds that follow`(times: Int) {
        var schedule = Schedule(limits: Self.limits)
        var share = Share()
        var now: Int64 = 0
        schedule.beginTurn(now: now)
        #expect(schedule.beginVisit(&share, isFresh: false, now: now))
        now += Int64(times) * Self.visit
        schedule.endVisit(&share, now: now)
        var rounds = 0
        while !schedule.beginVisit(&share, isFresh: false, now: now) { rounds += 1 }
        #expect(rounds == times - 1)
        // What was saved up is never more than one visit.
        schedule.endVisit(&share, now: now)
        #expect(schedule.beginVisit(&share, isFresh: false, now: now))
        #expect(schedule.visitEndsAt == now + Self.visit)
    }

    @Test
    func `a connection with long requests gets no more than one with short ones`() {
        var schedule = Schedule(limits: Self.limits)
        var shares = [Share(), Share(), Share()]
        // What a request of each takes; a visit ends with the request that is at hand.
        let costs: [Int64] = [5_000_000, 300_000, 40_000]
        var used: [Int64] = [0, 0, 0]
        var now: Int64 = 0
        for slot in 0..<3 { schedule.append(Self.token(slot), isFresh: false) }
        while now < 1_000_000_000 {
            schedule.beginTurn(now: now)
            while let token = schedule.next(now: now) {
                let slot = Int(token.slot)
                if schedule.beginVisit(&shares[slot], isFresh: false, now: now) {
                    let start = now
                    repeat { now += costs[slot] } while now < schedule.visitEndsAt
                    used[slot] += now - start
                    schedule.endVisit(&shares[slot], now: now)
                }
                schedule.append(token, isFresh: false)
            }
        }
        let (least, most) = (used.min() ?? 0, used.max() ?? 0)
        #expect(most - least <= 12_000_000, "\(used)")
    }

    @Test
    func
        `a connection that uses less than a tenth of the processor goes first, and its use is forgotten with time`()
    {
        var share = Share()
        #expect(share.isFresh(now: 0))
        for millisecond in Int64(1)...1000 {
            share.use(90_000, now: millisecond * 1_000_000)
            #expect(share.isFresh(now: millisecond * 1_000_000))
        }
        share.use(50_000_000, now: 1_001_000_000)
        #expect(!share.isFresh(now: 1_400_000_000))
        #expect(share.isFresh(now: 1_501_000_000))
    }

    @Test
    func `a queue keeps its order however it grows and shrinks`() {
        var queue = TokenQueue()
        var (next, expected) = (0, 0)
        for round in 0..<2000 {
            for _ in 0..<(round * 7 % 5) {
                queue.append(Self.token(next))
                next += 1
            }
            for _ in 0..<(round * 3 % 4) {
                guard let token = queue.popFirst() else { break }
                #expect(token == Self.token(expected))
                expected += 1
            }
            #expect(queue.count == next - expected && queue.isEmpty == (next == expected))
        }
    }
}
