// SPDX-License-Identifier: Apache-2.0

/// Keeps messages that may come with every request from filling the diagnostic log: each kind is
/// logged at once when it is new, then once in a while with the number of its repetitions.
struct Repetition<Kind: Equatable> {
    /// Seconds between two messages of one kind.
    static var intervalSeconds: Int64 { 10 }

    private struct Entry {
        var kind: Kind
        var saidAt: Int64
        var suppressedCount = 0
    }

    private var entries: [Entry] = []
    private let limit: Int

    /// - Parameter limit: how many kinds are remembered at a time; beyond that, each new kind is
    ///   logged and replaces the oldest one.
    init(limit: Int) { self.limit = limit }

    /// How many messages of this kind were suppressed since the last one was logged; nil to
    /// suppress this one too.
    ///
    /// - Parameter now: monotonic seconds.
    mutating func note(_ kind: Kind, now: Int64) -> Int? {
        guard let index = entries.firstIndex(where: { $0.kind == kind }) else {
            if entries.count == limit { entries.removeFirst() }
            entries.append(Entry(kind: kind, saidAt: now))
            return 0
        }
        if now - entries[index].saidAt < Self.intervalSeconds {
            entries[index].suppressedCount += 1
            return nil
        }
        defer { entries[index] = Entry(kind: kind, saidAt: now) }
        return entries[index].suppressedCount
    }
}
