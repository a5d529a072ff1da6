// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Protocols
import Streams

/// A request on its way into a batch, which may take longer than one visit.
///
/// As long as it is the worker's only one, it writes directly into its stream's buffers. When
/// others are served before its end, it moves its output into its own buffers.
final class IngestJob {
    /// The number by which the server knows it once it is unfinished.
    var number: Int32 = -1
    var ingester: Ingester
    /// Its accepted and rejected records, while it is unfinished.
    var batch = ByteBuffer()
    var rejected = ByteBuffer()
    var requestID = ByteBuffer()
    var isDurable = false
    /// Monotonic nanosecond at which the request had arrived completely.
    var startedAt: Int64 = 0
    /// The results of its records, once all are read.
    var report: IngestReport?

    private let limits: IngestLimits
    /// The readers of protocols that have their own, by the place of their endpoint.
    private var readers: [Int: any ProtocolReader] = [:]
    /// The one of the current request; nil for the ingester itself.
    private var reader: (any ProtocolReader)?

    init(limits: IngestLimits) {
        self.limits = limits
        ingester = Ingester(limits: limits)
    }

    /// Chooses the reader of the body of a request for the endpoint at `route`; nil for the ingester
    /// itself.
    func chooseReader(
        _ route: Int, _ endpoints: [Endpoint], _ selector: any BatchSelector
    ) -> (any ProtocolReader)? {
        guard endpoints[route].hasReader, case .ingest(let ingest) = endpoints[route].action
        else {
            if reader != nil { reader = nil }
            return nil
        }
        reader = readers[route]
        if reader == nil {
            reader = ingest.makeReader(limits, selector)
            readers[route] = reader
        }
        return reader
    }

    /// Appends what the answer needs of the body, which the reader then forgets.
    func takeNotes(to notes: inout ByteBuffer) {
        guard let reader else { return }
        reader.appendNotes(to: &notes)
        reader.shrink()
    }

    /// Keeps the id of the request.
    func keep(_ requestID: Range<Int>, of kept: borrowing ByteBuffer) {
        self.requestID.append(kept.span.extracting(requestID))
    }

    /// Moves its output to its stream.
    func move(to stream: Stream) {
        if stream.batch.isEmpty, stream.rejected.isEmpty {
            swap(&stream.batch, &batch)
            swap(&stream.rejected, &rejected)
        } else {
            stream.batch.append(batch)
            stream.rejected.append(rejected)
        }
    }

    /// The memory that it uses, in bytes.
    var heldByteCount: Int { batch.count + rejected.count + ingester.heldByteCount }

    /// Moves its output out of the stream's buffers.
    func detach(from stream: Stream) {
        ingester.detach(from: &stream.batch, and: &stream.rejected, into: &batch, and: &rejected)
    }

    /// Discards all of the request but the memory that the next one needs.
    func clear() {
        report = nil
        number = -1
        batch = ByteBuffer()
        rejected = ByteBuffer()
        requestID.removeAll()
    }
}

/// The unfinished requests: a bounded number, oldest first, in bounded memory.
struct Workbench {
    private(set) var jobs: [IngestJob] = []
    /// The job of the next request.
    private(set) var next: IngestJob
    private var spares: [IngestJob] = []
    private var lastNumber: Int32 = 0
    private let limits: IngestLimits
    /// The memory that all of them use, in bytes.
    private(set) var heldByteCount = 0

    /// Whether memory ran out, and no job has ended since.
    var isShort = false

    /// How many requests may be unfinished.
    static let jobLimit = 8

    init(limits: IngestLimits) {
        self.limits = limits
        next = IngestJob(limits: limits)
    }

    var isFull: Bool { jobs.count >= Self.jobLimit }

    func job(_ number: Int32) -> IngestJob? { jobs.first { $0.number == number } }

    /// Adds the current job to the unfinished ones; the next request gets another.
    mutating func put() -> Int32 {
        lastNumber = lastNumber == .max ? 1 : lastNumber + 1
        next.number = lastNumber
        jobs.append(next)
        next = spares.popLast() ?? IngestJob(limits: limits)
        count()
        return lastNumber
    }

    /// Removes a job that is finished, or whose request is abandoned.
    mutating func remove(_ number: Int32) {
        guard let index = jobs.firstIndex(where: { $0.number == number }) else { return }
        let job = jobs.remove(at: index)
        isShort = false
        job.clear()
        job.ingester.cancel()
        if spares.count < Self.spareLimit { spares.append(job) }
        count()
    }

    /// Updates `heldByteCount` after a job has grown.
    mutating func count() { heldByteCount = jobs.reduce(0) { $0 + $1.heldByteCount } }

    private static let spareLimit = 2
}
