// SPDX-License-Identifier: Apache-2.0

import Access
import Diagnostics
import HTTP
import Linux
import Logging

/// Logs denied requests: the first of a kind at once, further ones now and then.
///
/// What was sent instead of a secret is not logged, because it may be a secret with one letter too
/// many.
struct DenialLog {
    private let log: Logger
    private var recent = Repetition<String>(limit: 8)

    init(_ log: Logger) { self.log = log }

    /// - Parameter token: the name of the token that came with the request, if it is known.
    mutating func say(_ denial: Denial, token: String?, _ peer: Peer) {
        guard let repeated = recent.note(denial.reason, now: Clock.monotonicSeconds()) else {
            return
        }
        var metadata: Logger.Metadata = ["peer": "\(peer.text)"]
        if let token { metadata["token"] = "\(token)" }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        log.report(.accessDenied, "a request is rejected: \(denial.reason)", metadata: metadata)
    }
}

extension Peer {
    /// The client's address, for a line in the log.
    var text: String {
        address.span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
