// SPDX-License-Identifier: Apache-2.0

import Access
import Bytes
import CordwoodConfiguration
import HTTP
import Ingest
import Linux
import Monitoring
import Protocols
import Streams

/// Reads whole requests: the records of a body go into the batch of a stream, until time is up.
final class Intake {
    /// The outcome of a request.
    enum Outcome {
        case over(Reply.Content, startedAt: Int64 = 0, requestID: Range<Int>)
        case unfinished(Int32)
        case afterCommit(Int32)
        case later
    }

    private let router: Router
    private let batches: Batches
    private let access: StreamAccess
    private let turn: Turn
    private let counters: Counters
    private let gatekeeper: Gatekeeper?
    private let requestLog: RequestLog
    private let byteLimit: Int
    private var workbench: Workbench
    private var stamp: RecordStamp
    /// The memory that the server uses for requests and answers, in bytes.
    var bufferedByteCount: () -> Int = { 0 }

    init(
        _ settings: Configuration, _ limits: Limits, _ router: Router, _ batches: Batches,
        _ access: StreamAccess, _ turn: Turn, _ counters: Counters, _ gatekeeper: Gatekeeper?,
        _ requestLog: RequestLog
    ) {
        self.router = router
        self.batches = batches
        self.access = access
        self.turn = turn
        self.counters = counters
        self.gatekeeper = gatekeeper
        self.requestLog = requestLog
        byteLimit = limits.bufferedByteCount
        workbench = Workbench(limits: settings.ingestLimits)
        stamp = RecordStamp(settings.stamp)
    }

    /// The memory for requests until they are answered, in bytes.
    var heldByteCount: Int { turn.byteCount + workbench.heldByteCount }

    func abandon(_ work: Int32) { workbench.remove(work) }

    // MARK: New requests

    /// Adds the request's records to a batch, until time is up.
    func take(
        _ request: borrowing WholeRequest, _ head: RequestHead, _ requestID: Range<Int>,
        account: inout Int, until deadline: Int64
    ) -> Outcome {
        let place: Int
        do throws(StreamError) {
            place = try open(request)
        } catch {
            return .over(.problem(problem(error, request, requestID)), requestID: requestID)
        }
        // No request begins if its work would only be discarded.
        if !mayBegin, request.isLong { return .later }
        let stream = batches[place]
        let job = workbench.next
        job.isDurable = request.ticket.isDurable ?? stream.isDurable
        begin(job, stream, request, head, requestID, account)
        let before = (batch: stream.batch.count, rejected: stream.rejected.count)
        let result: IngestReport?
        do throws(IngestError) {
            result = try job.ingester.proceed(
                request.body, into: &stream.batch, rejected: &stream.rejected,
                until: request.isShort ? .max : deadline)
        } catch {
            countWireBytes(request)
            return .over(.problem(Problem(error)), requestID: requestID)
        }
        guard let report = result else { return putAside(stream, request, requestID) }
        account += stream.rejected.count - before.rejected
        let grown = stream.batch.count - before.batch + stream.rejected.count - before.rejected
        do throws(StreamError) {
            let content = try accept(job, report, grown, stream, at: place, request)
            return .over(content, requestID: requestID)
        } catch {
            stream.batch.truncate(to: before.batch)
            stream.rejected.truncate(to: before.rejected)
            return .over(.problem(problem(error, request, requestID)), requestID: requestID)
        }
    }

    /// A head is large, so only those that have a reader are handed on.
    @inline(never)
    private static func read(
        _ head: RequestHead, _ request: borrowing WholeRequest, by reader: any ProtocolReader
    ) {
        reader.read(head, path: request.path, request.bytes.extracting(..<head.byteCount))
    }

    /// The place of a request's stream.
    private func open(_ request: borrowing WholeRequest) throws(StreamError) -> Int {
        guard request.stream.isEmpty, let foreign = router.endpoints[request.route].foreign else {
            return try batches.open(request.stream)
        }
        let name = foreign.stream
        return try batches.open(name.span)
    }

