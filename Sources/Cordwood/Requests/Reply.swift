// SPDX-License-Identifier: Apache-2.0

import HTTP
import Ingest

/// An answer that is promised in a turn and written at its end.
struct Reply {
    enum Content {
        /// Records are in batches; the turn keeps the receipt at this place.
        case ingested(receipt: Int)
        // A separate value, because it is large and answers are copied.
        indirect case problem(Problem)
        /// The endpoint makes the answer, from the query that is kept at this place.
        case made(query: Range<Int>)
        /// The host that the client names is kept at this place.
        case welcome(Welcome, host: Range<Int>)
        /// The protocol makes the answer with this number to a request without records.
        case setUp(UInt8)
        /// Only the status 200.
        case empty
        /// The methods that the service supports (RFC 9110, 9.3.7).
        case methods(MethodSet)
    }

    var content: Content
    /// The place of the endpoint in the router's table.
    var route: Int
    /// Where the request's id is kept until the end of the turn.
    var requestID: Range<Int>
    /// Where the turn keeps what the protocol has kept of the head; empty for the service's own
    /// paths.
    var kept = 0..<0
    /// The place of its token; -1 for none.
    var sender = -1
    /// Monotonic nanosecond at which the request had arrived, if that was in an earlier turn;
    /// otherwise 0.
    var startedAt: Int64 = 0
    var isHead = false
    /// Whether an HTTP/1.0 client asked to keep the connection.
    var confirmsKeepAlive = false
    /// The place of the encoder's fields with which a page of another origin may read it; empty for
    /// none.
    var sharing = 0..<0
}

/// The result of a request's records: they are in the batches of streams, and in their files if
/// those of the turn can be written.
struct Receipt {
    /// The place of the request's own stream, in whose batch the records are.
    var stream: Int
    var report: IngestReport
    /// Whether the answer promises that they are on the disk.
    var isDurable: Bool
    /// Where the turn keeps the records that went into the batches of other streams; empty for
    /// none.
    var others = 0..<0
    /// Where the turn keeps the result of each record; empty if the protocol does not report it.
    var results = 0..<0
    /// Where the turn keeps what the reader has noted of the body; empty if there is nothing.
    var notes = 0..<0

    /// The records of a request for a stream other than its own.
    struct Part {
        /// The place of the stream.
        let stream: Int
        let acceptedCount: Int
        let rejectedCount: Int
    }

    /// The code of the client's mistake if none of its records can be used.
    var mistake: StaticString? {
        guard report.accepted == 0, report.rejected > 0 else { return nil }
        return report.rejected(for: .withheld) > 0 ? "atomic_refused" : "nothing_usable"
    }
}
