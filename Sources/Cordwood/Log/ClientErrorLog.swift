import HTTP
import Ingest

/// Says who is answered 4xx, without letting one client fill the diagnostic log: a line for each
/// kind of mistake, and how many others there were since.
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

extension Answer.Content {
    /// The code of a 4xx that says what the client did wrong; nil for all other answers, and for
    /// those of requests that may not be made, of which there are lines of their own.
    var mistake: StaticString? {
        switch self {
        case .failure(let failure): failure.code
        case .malformed(let error): error.status.code < 500 ? error.code : nil
        case .unreadable(let error):
            Refusal(error).status.code < 500 ? Refusal(error).code : nil
        case .ingested(_, let report, _):
            if report.accepted > 0 || report.rejected == 0 {
                nil
            } else {
                report.rejected(for: .withheld) > 0 ? "atomic_refused" : "nothing_usable"
            }
        default: nil
        }
    }
}
