// SPDX-License-Identifier: Apache-2.0

/// How many wrong secrets each address has sent recently.
///
/// Each address may send `limit` of them at once, and then one for every `limit`th part of the
/// window: the generic cell rate algorithm, which keeps one time for each address. The table has a
/// fixed size, so an attacker with many addresses costs no memory; an address that was replaced
/// starts from zero.
struct GuessLimiter {
    private struct Entry {
        var key: ClientKey
        /// Monotonic milliseconds at which the bucket is full again.
        var fullAt: Int64
    }

    private var entries: [Entry]
    private let seed: UInt64
    private let windowMilliseconds: Int64
    private let stepMilliseconds: Int64

    /// An address may be in any of the entries of its set.
    private static let setSize = 4
    private static let setCount = 256

    /// - Parameter seed: decides, together with an address, its set, so that clients cannot choose
    ///   it.
    init(limit: Int, windowSeconds: Int, seed: UInt64) {
        self.seed = seed
        windowMilliseconds = Int64(windowSeconds) * 1000
        stepMilliseconds = max(1, windowMilliseconds / Int64(limit))
        let empty = Entry(key: ClientKey(), fullAt: .min)
        entries = Array(repeating: empty, count: Self.setCount * Self.setSize)
    }

    /// Counts a wrong secret, at monotonic milliseconds.
    ///
    /// - Returns: nil if the address may send more; otherwise the seconds until it may.
    mutating func note(_ key: ClientKey, now: Int64) -> Int? {
        let first = Int(key.hash(seed) % UInt64(Self.setCount)) * Self.setSize
        let set = first..<first + Self.setSize
        // The address's own entry, or that of the address that has been quiet longest.
        let place =
            set.first { entries[$0].key == key }
            ?? set.min { entries[$0].fullAt < entries[$1].fullAt } ?? first
        if entries[place].key != key { entries[place] = Entry(key: key, fullAt: now) }
        let fullAt = max(entries[place].fullAt, now) + stepMilliseconds
        let excess = fullAt - now - windowMilliseconds
        if excess > 0 { return Int((excess + 999) / 1000) }
        entries[place].fullAt = fullAt
        return nil
    }
}
