import Bytes
import Logging
import RotatingFile

/// What the worker's lines in the diagnostic log say of requests.
extension Worker {
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
}
