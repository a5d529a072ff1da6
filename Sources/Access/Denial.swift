// SPDX-License-Identifier: Apache-2.0

/// Why the sender of a request is not allowed to make it.
package enum Denial: Equatable, Sendable {
    case missing
    case wrong
    case expired
    /// The token is valid only for other streams.
    case streamNotAllowed
    /// The token may write but not observe.
    case notAnObserver
    /// Too many wrong secrets came from this address.
    case tooManyGuesses(seconds: Int)

    /// Completes the sentence 'a request is rejected: …' in the diagnostic log.
    package var reason: String {
        switch self {
        case .missing: "it has no token"
        case .wrong: "its token is not known"
        case .expired: "its token has expired"
        case .streamNotAllowed: "its token may not write to this stream"
        case .notAnObserver: "its token may not observe"
        case .tooManyGuesses: "too many wrong tokens come from its address"
        }
    }
}
