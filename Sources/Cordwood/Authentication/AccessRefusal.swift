import HTTP
import Monitoring

/// Why somebody may not do what was asked for.
enum AccessRefusal: Equatable {
    case missing
    case wrong
    case expired
    /// The token is good for other streams.
    case streamNotAllowed
    /// The token may write but not watch.
    case notAnObserver
    /// Too many wrong secrets came from this address.
    case tooManyGuesses(seconds: Int)

    /// RFC 9110, 15.5.2 and 15.5.4; RFC 6585, 4.
    var status: Status {
        switch self {
        case .missing, .wrong, .expired: .unauthorized
        case .streamNotAllowed, .notAnObserver: .forbidden
        case .tooManyGuesses: .tooManyRequests
        }
    }

    var code: StaticString {
        switch self {
        case .missing: "missing_token"
        case .wrong: "wrong_token"
        case .expired: "expired_token"
        case .streamNotAllowed: "stream_not_allowed"
        case .notAnObserver: "not_an_observer"
        case .tooManyGuesses: "too_many_wrong_tokens"
        }
    }

    var message: StaticString {
        switch self {
        case .missing:
            "A token is needed; send it as Authorization: Bearer, as the password of Basic beside its name, or as X-Api-Key."
        case .wrong:
            "This token is not known, or does not go with the name or the other token that was sent with it."
        case .expired:
            "This token has expired; ask for a new one."
        case .streamNotAllowed:
            "This token may not write to this stream."
        case .notAnObserver:
            "This token may not ask for this; its line needs the word observe."
        case .tooManyGuesses:
            "Too many wrong tokens came from this address; send the right one, or wait."
        }
    }

    var headers: ResponseHeaders {
        switch self {
        // RFC 6750, 3.1: who has sent nothing is told nothing of an error.
        case .missing:
            ResponseHeaders(
                wwwAuthenticate: #"Bearer realm="cordwood", Basic realm="cordwood""#)
        case .wrong, .expired:
            ResponseHeaders(
                wwwAuthenticate:
                    #"Bearer realm="cordwood", error="invalid_token", Basic realm="cordwood""#)
        case .streamNotAllowed, .notAnObserver: ResponseHeaders()
        case .tooManyGuesses(let seconds): ResponseHeaders(retryAfterSeconds: seconds)
        }
    }

    /// Where it is counted.
    var cell: Cell {
        switch self {
        case .missing: .authMissing
        case .wrong: .authInvalid
        case .expired: .authExpired
        case .streamNotAllowed: .authStreamNotAllowed
        case .notAnObserver: .authNotAnObserver
        case .tooManyGuesses: .authRateLimited
        }
    }

    /// Completes the sentence 'a request is refused: …' in the diagnostic log.
    var reason: String {
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

extension AccessRefusal {
    /// A number for each kind, from 0 on.
    var kind: Int {
        switch self {
        case .missing: 0
        case .wrong: 1
        case .expired: 2
        case .streamNotAllowed: 3
        case .notAnObserver: 4
        case .tooManyGuesses: 5
        }
    }

    static let kindCount = 6
}
