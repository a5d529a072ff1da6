import Bytes
import HTTP
import Logging
import RotatingFile

/// What the worker's lines in the diagnostic log say of requests.
extension Worker {
    /// What a line needs of a request whose answer is not known yet.
    struct RequestNote {
        var path: String?
        /// Whose it was: of a proxy's connection each may be another's.
        var peer: String?
        var status: UInt16 = 0
    }

    /// Says what is wrong with a file: at once when it is new, else once in a while.
    ///
    /// - Parameter requestID: of the first request that it concerns.
    func report(_ error: RotatingFileError, requestID: String? = nil) {
        counters.noteError("\(error)")
        guard let repeated = errorLog.note(error, now: Self.monotonicSeconds) else { return }
        var metadata: Logger.Metadata = [:]
        if let requestID { metadata["request_id"] = "\(requestID)" }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        log.error(
            "\(error); requests are answered 503 until this is mended", metadata: metadata)
    }

    /// The id of the turn's first request whose records go into this stream.
    func firstRequestID(of stream: Int) -> String? {
        let answer = answers.first {
            if case .ingested(let index, _, _) = $0.content { index == stream } else { false }
        }
        return answer.map { text(of: $0.requestID) }
    }

    func text(of requestID: Range<Int>) -> String {
        func decode(_ identifiers: borrowing ByteBuffer) -> String {
            identifiers.span.extracting(requestID).withUnsafeBufferPointer {
                String(decoding: $0, as: UTF8.self)
            }
        }
        return decode(requestIDs)
    }

    func noteRequest(
        _ answer: PendingAnswer, _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) {
        if let mistake = answers[answer.index].content.mistake {
            say(mistake, answer, head, bytes, peer)
        }
        guard isDebugging else { return }
        notes[answer.index] = RequestNote(
            path: path(of: head, bytes), peer: Self.text(of: peer))
    }

    /// Who is answered 4xx, at once where there was none of its kind lately, else now and then.
    private func say(
        _ mistake: StaticString, _ answer: PendingAnswer, _ head: RequestHead,
        _ bytes: Span<UInt8>, _ peer: Peer
    ) {
        // At debug level each has a line.
        guard !isDebugging, let repeated = mistakeLog.note(mistake, now: Self.monotonicSeconds)
        else { return }
        var metadata: Logger.Metadata = [
            "code": "\(mistake)", "peer": "\(Self.text(of: peer))",
            "request_id": "\(text(of: answers[answer.index].requestID))",
        ]
        if let path = path(of: head, bytes) { metadata["path"] = "\(path)" }
        if let token = gatekeeper?.token(Int(head.sender)) { metadata["token"] = "\(token.name)" }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        log.notice("what a client sent is not accepted", metadata: metadata)
    }

    /// Where the request line could not be read there is none.
    private func path(of head: RequestHead, _ bytes: Span<UInt8>) -> String? {
        guard !head.path.isEmpty else { return nil }
        return bytes.extracting(head.path).withUnsafeBufferPointer {
            String(decoding: $0.prefix(Self.shownPathByteCount), as: UTF8.self)
        }
    }

    // MARK: At debug level alone

    var wantsPeers: Bool { isDebugging }

    func noteStatus(_ answer: PendingAnswer, _ status: Status) {
        if isDebugging { notes[answer.index, default: RequestNote()].status = status.code }
    }

    func didAnswer(_ answer: PendingAnswer, to peer: Peer) {
        guard let note = notes.removeValue(forKey: answer.index), note.status >= 400 else { return }
        var metadata: Logger.Metadata = [
            "status": "\(note.status)", "peer": "\(note.peer ?? Self.text(of: peer))",
            "request_id": "\(text(of: answers[answer.index].requestID))",
        ]
        if let token = gatekeeper?.token(answers[answer.index].sender) {
            metadata["token"] = "\(token.name)"
        }
        if let path = note.path { metadata["path"] = "\(path)" }
        if let identity = peer.identity { metadata["subject"] = "\(identity.subject)" }
        log.debug("a request is answered with an error", metadata: metadata)
    }

    func didRefuse(_ refusal: ConnectionRefusal, of peer: Peer) {
        let reason: String
        switch refusal {
        case .proxyHeader(let error):
            counters.add(1, to: .refusedProxyHeaders)
            reason = "it does not begin with a header of the PROXY protocol: \(error)"
        case .address:
            counters.add(1, to: .refusedAddresses)
            reason = "its address has more than limits.connections_per_address"
        }
        guard isDebugging else { return }
        log.debug(
            "a connection is closed: \(reason)", metadata: ["peer": "\(Self.text(of: peer))"])
    }

    static func text(of peer: Peer) -> String {
        peer.address.span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    private static var shownPathByteCount: Int { 256 }
}
