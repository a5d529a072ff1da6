/// A rejected record: its position in the body, blank lines not counted, and what is wrong.
package struct ListedError: Equatable, Sendable {
    package var index: Int
    package var reason: RejectionReason
}

/// What became of the records of one body: `accepted + rejected` is all of them.
package struct IngestReport: Sendable {
    /// How many rejected records are named; the others are counted.
    package static let listedErrorCount = 10

    /// Bytes of the body after decompression.
    package var decodedByteCount = 0
    /// Records added to the batch.
    package var accepted = 0
    /// Records not added to it, `withheld` ones included.
    package var rejected = 0
    /// Of the accepted: cut to the limit, with a mark.
    package var truncated = 0
    /// Of the rejected: not kept, because the request had used up what is kept.
    package var unkept = 0

    private var countByReason = InlineArray<9, Int>(repeating: 0)
    private var listed = InlineArray<10, ListedError>(
        repeating: ListedError(index: 0, reason: .invalidJSON))
    package private(set) var errorCount = 0

    package init() {}

    /// How many were rejected for `reason`.
    package func rejected(for reason: RejectionReason) -> Int {
        countByReason[Int(reason.rawValue)]
    }

    /// The error at `position`, below `errorCount`, in the order of the body.
    package func error(at position: Int) -> ListedError {
        precondition(position < errorCount)
        return listed[position]
    }

    mutating func reject(index: Int, reason: RejectionReason) {
        rejected += 1
        countByReason[Int(reason.rawValue)] += 1
        guard errorCount < Self.listedErrorCount else { return }
        listed[errorCount] = ListedError(index: index, reason: reason)
        errorCount += 1
    }

    /// Takes back all accepted records, because the request was atomic.
    mutating func withhold() {
        rejected += accepted
        countByReason[Int(RejectionReason.withheld.rawValue)] += accepted
        accepted = 0
        truncated = 0
    }
}
