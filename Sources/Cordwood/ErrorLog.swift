import RotatingFile

/// Keeps one error that comes with every request from filling the diagnostic log.
struct ErrorLog {
    /// Seconds between two messages about the same error.
    static let intervalSeconds: Int64 = 10

    private var last: RotatingFileError?
    private var lastAt: Int64 = 0
    private var suppressedCount = 0

    /// How often `error` was passed over since it was last said; nil to pass it over again.
    mutating func note(_ error: RotatingFileError, now: Int64) -> Int? {
        if error == last, now - lastAt < Self.intervalSeconds {
            suppressedCount += 1
            return nil
        }
        defer { (last, lastAt, suppressedCount) = (error, now, 0) }
        return error == last ? suppressedCount : 0
    }
}
