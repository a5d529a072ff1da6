// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Linux
import Monitoring
import Protocols

/// The records and answers of one turn of the loop, until its answers are written.
final class Turn {
    private(set) var replies: [Reply] = []
    /// What answers need of requests whose bytes are gone by then: their ids and queries, one after
    /// the other.
    private(set) var kept = ByteBuffer(capacity: 4096)
    /// The results of the requests' records.
    private(set) var receipts: [Receipt] = []
    /// The records that requests have for streams other than their own.
    private(set) var parts: [Receipt.Part] = []
    /// Monotonic nanoseconds of the turn's first whole request.
    private(set) var startedAt: Int64 = 0
    /// Wall-clock seconds of this turn; 0 if not read yet.
    private(set) var epochSeconds: Int64 = 0
    /// Set until the commit when a batch has grown large, or the answers will be large.
    var isFull = false
    /// Bytes of records, accepted and rejected, that this turn has added to all streams.
    private(set) var byteCount = 0

    private let byteLimit: Int
    private var identifiers = RequestIDs()
    private var answerWeight = 0
    private var ingestedCount = 0
    /// When those acknowledged requests had arrived that were unfinished before this turn.
    private var late: [Int64] = []

    init(limits: Limits) {
        byteLimit = min(Self.largeByteCount, limits.bufferedByteCount / 4)
    }

    private static let largeByteCount = 8 << 20

    // MARK: Input

    /// A whole request has arrived.
    func begin() {
        guard epochSeconds == 0 else { return }
        startedAt = Clock.monotonicNanoseconds()
        epochSeconds = Clock.epochSeconds()
    }

    /// A request is unfinished; the time of a turn is that of the requests that it answers.
    func leaveUnfinished() {
        guard replies.isEmpty else { return }
        kept.removeAll()
        epochSeconds = 0
    }

    /// A batch has grown; if it is large, the turn is committed before more is accepted.
    func grow(by byteCount: Int) {
        self.byteCount += byteCount
        if self.byteCount > byteLimit { isFull = true }
    }

    /// An answer of `weight` will be made, in units of about 10 KB.
    ///
    /// A request of forty bytes may have an answer of thousands, which may wait for a peer that
    /// does not read.
    func addAnswer(weighing weight: Int) {
        answerWeight += weight
        if answerWeight >= Self.answerWeightLimit { isFull = true }
    }

    private static let answerWeightLimit = 16

    /// Keeps the id of a request, or makes one if it has none.
    func keepID(_ head: RequestHead, _ bytes: Span<UInt8>) -> Range<Int> {
        guard head[.xRequestId].isEmpty else { return keep(bytes.extracting(head[.xRequestId])) }
        let start = kept.count
        identifiers.appendNext(to: &kept)
        return start..<kept.count
    }

    func keep(_ bytes: Span<UInt8>) -> Range<Int> {
        let start = kept.count
        if !bytes.isEmpty { kept.append(bytes) }
        return start..<kept.count
    }

    /// Keeps the result of each record of a job.
    func keepResults(of job: IngestJob) -> Range<Int> {
        let start = kept.count
        job.ingester.appendResults(to: &kept)
        return start..<kept.count
    }

    /// Keeps what the reader of a job has noted of the body.
    func keepNotes(of job: IngestJob) -> Range<Int> {
        let start = kept.count
        job.takeNotes(to: &kept)
        return start..<kept.count
    }

    /// Keeps what the answer of a protocol needs of the head.
    func keep(
        for ingest: any IngestProtocol, _ head: RequestHead, path: Span<UInt8>,
        _ bytes: Span<UInt8>
    ) -> Range<Int> {
        let start = kept.count
        ingest.keep(head, path: path, bytes, into: &kept)
        return start..<kept.count
    }

    /// Keeps a receipt; returns its place.
    func keep(_ receipt: Receipt) -> Int {
        receipts.append(receipt)
        return receipts.count - 1
    }

    func keep(_ parts: [Receipt.Part]) -> Range<Int> {
        let start = self.parts.count
        self.parts += parts
        return start..<self.parts.count
    }

    func text(of range: Range<Int>) -> String {
        Self.text(kept, range)
    }

    private static func text(_ kept: borrowing ByteBuffer, _ range: Range<Int>) -> String {
        kept.span.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Answers

    subscript(answer: PendingAnswer) -> Reply { replies[answer.index] }

    func promise(_ reply: Reply, isCostly: Bool) -> PendingAnswer {
        replies.append(reply)
        return PendingAnswer(index: replies.count - 1, isCostly: isCostly)
    }

    /// The code of a 4xx for a mistake of the client; nil for all other answers, and for denied
    /// requests, which have lines of their own in the log.
    func mistake(of answer: PendingAnswer) -> StaticString? {
        switch replies[answer.index].content {
        case .problem(let problem): problem.isMistake ? problem.refusal.code : nil
        case .ingested(let receipt): receipts[receipt].mistake
        case .made, .welcome, .setUp, .empty, .methods: nil
        }
    }

    /// The id of the first request whose records are in the batch of the stream at this place.
    func firstRequestID(ofStream stream: Int) -> String? {
        let reply = replies.first {
            guard case .ingested(let place) = $0.content else { return false }
            let receipt = receipts[place]
            return receipt.stream == stream
                || parts[receipt.others].contains { $0.stream == stream }
        }
        return reply.map { text(of: $0.requestID) }
    }

    // MARK: The end

    /// The records are about to be written.
    func beginCommit() {
        if epochSeconds == 0 { epochSeconds = Clock.epochSeconds() }
        isFull = false
        byteCount = 0
    }

    /// Counts an answer whose records are in a file.
    func noteAcknowledgement(_ reply: Reply) {
        if reply.startedAt > 0 { late.append(reply.startedAt) } else { ingestedCount += 1 }
    }

    /// All answers are written.
    func end(_ counters: Counters) {
        if ingestedCount > 0 || !late.isEmpty { count(counters) }
        answerWeight = 0
        replies.removeAll(keepingCapacity: true)
        receipts.removeAll(keepingCapacity: true)
        kept.clear(keeping: Self.keptByteCount)
        if !parts.isEmpty { parts.removeAll() }
        epochSeconds = 0
    }

    private static let keptByteCount = 256 << 10

    private func count(_ counters: Counters) {
        let now = Clock.monotonicNanoseconds()
        if ingestedCount > 0 {
            counters.countAcknowledgements(ingestedCount, took: now - startedAt)
        }
        for startedAt in late { counters.countAcknowledgements(1, took: now - startedAt) }
        ingestedCount = 0
        late.removeAll()
    }
}
