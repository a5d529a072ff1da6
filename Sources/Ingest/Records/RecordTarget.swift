// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The stream that records go to while a body is read.
struct RecordTarget: ~Copyable {
    /// Its name, for the lines of rejected records.
    var stream = ByteBuffer(capacity: 64)
    var format = StreamFormat.json
    /// Lines for its file, and for that of its rejected records; those of the request begin at the
    /// starts.
    var batch = ByteBuffer()
    var rejected = ByteBuffer()
    var batchStart = 0
    var rejectedStart = 0
    /// The beginning of the lines of rejected records, which is the same for all of a request; empty:
    /// not made yet.
    var rejectedHead = ByteBuffer(capacity: 256)

    /// Bytes that the request has added.
    var batchByteCount: Int { batch.count - batchStart }
    var rejectedByteCount: Int { rejected.count - rejectedStart }

    /// Takes back what the request has added to the batch.
    mutating func truncateBatch() { batch.truncate(to: batchStart) }

    /// Takes back all that the request has added.
    mutating func rollBack() {
        batch.truncate(to: batchStart)
        rejected.truncate(to: rejectedStart)
    }
}

/// Says to which streams the records of a request may go beside its own, the one that its head names.
package protocol BatchSelector: AnyObject {
    /// How records stand in the file of the stream of this name; nil: the request's records may not
    /// go there.
    func format(ofStream name: Span<UInt8>) -> StreamFormat?
}

/// What a request has written for another stream than its own.
package final class OtherBatch {
    package let stream: [UInt8]
    /// While records go here, this is the target of the request's own stream.
    fileprivate var target = RecordTarget()
    package private(set) var acceptedCount = 0
    package private(set) var rejectedCount = 0

    fileprivate init(_ stream: Span<UInt8>, _ format: StreamFormat) {
        self.stream = (0..<stream.count).map { stream[$0] }
        target.stream.append(stream)
        target.format = format
    }

    /// Bytes that it keeps in memory.
    package var byteCount: Int { target.batch.count + target.rejected.count }

    /// Appends what was written to the batches of its stream.
    package func append(to batch: inout ByteBuffer, rejected: inout ByteBuffer) {
        batch.append(target.batch)
        rejected.append(target.rejected)
    }

    fileprivate func count(accepted: Int, rejected: Int) {
        acceptedCount += accepted
        rejectedCount += rejected
    }

    fileprivate func withhold() {
        target.truncateBatch()
        rejectedCount += acceptedCount
        acceptedCount = 0
    }
}

/// The batches of a request beside that of its own stream.
struct OtherBatches: ~Copyable {
    private(set) var all: [OtherBatch] = []
    /// The one that records go to now; nil: the request's own stream.
    private var current: OtherBatch?
    /// What had been accepted and rejected when it was chosen.
    private var accepted = 0
    private var rejected = 0
    /// Bytes in those that records do not go to now.
    private(set) var batchByteCount = 0
    private(set) var rejectedByteCount = 0

    /// How many streams the records of one request may go to beside its own.
    static let limit = 64

    /// Finds the batch of the stream of this name, or makes one; nil: records may not go there.
    mutating func batch(of stream: Span<UInt8>, _ selector: any BatchSelector) -> OtherBatch? {
        for batch in all {
            let name = batch.stream
            if name.span.equals(stream) { return batch }
        }
        guard all.count < Self.limit, let format = selector.format(ofStream: stream) else {
            return nil
        }
        let batch = OtherBatch(stream, format)
        all.append(batch)
        return batch
    }

    /// Sends records to `next` from now on; nil: to the request's own stream.
    mutating func choose(
        _ next: OtherBatch?, _ target: inout RecordTarget, _ report: borrowing IngestReport
    ) {
        if next === current { return }
        if let current {
            current.count(
                accepted: report.accepted - accepted, rejected: report.rejected - rejected)
            swap(&current.target, &target)
        }
        if let next { swap(&next.target, &target) }
        current = next
        accepted = report.accepted
        rejected = report.rejected
        // That of the request's own stream is in the place of the one that was chosen.
        batchByteCount = all.reduce(0) { $0 + $1.target.batchByteCount }
        rejectedByteCount = all.reduce(0) { $0 + $1.target.rejectedByteCount }
    }

    /// Takes back all that was accepted; records go to the request's own stream.
    mutating func withhold() { for batch in all { batch.withhold() } }

    /// Gives all of them to the caller; records go to the request's own stream.
    mutating func takeAll() -> [OtherBatch] {
        if all.isEmpty { return [] }
        defer { removeAll() }
        return all
    }

    /// Forgets all of them; records go to the request's own stream.
    mutating func removeAll() {
        precondition(current == nil, "records have to go to the request's own stream")
        if all.isEmpty { return }
        all.removeAll()
        batchByteCount = 0
        rejectedByteCount = 0
    }
}
