import Access
import Diagnostics
import HTTP
import Linux
import Logging

/// Says which requests may not be made: at once where there was none of the kind lately, else now
/// and then.
///
/// What was sent instead of a secret is not said: it may be one, with a letter too much.
struct DenialLog {
    private let log: Logger
    private var recent = Repetition<String>(limit: 8)

    init(_ log: Logger) { self.log = log }

    /// - Parameter token: the name of the token that came with the request, if it is one of ours.
    mutating func say(_ denial: Denial, token: String?, _ peer: Peer) {
        guard let repeated = recent.note(denial.reason, now: Clock.monotonicSeconds()) else {
            return
        }
        var metadata: Logger.Metadata = ["peer": "\(peer.text)"]
        if let token { metadata["token"] = "\(token)" }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        log.report(.accessDenied, "a request is refused: \(denial.reason)", metadata: metadata)
    }
}

extension Peer {
    /// Its address, for a line in the log.
    var text: String {
        address.span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