    private func begin(
        _ job: IngestJob, _ stream: Stream, _ request: borrowing WholeRequest,
        _ head: RequestHead, _ requestID: Range<Int>, _ account: Int
    ) {
        let token = gatekeeper?.token(request.ticket.sender)?.nameBytes ?? []
        if stamp.isTimeAlone {
            stamp.prepare(timeMilliseconds: Clock.epochNanoseconds() / 1_000_000)
        } else if stamp.isWanted {
            prepareStamp(request.peer, token, turn.kept, requestID)
        }
        let form = request.form
        access.sender = request.ticket.sender
        let reader = job.chooseReader(request.route, router.endpoints, access)
        if let reader { Self.read(head, request, by: reader) }
        func begin(_ stamp: borrowing RecordStamp) {
            let name = stream.nameBytes
            job.ingester.begin(
                coding: form.coding, format: form.format, reader: reader,
                streamFormat: stream.format, atomic: request.ticket.isAtomic,
                rejectedRoom: max(0, Self.rejectedByteCountPerConnection - account),
                context: RejectionContext(
                    timeMilliseconds: turn.epochSeconds * 1000, stream: name.span,
                    peer: request.peer.address.span, token: token.span),
                stamp: stamp.bytes, textStamp: stamp.textBytes)
        }
        begin(stamp)
    }

    private func prepareStamp(
        _ peer: Peer, _ token: [UInt8], _ kept: borrowing ByteBuffer, _ requestID: Range<Int>
    ) {
        stamp.prepare(
            timeMilliseconds: Clock.epochNanoseconds() / 1_000_000, client: peer.address.span,
            token: token.span, requestID: kept.span.extracting(requestID))
    }

    private func problem(
        _ error: StreamError, _ request: borrowing WholeRequest, _ requestID: Range<Int>
    ) -> Problem {
        guard case .file(let failure) = error else { return .tooManyStreams }
        // A named stream that cannot be opened says nothing about the others.
        if request.stream.isEmpty { counters.set(.failedAt, to: turn.startedAt) }
        requestLog.say(failure, requestID: turn.text(of: requestID))
        return .fileUnavailable
    }

    /// All of a request's records are read; its own stream's batches grow by `byteCount`.
    ///
    /// - Throws: if another of its streams cannot be opened; then none of them has got records.
    private func accept(
        _ job: IngestJob, _ report: IngestReport, _ byteCount: Int, _ stream: Stream,
        at place: Int, _ request: borrowing WholeRequest
    ) throws(StreamError) -> Reply.Content {
        // While the others are opened, this stream must not be closed to make room.
        stream.touch(isDurable: job.isDurable)
        let others = try distribute(job)
        countWireBytes(request)
        turn.grow(by: byteCount)
        return .ingested(
            receipt: turn.keep(
                Receipt(
                    stream: place, report: report, isDurable: job.isDurable, others: others,
                    results: turn.keepResults(of: job), notes: turn.keepNotes(of: job))))
    }

    /// Moves the records that a job has for other streams to their batches; returns where the turn
    /// keeps their counts.
    private func distribute(_ job: IngestJob) throws(StreamError) -> Range<Int> {
        let others = job.ingester.takeOtherBatches()
        if others.isEmpty { return 0..<0 }
        var parts: [Receipt.Part] = []
        for other in others {
            let name = other.stream
            let place = try batches.open(name.span)
            batches[place].touch(isDurable: job.isDurable)
            parts.append(
                Receipt.Part(
                    stream: place, acceptedCount: other.acceptedCount,
                    rejectedCount: other.rejectedCount))
        }
        for (other, part) in zip(others, parts) {
            let stream = batches[part.stream]
            other.append(to: &stream.batch, rejected: &stream.rejected)
            turn.grow(by: other.byteCount)
        }
        return turn.keep(parts)
    }

    private func countWireBytes(_ request: borrowing WholeRequest) {
        counters.add(request.form.isQuery ? 0 : request.body.count, to: .wireBytes)
    }

    // MARK: Requests that take longer

