import HTTP
import Monitoring
import Protocols

/// A request that is rejected: what its client is answered, and what the service counts and says.
struct Problem: Error {
    var refusal: Refusal
    /// Where it is counted beside its status; nil: nowhere.
    var counter: Cell?
    /// Whether the diagnostic log says now and then that the client makes this mistake.
    var isMistake: Bool

    init(
        _ status: Status, _ code: StaticString, _ message: StaticString, limit: Int? = nil,
        headers: ResponseHeaders = ResponseHeaders(), counter: Cell? = nil
    ) {
        self.init(
            Refusal(status, code, message, limit: limit, headers: headers), counter: counter)
    }

    init(_ refusal: Refusal, counter: Cell? = nil) {
        self.refusal = refusal
        self.counter = counter
        isMistake = refusal.status.code < 500
    }

    /// 503: nothing of the request was written, and its client should send it again.
    static func unavailable(
        _ code: StaticString, _ message: StaticString, counter: Cell? = nil
    ) -> Problem {
        Problem(
            .serviceUnavailable, code, message,
            headers: ResponseHeaders(retryAfterSeconds: retryAfterSeconds), counter: counter)
    }

    /// When a client that was answered 503 should come again.
    private static var retryAfterSeconds: Int { 1 }
}
