// SPDX-License-Identifier: Apache-2.0

import Bytes
import Protocols
import Testing

@testable import Cordwood

struct SharedAnswerTests {
    private static let second: Int64 = 1_000_000_000

    /// How often an answer is made that costs this much and that is asked for this often, in ten
    /// seconds.
    private static func count(cost: Int64, every interval: Int64) -> Int {
        let shared = SharedAnswer()
        var allowance = MakingAllowance()
        var (now, count) = (100 * second, 0)
        while now < 110 * second {
            if shared.isOutdated(now: now, allowance) {
                count += 1
                now += cost
                allowance.use(cost, now: now)
                var made = ByteBuffer()
                shared.take(&made, .json, now: now)
            }
            now += interval
        }
        return count
    }

    @Test
    func `a client that asks now and then gets a fresh answer`() {
        #expect(Self.count(cost: 1_000_000, every: Self.second / 10) == 100)
        #expect(Self.count(cost: 40_000_000, every: Self.second) == 10)
    }

    @Test(arguments: [100_000, 1_000_000, 40_000_000] as [Int64])
    func `however many clients ask, making answers takes a tenth of the time`(cost: Int64) {
        let used = Int64(Self.count(cost: cost, every: 10_000)) * cost
        #expect(used > Self.second * 9 / 10 && used <= Self.second * 12 / 10)
    }

    @Test
    func `no client gets an answer older than a second, whatever it costs`() {
        #expect(Self.count(cost: Self.second / 2, every: 1_000_000) >= 6)
    }

    @Test
    func `an answer that no client asks for any more is released`() {
        let shared = SharedAnswer()
        var made = ByteBuffer()
        made.append("text")
        shared.take(&made, .json, now: Self.second)
        shared.release(now: Self.second * 2)
        let left = made.count
        #expect(String(shared.text) == "text" && left == 0)
        shared.release(now: Self.second * 3)
        #expect(String(shared.text) == "")
        #expect(shared.isOutdated(now: Self.second * 3, MakingAllowance()))
    }
}
