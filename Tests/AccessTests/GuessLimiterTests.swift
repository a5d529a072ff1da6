// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Access

struct GuessLimiterTests {
    private static func key(_ address: String) -> ClientKey { ClientKey(address.utf8.span) }

    @Test func `a number of guesses is free, then one for each part of the window`() {
        var limiter = GuessLimiter(limit: 3, windowSeconds: 60, seed: 1)
        let (one, two) = (Self.key("192.0.2.1"), Self.key("192.0.2.2"))
        let start: Int64 = 1_000_000
        #expect((0..<3).map { _ in limiter.note(one, now: start) } == [nil, nil, nil])
        #expect(limiter.note(one, now: start) == 20)
        #expect(limiter.note(two, now: start) == nil)
        #expect(limiter.note(one, now: start + 19_001) == 1)
        #expect(limiter.note(one, now: start + 20_000) == nil)
        #expect(limiter.note(one, now: start + 20_000) == 20)
        // After a window of quiet all of them are free again.
        let later = start + 200_000
        #expect((0..<4).map { _ in limiter.note(one, now: later) } == [nil, nil, nil, 20])
    }

    @Test func `a client with many addresses uses no more memory, and others still count`() {
        var limiter = GuessLimiter(limit: 2, windowSeconds: 60, seed: 42)
        let key = Self.key("2001:db8::1")
        for number in 0..<100_000 {
            _ = limiter.note(
                Self.key("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"), now: 0)
        }
        #expect((0..<3).map { _ in limiter.note(key, now: 0) } == [nil, nil, 30])
    }

    /// Four addresses share a set, and a fifth takes the place of the one that was quiet longest.
    @Test func `an address that is pushed out starts from zero, and the others go on`() {
        let seed: UInt64 = 7
        let keys = (0..<5000).map { Self.key("10.0.\($0 >> 8).\($0 & 255)") }
        let keysOfSet = keys.filter { $0.hash(seed) % 256 == keys[0].hash(seed) % 256 }
        #expect(keysOfSet.count >= 5)
        var limiter = GuessLimiter(limit: 1, windowSeconds: 60, seed: seed)
        for (index, key) in keysOfSet.prefix(5).enumerated() {
            #expect(limiter.note(key, now: Int64(index) * 1000) == nil)
        }
        let waits = keysOfSet.prefix(5).dropFirst().map { limiter.note($0, now: 5000) }
        #expect(waits == [56, 57, 58, 59])
        #expect(limiter.note(keysOfSet[0], now: 5000) == nil)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true), ("2001:db8::1", "2001:db8::ffff:1", true),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", false), ("unix", "unix", true),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::1", true),
    ])
    func `an IPv6 client is its first 64 bits`(one: String, other: String, isSame: Bool) {
        #expect((Self.key(one) == Self.key(other)) == isSame)
    }
}
