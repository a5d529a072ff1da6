/// Says which clients are answered 4xx, without letting one of them fill the diagnostic log: a line for
/// each kind of mistake, and how many others there were since.
struct ClientErrorLog {
    /// Seconds between two lines about the same kind.
    static let intervalSeconds: Int64 = 10

    private struct Entry {
        var saidAt: Int64
        var suppressedCount = 0
    }

    // By the place of the code's literal: there are no more than there are codes.
    private var entries: [UnsafePointer<UInt8>: Entry] = [:]

    /// How many were passed over since the last one of this code; nil to pass this one over too.
    ///
    /// - Parameter now: monotonic seconds.
    mutating func note(_ code: StaticString, now: Int64) -> Int? {
        let key = code.utf8Start
        guard var entry = entries[key] else {
            entries[key] = Entry(saidAt: now)
            return 0
        }
        guard now - entry.saidAt >= Self.intervalSeconds else {
            entry.suppressedCount += 1
            entries[key] = entry
            return nil
        }
        entries[key] = Entry(saidAt: now)
        return entry.suppressedCount
    }
}
