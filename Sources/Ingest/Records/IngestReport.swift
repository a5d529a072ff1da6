// SPDX-License-Identifier: Apache-2.0

/// A rejected record: its position in the body, blank lines not counted, and what is wrong.
package struct ListedError: Equatable, Sendable {
    package var index: Int
    package var reason: RejectionReason
    /// Where in the decoded body the mistake is, or the record where nothing in it is to be shown.
    package var offset: Int
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
    /// Of the rejected: not kept whole, because the request had used up what is kept.
    package var unkept = 0
    /// Commas with no record in front or behind; they cost none.
    package private(set) var strayCommas = 0
    /// Where in the decoded body the first of them is.
    package private(set) var strayCommaOffset = 0

    private var countByReason = InlineArray<9, UInt32>(repeating: 0)
    private var listed = InlineArray<10, Mistake>(repeating: Mistake())
    package private(set) var errorCount = 0

    /// A `ListedError` in less room, since a report is copied with every answer; a decoded body has
    /// at most 2^30 bytes.
    private struct Mistake {
        var index: UInt32 = 0
        var offset: UInt32 = 0
        var reason = RejectionReason.invalidJSON
    }

    package init() {}

    /// How many were rejected for `reason`.
    package func rejected(for reason: RejectionReason) -> Int {
        Int(countByReason[Int(reason.rawValue)])
    }

    /// The error at `position`, below `errorCount`, in the order of the body.
    package func error(at position: Int) -> ListedError {
        precondition(position < errorCount)
        let mistake = listed[position]
        return ListedError(
            index: Int(mistake.index), reason: mistake.reason, offset: Int(mistake.offset))
    }

    mutating func reject(index: Int, reason: RejectionReason, offset: Int = 0) {
        rejected += 1
        countByReason[Int(reason.rawValue)] += 1
        guard errorCount < Self.listedErrorCount else { return }
        listed[errorCount] = Mistake(
            index: UInt32(clamping: index), offset: UInt32(clamping: offset), reason: reason)
        errorCount += 1
    }

    mutating func noteStrayComma(at offset: Int) {
        if strayCommas == 0 { strayCommaOffset = offset }
        strayCommas += 1
    }

    /// Whether something was read that no JSON text has, or a value that is no record.
    var isNotAllJSON: Bool {
        strayCommas > 0 || rejected(for: .invalidJSON) > 0 || rejected(for: .invalidUTF8) > 0
            || rejected(for: .notAnObject) > 0
    }

    /// Takes back all accepted records, because the request was atomic.
    mutating func withhold() {
        rejected += accepted
        countByReason[Int(RejectionReason.withheld.rawValue)] += UInt32(clamping: accepted)
        accepted = 0
        truncated = 0
    }
}
