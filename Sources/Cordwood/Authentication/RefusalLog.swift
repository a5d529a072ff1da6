/// Keeps refused requests, of which there may be thousands a second, from filling the diagnostic
/// log.
struct RefusalLog {
    /// Seconds between two messages of one kind.
    static let intervalSeconds: Int64 = 10

    private var saidAt: [Int64]
    private var suppressed: [Int]

    init(kinds: Int) {
        saidAt = Array(repeating: -Self.intervalSeconds, count: kinds)
        suppressed = Array(repeating: 0, count: kinds)
    }

    /// How many were passed over since the last one that was said; nil to pass this one over.
    ///
    /// - Parameter now: monotonic seconds.
    mutating func note(_ kind: Int, now: Int64) -> Int? {
        guard now - saidAt[kind] >= Self.intervalSeconds else {
            suppressed[kind] += 1
            return nil
        }
        defer {
            saidAt[kind] = now
            suppressed[kind] = 0
        }
        return suppressed[kind]
    }
}
