import Bytes
import HTTP
import Logging
import RotatingFile

/// What the worker's lines in the diagnostic log say of requests.
extension Worker {
    /// What a line needs of a request whose answer is not known yet.
    struct RequestNote {
        var path: String?
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

    // MARK: At debug level alone

    var wantsPeers: Bool { isDebugging }

    func notePath(_ answer: PendingAnswer, _ head: RequestHead, _ bytes: Span<UInt8>) {
        guard isDebugging else { return }
        let path = bytes.extracting(head.path).withUnsafeBufferPointer {
            String(decoding: $0.prefix(Self.shownPathByteCount), as: UTF8.self)
        }
        notes[answer.index] = RequestNote(path: path)
    }

    func noteStatus(_ answer: PendingAnswer, _ status: Status) {
        if isDebugging { notes[answer.index, default: RequestNote()].status = status.code }
    }

    func didAnswer(_ answer: PendingAnswer, to peer: Peer) {
        guard let note = notes.removeValue(forKey: answer.index), note.status >= 400 else { return }
        let host = peer.address.span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        var metadata: Logger.Metadata = [
            "status": "\(note.status)", "peer": "\(host)",
            "request_id": "\(text(of: answers[answer.index].requestID))",
        ]
        if let path = note.path { metadata["path"] = "\(path)" }
        if let identity = peer.identity { metadata["subject"] = "\(identity.subject)" }
        log.debug("a request is answered with an error", metadata: metadata)
    }

    private static var shownPathByteCount: Int { 256 }
}
