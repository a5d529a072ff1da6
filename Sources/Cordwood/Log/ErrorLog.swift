import RotatingFile

/// Keeps one error that comes with every request from filling the diagnostic log.
struct ErrorLog {
    /// Seconds between two messages about the same error.
    static let intervalSeconds: Int64 = 10

    /// Errors remembered at a time; more kinds than that are said each time.
    static let errorLimit = 16

    private struct Entry {
        var error: RotatingFileError
        var saidAt: Int64
        var suppressedCount = 0
    }

    private var entries: [Entry] = []

    /// How often `error` was passed over since it was last said; nil to pass it over again.
    mutating func note(_ error: RotatingFileError, now: Int64) -> Int? {
        guard let index = entries.firstIndex(where: { $0.error == error }) else {
            if entries.count == Self.errorLimit { entries.removeFirst() }
            entries.append(Entry(error: error, saidAt: now))
            return 0
        }
        if now - entries[index].saidAt < Self.intervalSeconds {
            entries[index].suppressedCount += 1
            return nil
        }
        defer { entries[index] = Entry(error: error, saidAt: now) }
        return entries[index].suppressedCount
    }
}
