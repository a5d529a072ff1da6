// SPDX-License-Identifier: Apache-2.0

import Bytes
import Protocols

/// An answer that is expensive to make, shared by all clients that ask for it at about the same time.
///
/// A client that asks now and then gets a fresh answer. When making answers has used more of the
/// processor than `MakingAllowance` gives, all clients get the last one, for at most a second.
final class SharedAnswer {
    private(set) var text = ByteBuffer()
    /// Nil until one is made.
    private(set) var response: Response?
    private var madeAt: Int64 = 0

    /// Whether it must be made again.
    func isOutdated(now: Int64, _ allowance: MakingAllowance) -> Bool {
        response == nil || allowance.isLeft(now: now) || now - madeAt >= Self.longestUse
    }

    /// Stores an answer that was made at the monotonic nanosecond `now`.
    func take(_ made: inout ByteBuffer, _ response: Response, now: Int64) {
        swap(&text, &made)
        made.clear(keeping: 0)
        self.response = response
        madeAt = now
    }

    /// Releases the memory when no client has asked for a while.
    func release(now: Int64) {
        guard response != nil, now - madeAt > Self.longestUse else { return }
        text = ByteBuffer()
        response = nil
    }

    private static let longestUse: Int64 = 1_000_000_000
}

/// How much of the processor may be used to make shared answers: a tenth, with a burst of twenty
/// milliseconds.
struct MakingAllowance {
    /// Nanoseconds that are left, as of `countedAt`.
    private var nanoseconds = Self.most
    private var countedAt: Int64 = 0

    /// Whether an answer may be made.
    func isLeft(now: Int64) -> Bool { left(now: now) > 0 }

    /// Counts the time that was used, up to the monotonic nanosecond `now`.
    mutating func use(_ used: Int64, now: Int64) {
        nanoseconds = left(now: now) - used
        countedAt = now
    }

    private func left(now: Int64) -> Int64 {
        min(Self.most, nanoseconds + (now - countedAt) / 10)
    }

    private static let most: Int64 = 20_000_000
}