    /// Puts the current job aside until others have been served.
    private func putAside(
        _ stream: Stream, _ request: borrowing WholeRequest, _ requestID: Range<Int>
    ) -> Outcome {
        let job = workbench.next
        job.detach(from: stream)
        let isCrowded = !workbench.jobs.isEmpty && isOverBuffered(by: job.heldByteCount)
        if workbench.isFull || isCrowded {
            if isCrowded { workbench.isShort = true }
            job.clear()
            job.ingester.cancel()
            return .later
        }
        job.startedAt = turn.startedAt
        job.keep(requestID, of: turn.kept)
        return .unfinished(workbench.put())
    }

    /// Whether there is a place and memory for a request that takes long.
    ///
    /// Without a job there is nothing to wait for.
    var mayBegin: Bool {
        if workbench.jobs.isEmpty { return true }
        return !workbench.isFull && !workbench.isShort && !isOverBuffered()
    }

    /// Whether requests, with `byteCount` more, use more memory than the limit.
    private func isOverBuffered(by byteCount: Int = 0) -> Bool {
        bufferedByteCount() + heldByteCount + byteCount > byteLimit
    }

    /// Continues an unfinished request; nil if it had to make room for an older one and must begin
    /// again.
    func resume(
        _ work: Int32, _ request: borrowing WholeRequest, account: inout Int,
        until deadline: Int64
    ) -> Outcome? {
        guard let job = workbench.job(work) else { return nil }
        if job.report == nil, isOverBuffered() {
            // The oldest continues, so that there is progress; the youngest makes room for it.
            guard job === workbench.jobs.first else { return .unfinished(job.number) }
            if let youngest = workbench.jobs.last, youngest !== job {
                workbench.remove(youngest.number)
                workbench.isShort = true
            } else if isOverBuffered(by: -Self.slackByteCount),
                bufferedByteCount() > request.bytes.count + Self.slackByteCount
            {
                return finish(job, .problem(.overload(.bufferedBytes)))
            }
        }
        do throws(IngestError) {
            if job.report == nil {
                access.sender = request.ticket.sender
                job.report = try job.ingester.proceed(
                    request.body, into: &job.batch, rejected: &job.rejected, until: deadline)
                workbench.count()
                // Much memory was released and much must be written, so others are served in
                // between.
                if job.batch.count > Self.largeByteCount { return .unfinished(job.number) }
            }
            guard let report = job.report else { return .unfinished(job.number) }
            return handOver(job, report, request, &account)
        } catch {
            countWireBytes(request)
            return finish(job, .problem(Problem(error)))
        }
    }

    /// Moves the records of a finished job to its stream.
    private func handOver(
        _ job: IngestJob, _ report: IngestReport, _ request: borrowing WholeRequest,
        _ account: inout Int
    ) -> Outcome {
        let place: Int
        do throws(StreamError) {
            place = try open(request)
        } catch {
            return finish(job, .problem(problem(error, request, 0..<0)))
        }
        let stream = batches[place]
        let byteCount = job.batch.count + job.rejected.count
        // A large job swaps buffers with its stream instead of copying, which needs empty batches.
        if byteCount > Self.copiedByteCount, stream.isTouched { return .afterCommit(job.number) }
        do throws(StreamError) {
            let rejectedByteCount = job.rejected.count
            let content = try accept(job, report, byteCount, stream, at: place, request)
            account += rejectedByteCount
            job.move(to: stream)
            return finish(job, content)
        } catch {
            return finish(job, .problem(problem(error, request, 0..<0)))
        }
    }

    private func finish(_ job: IngestJob, _ content: Reply.Content) -> Outcome {
        let requestID = turn.keep(job.requestID.span)
        let startedAt = job.startedAt
        workbench.remove(job.number)
        return .over(content, startedAt: startedAt, requestID: requestID)
    }

    /// A smaller job is copied instead of committed separately.
    private static var copiedByteCount: Int { 256 << 10 }
    private static var largeByteCount: Int { 8 << 20 }
    /// How much one request may need beyond `limits.buffered_bytes` while others use memory.
    private static var slackByteCount: Int { 32 << 20 }
    /// How many bytes of rejected records are kept of one connection's requests; beyond that
    /// records are counted as unkept.
    private static var rejectedByteCountPerConnection: Int { 64 << 20 }
}
