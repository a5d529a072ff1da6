// SPDX-License-Identifier: Apache-2.0

/// What a body finds in its sink when its reading begins, and comes back to.
struct RecordOrigin {
    /// Bytes that the request has added to the batch and the rejected records.
    var batchByteCount = 0
    var rejectedByteCount = 0
    /// Records whose results are kept.
    var resultCount = 0
    var report = IngestReport()
    /// Where it is in the body around it; nil: there is none.
    var place: Int?
}
