import Bytes
import HTTP
import Ingest
import Linux

/// `POST /logs` and its relatives: a body becomes records in a stream's batch.
extension Worker {
    /// Puts the request's records into a batch.
    func ingest(
        _ route: Route, _ head: RequestHead, _ bytes: Span<UInt8>,
        _ peer: Peer, _ requestID: Range<Int>
    ) -> Answer.Content {
        let opened: Int
        do throws(StreamError) {
            if case .stream(let range) = route {
                opened = try streams.index(of: bytes.extracting(range))
            } else {
                let name = defaultStream
                opened = try streams.index(of: name.span)
            }
        } catch {
            guard case .file(let failure) = error else { return .tooManyStreams }
            // A stream of which only the name is wrong says nothing of the others.
            if case .stream = route {} else { counters.set(.failedAt, to: turnStartedAt) }
            report(failure, requestID: text(of: requestID))
            return .unavailable
        }
        // What is open beyond the limit is let go at the end of the turn.
        if streams.isCrowded { isFull = true }
        let isQuery = head.method == .get
        let body = bytes.extracting(isQuery ? head.query : head.byteCount..<bytes.count)
        counters.add(isQuery ? 0 : body.count, to: .wireBytes)
        let stream = streams[opened]
        let options = RequestOptions(head, bytes)
        let isDurable = options.isDurable ?? stream.isDurable
        if stamp.isWanted { prepareStamp(head, peer, requestID) }
        func ingest(_ stamp: borrowing RecordStamp) throws(IngestError) -> IngestReport {
            let name = stream.nameBytes
            let token = gatekeeper?.token(Int(head.sender))?.nameBytes ?? []
            return try ingester.ingest(
                body, coding: isQuery ? .identity : ContentCoding(head.contentEncoding),
                format: isQuery ? .query : BodyFormat(head.mediaType),
                streamFormat: stream.format, atomic: options.isAtomic,
                into: &stream.batch, rejected: &stream.rejected,
                context: RejectionContext(
                    timeMilliseconds: epochSeconds * 1000, stream: name.span,
                    peer: peer.address.span, token: token.span), stamp: stamp.bytes.span)
        }
        do throws(IngestError) {
            let report = try ingest(stamp)
            stream.isTouched = true
            if stream.batch.count > Self.largeBatchByteCount { isFull = true }
            if isDurable { stream.needsSync = true }
            return .ingested(stream: opened, report: report, isDurable: isDurable)
        } catch {
            return .unreadable(error)
        }
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

    /// A batch that is larger is committed before more requests are taken.
    private static var largeBatchByteCount: Int { 16 << 20 }
}
