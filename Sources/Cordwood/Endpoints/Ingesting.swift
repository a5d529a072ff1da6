import Bytes
import HTTP
import Ingest
import Linux
import RotatingFile

/// `POST /logs` and its relatives: a body becomes records in a stream's batch.
extension Worker {
    /// What a request has come to.
    enum Ingestion {
        case over(Answer.Content)
        case unfinished(Int32)
        case later
    }

    /// Puts the request's records into a batch, as far as there is time.
    func ingest(
        _ route: Route, _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer,
        _ requestID: Range<Int>, _ account: inout Int, until deadline: Int64
    ) -> Ingestion {
        let opened: Int
        do throws(StreamError) {
            opened = try index(of: route, bytes)
        } catch {
            return .over(unavailable(error, route, requestID))
        }
        let body = bytes.extracting(body(of: head, bytes))
        // Nothing is begun only to be thrown away.
        if !mayBegin, isLong(head, body) { return .later }
        let options = RequestOptions(head, bytes)
        let stream = streams[opened]
        let job = workbench.next
        job.isDurable = options.isDurable ?? stream.isDurable
        if stamp.isWanted { prepareStamp(head, peer, requestID) }
        func begin(_ stamp: borrowing RecordStamp) {
            let (name, isQuery) = (stream.nameBytes, head.method == .get)
            let token = gatekeeper?.token(Int(head.sender))?.nameBytes ?? []
            job.ingester.begin(
                coding: isQuery ? .identity : ContentCoding(head.contentEncoding),
                format: isQuery ? .query : BodyFormat(head.mediaType),
                streamFormat: stream.format, atomic: options.isAtomic,
                rejectedRoom: max(0, Self.rejectedByteCountPerConnection - account),
                context: RejectionContext(
                    timeMilliseconds: epochSeconds * 1000, stream: name.span,
                    peer: peer.address.span, token: token.span), stamp: stamp.bytes.span)
        }
        begin(stamp)
        let before = (batch: stream.batch.count, rejected: stream.rejected.count)
        // What is short is over before a clock could say that it has taken long.
        let isShort = head.contentEncoding == .identity && body.count <= Self.shortByteCount
        do throws(IngestError) {
            let report = try job.ingester.proceed(
                body, into: &stream.batch, rejected: &stream.rejected,
                until: isShort ? .max : deadline)
            guard let report else { return putAside(stream, route, requestID, bytes.count) }
            account += stream.rejected.count - before.rejected
            let grown = stream.batch.count - before.batch + stream.rejected.count - before.rejected
            return .over(accept(report, grown, opened, head, body, isDurable: job.isDurable))
        } catch {
            counters.add(head.method == .get ? 0 : body.count, to: .wireBytes)
            return .over(.unreadable(error))
        }
    }

    /// The index of the stream that the request is for, opened if need be.
    private func index(of route: Route, _ bytes: Span<UInt8>) throws(StreamError) -> Int {
        let opened: Int
        if case .stream(let range) = route {
            opened = try streams.index(of: bytes.extracting(range))
        } else {
            let name = defaultStream
            opened = try streams.index(of: name.span)
        }
        // What is open beyond the limit is let go at the end of the turn.
        if streams.isCrowded { isFull = true }
        return opened
    }

    private func unavailable(
        _ error: StreamError, _ route: Route, _ requestID: Range<Int>
    ) -> Answer.Content {
        guard case .file(let failure) = error else { return .tooManyStreams }
        // A stream of which only the name is wrong says nothing of the others.
        if case .stream = route {} else { counters.set(.failedAt, to: turnStartedAt) }
        report(failure, requestID: text(of: requestID))
        return .unavailable
    }

    /// Where the records of a request stand in its bytes.
    private func body(of head: RequestHead, _ bytes: Span<UInt8>) -> Range<Int> {
        head.method == .get ? head.query : head.byteCount..<bytes.count
    }

    /// All of a request's records are in the batch of its stream, which has grown by `byteCount`.
    private func accept(
        _ report: IngestReport, _ byteCount: Int, _ opened: Int, _ head: RequestHead,
        _ body: Span<UInt8>, isDurable: Bool
    ) -> Answer.Content {
        let stream = streams[opened]
        counters.add(head.method == .get ? 0 : body.count, to: .wireBytes)
        stream.isTouched = true
        if isDurable { stream.needsSync = true }
        hold(byteCount)
        return .ingested(stream: opened, report: report, isDurable: isDurable)
    }

    private func prepareStamp(_ head: RequestHead, _ peer: Peer, _ requestID: Range<Int>) {
        let name = gatekeeper?.token(Int(head.sender))?.nameBytes ?? []
        func prepare(_ identifiers: borrowing ByteBuffer) {
            stamp.prepare(
                timeMilliseconds: Clock.epochNanoseconds() / 1_000_000, client: peer.address.span,
                token: name.span, requestID: identifiers.span.extracting(requestID))
        }
        prepare(requestIDs)
    }

    // MARK: Requests that take longer

