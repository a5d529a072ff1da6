import HTTP
import Ingest

/// An answer that is promised in a turn and written at its end.
struct Reply {
    enum Content {
        /// Records went into batches; the turn keeps the receipt at this place.
        case ingested(receipt: Int)
        // Apart, because it is large, and answers are copied.
        indirect case problem(Problem)
        /// The endpoint makes it, from the query that is kept at this place.
        case made(query: Range<Int>)
        /// Nothing but the status 200.
        case empty
        /// The methods that there are (RFC 9110, 9.3.7).
        case methods(MethodSet)
    }

    var content: Content
    /// The place of the endpoint in the router's table.
    var route: Int
    /// Where the request's id is kept until the end of the turn.
    var requestID: Range<Int>
    /// The place of the token that came with it; -1: none did.
    var sender = -1
    /// Monotonic nanosecond at which the request had come, if that was not in this turn; else 0.
    var startedAt: Int64 = 0
    var isHead = false
    /// Whether an HTTP/1.0 client asked to keep the connection.
    var confirmsKeepAlive = false
    /// Where the encoder keeps what lets a page of another origin read it; empty: nothing does.
    var sharing = 0..<0
}

/// What became of the records of a request: they are in the batches of streams, and in their files
/// if those of the turn can be written.
struct Receipt {
    /// The place of the request's own stream, in whose batch they are.
    var stream: Int
    var report: IngestReport
    /// Whether the answer promises that they are on the disk.
    var isDurable: Bool
    /// Where the turn keeps what went into the batches of other streams; empty: nothing did.
    var others = 0..<0
    /// Where the turn keeps what became of each record; empty: the protocol does not say it.
    var results = 0..<0

    /// What a request has brought to another stream than its own.
    struct Part {
        /// The place of the stream.
        let stream: Int
        let acceptedCount: Int
        let rejectedCount: Int
    }

    /// The code of what the client did wrong that sent nothing that can be used.
    var mistake: StaticString? {
        guard report.accepted == 0, report.rejected > 0 else { return nil }
        return report.rejected(for: .withheld) > 0 ? "atomic_refused" : "nothing_usable"
    }
}
