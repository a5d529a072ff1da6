// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The answer to a client whose request is rejected.
///
/// Neither `code` nor `message` contains characters that JSON escapes.
package struct Refusal: Error, Sendable {
    package var status: Status
    /// For programs, such as `empty_body`.
    package var code: StaticString
    /// For people: what is wrong, and what to do.
    package var message: StaticString
    /// The limit that was exceeded, in bytes.
    package var limit: Int?
    package var headers: ResponseHeaders

    package init(
        _ status: Status, _ code: StaticString, _ message: StaticString, limit: Int? = nil,
        headers: ResponseHeaders = ResponseHeaders()
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.limit = limit
        self.headers = headers
    }
}
