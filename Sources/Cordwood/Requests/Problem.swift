// SPDX-License-Identifier: Apache-2.0

import HTTP
import Monitoring
import Protocols

/// A rejected request: the answer to its client, and how the service counts and logs it.
struct Problem: Error {
    var refusal: Refusal
    /// The count besides its status; nil for none.
    var counter: Cell?
    /// Whether the diagnostic log reports this mistake of clients now and then.
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

    /// The `Retry-After` of a 503.
    private static var retryAfterSeconds: Int { 1 }
}
