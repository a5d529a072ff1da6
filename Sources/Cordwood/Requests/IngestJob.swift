import Bytes
import Ingest
import Streams

/// A request on its way into a batch, which may take longer than one visit.
///
/// As long as it is the worker's only one it writes into its stream's own buffers. When others are
/// to be served before its end, what it has written goes into buffers of its own.
final class IngestJob {
    /// What the server knows it by once it is unfinished.
    var number: Int32 = -1
    var ingester: Ingester
    /// Its records and those it has rejected, while it is unfinished.
    var batch = ByteBuffer()
    var rejected = ByteBuffer()
    var requestID = ByteBuffer()
    var isDurable = false
    /// Monotonic nanosecond at which the request had come whole.
    var startedAt: Int64 = 0
    /// What became of its records, once all are read.
    var report: IngestReport?

    private let limits: IngestLimits
    /// What reads the bodies of protocols that have a reader of their own, by the place of their
    /// endpoint.
    private var readers: [Int: any RecordReader] = [:]

    init(limits: IngestLimits) {
        self.limits = limits
        ingester = Ingester(limits: limits)
    }

    /// What reads the body of a request for the endpoint at `route`; nil: the ingester itself.
    func reader(
        _ route: Int, _ endpoints: [Endpoint], _ selector: any BatchSelector
    ) -> (any RecordReader)? {
        guard endpoints[route].hasReader, case .ingest(let ingest) = endpoints[route].action
        else { return nil }
        if let reader = readers[route] { return reader }
        let reader = ingest.makeReader(limits, selector)
        readers[route] = reader
        return reader
    }

    /// Keeps the id of the request.
    func keep(_ requestID: Range<Int>, of kept: borrowing ByteBuffer) {
        self.requestID.append(kept.span.extracting(requestID))
    }

    /// Gives what it has written to its stream.
    func move(to stream: Stream) {
        if stream.batch.isEmpty, stream.rejected.isEmpty {
            swap(&stream.batch, &batch)
            swap(&stream.rejected, &rejected)
        } else {
            stream.batch.append(batch)
            stream.rejected.append(rejected)
        }
    }

    /// Bytes that it keeps in memory.
    var heldByteCount: Int { batch.count + rejected.count + ingester.heldByteCount }

    /// Takes what it has written out of the stream's buffers.
    func detach(from stream: Stream) {
        ingester.detach(from: &stream.batch, and: &stream.rejected, into: &batch, and: &rejected)
    }

    /// Forgets all of the request but the memory that the next one needs.
    func clear() {
        report = nil
        number = -1
        batch = ByteBuffer()
        rejected = ByteBuffer()
        requestID.removeAll()
    }
}

/// The requests that are unfinished: a bounded number, oldest first, in bounded memory.
struct Workbench {
    private(set) var jobs: [IngestJob] = []
    /// The one that the next request is done with.
    private(set) var next: IngestJob
    private var spares: [IngestJob] = []
    private var lastNumber: Int32 = 0
    private let limits: IngestLimits
    /// Bytes that all of them keep in memory.
    private(set) var heldByteCount = 0

    /// Whether memory was short, and no job has ended since.
    var isShort = false

    /// How many requests may be unfinished.
    static let jobLimit = 8

    init(limits: IngestLimits) {
        self.limits = limits
        next = IngestJob(limits: limits)
    }

    var isFull: Bool { jobs.count >= Self.jobLimit }

    func job(_ number: Int32) -> IngestJob? { jobs.first { $0.number == number } }

    /// Puts the job at hand among the unfinished; the next request has another.
    mutating func put() -> Int32 {
        lastNumber = lastNumber == .max ? 1 : lastNumber + 1
        next.number = lastNumber
        jobs.append(next)
        next = spares.popLast() ?? IngestJob(limits: limits)
        count()
        return lastNumber
    }

    /// Takes a job away that is finished, or whose request is not wanted.
    mutating func remove(_ number: Int32) {
        guard let index = jobs.firstIndex(where: { $0.number == number }) else { return }
        let job = jobs.remove(at: index)
        isShort = false
        job.clear()
        job.ingester.cancel()
        if spares.count < Self.spareLimit { spares.append(job) }
        count()
    }

    /// Brings `heldByteCount` up to date after a job has grown.
    mutating func count() { heldByteCount = jobs.reduce(0) { $0 + $1.heldByteCount } }

    private static let spareLimit = 2
}