    /// The job at hand waits until others have been served.
    private func putAside(
        _ stream: Stream, _ route: Route, _ requestID: Range<Int>, _ byteCount: Int
    ) -> Ingestion {
        let job = workbench.next
        job.detach(from: stream)
        let isCrowded = !workbench.jobs.isEmpty && isOverBuffered(by: job.heldByteCount)
        if workbench.isFull || isCrowded {
            if isCrowded { workbench.isShort = true }
            job.clear()
            job.ingester.cancel()
            return .later
        }
        job.startedAt = turnStartedAt
        job.streamName = stream.nameBytes
        keep(requestID, in: job)
        return .unfinished(workbench.put())
    }

    private func keep(_ requestID: Range<Int>, in job: IngestJob) {
        func keep(_ identifiers: borrowing ByteBuffer) {
            job.requestID.append(identifiers.span.extracting(requestID))
        }
        keep(requestIDs)
    }

    /// Whether a request that takes long has a place, and memory.
    ///
    /// Where there is no job there is nothing to wait for.
    var mayBegin: Bool {
        if workbench.jobs.isEmpty { return true }
        return !workbench.isFull && !workbench.isShort && !isOverBuffered()
    }

    /// Whether a body takes longer than a visit for certain.
    private func isLong(_ head: RequestHead, _ body: Span<UInt8>) -> Bool {
        let isPlain = head.contentEncoding == .identity
        return body.count > (isPlain ? Self.longByteCount : Self.longCompressedByteCount)
    }

    /// Whether all that is kept of requests, and `byteCount`, are more than they may be.
    func isOverBuffered(by byteCount: Int = 0) -> Bool {
        bufferedByteCount() + heldByteCount + byteCount > limits.bufferedByteCount
    }

    /// Goes on with an unfinished request.
    func proceed(
        _ job: IngestJob, _ head: RequestHead, _ bytes: Span<UInt8>, _ account: inout Int,
        until deadline: Int64
    ) -> Reception {
        if job.report == nil, isOverBuffered() {
            // The oldest goes on, so that there is an end; the youngest makes room for it.
            guard job === workbench.jobs.first else { return .unfinished(job.number) }
            if let youngest = workbench.jobs.last, youngest !== job {
                workbench.remove(youngest.number)
                workbench.isShort = true
            } else if isOverBuffered(by: -Self.slackByteCount),
                bufferedByteCount() > bytes.count + Self.slackByteCount
            {
                return finish(job, head, bytes, .overload(.bufferedBytes))
            }
        }
        let body = bytes.extracting(body(of: head, bytes))
        do throws(IngestError) {
            if job.report == nil {
                job.report = try job.ingester.proceed(
                    body, into: &job.batch, rejected: &job.rejected, until: deadline)
                workbench.count()
                // Much memory was given back, and much is to be written: others go in between.
                if job.batch.count > Self.largeByteCount { return .unfinished(job.number) }
            }
            guard let report = job.report else { return .unfinished(job.number) }
            return handOver(job, report, head, bytes, &account)
        } catch {
            counters.add(head.method == .get ? 0 : body.count, to: .wireBytes)
            return finish(job, head, bytes, .unreadable(error))
        }
    }

    /// Gives the records of a finished job to its stream.
    private func handOver(
        _ job: IngestJob, _ report: IngestReport, _ head: RequestHead, _ bytes: Span<UInt8>,
        _ account: inout Int
    ) -> Reception {
        let opened: Int
        let route = Route(head, bytes)
        do throws(StreamError) {
            opened = try index(of: route, bytes)
        } catch {
            return finish(job, head, bytes, unavailable(error, route, 0..<0))
        }
        let stream = streams[opened]
        let isLarge = job.batch.count + job.rejected.count > Self.copiedByteCount
        // Many bytes change hands without a copy, where there are no others.
        if isLarge, stream.isTouched { return .afterCommit(job.number) }
        account += job.rejected.count
        let byteCount = job.batch.count + job.rejected.count
        if stream.batch.isEmpty, stream.rejected.isEmpty {
            swap(&stream.batch, &job.batch)
            swap(&stream.rejected, &job.rejected)
        } else {
            stream.batch.append(job.batch)
            stream.rejected.append(job.rejected)
        }
        return finish(
            job, head, bytes,
            accept(
                report, byteCount, opened, head, bytes.extracting(body(of: head, bytes)),
                isDurable: job.isDurable))
    }

    /// Promises the answer of a job that is over.
    private func finish(
        _ job: IngestJob, _ head: RequestHead, _ bytes: Span<UInt8>, _ content: Answer.Content
    ) -> Reception {
        let start = requestIDs.count
        requestIDs.append(job.requestID)
        let requestID = start..<requestIDs.count
        let startedAt = job.startedAt
        workbench.remove(job.number)
        return .answer(
            promise(
                content, Route(head, bytes), head, bytes, requestID, startedAt: startedAt))
    }

    /// Bodies up to this size are read without a look at the clock.
    private static var shortByteCount: Int { 16 << 10 }
    private static var longByteCount: Int { 256 << 10 }
    private static var longCompressedByteCount: Int { 16 << 10 }
    /// What is less is copied rather than committed apart.
    private static var copiedByteCount: Int { 256 << 10 }
    private static var largeByteCount: Int { 8 << 20 }
    /// What one request may need beyond `limits.buffered_bytes` where others hold them.
    private static var slackByteCount: Int { 32 << 20 }
    /// Bytes of rejected records that are kept of one connection's requests; beyond them records
    /// are counted as unkept.
    static var rejectedByteCountPerConnection: Int { 64 << 20 }
}
