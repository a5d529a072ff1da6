import HTTP

/// What a client is answered whose request is rejected.
///
/// Neither `code` nor `message` contains what JSON escapes.
package struct Refusal: Error, Sendable {
    package var status: Status
    /// What programs recognize it by, as in `empty_body`.
    package var code: StaticString
    /// What a person reads: what is wrong, and what to do.
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
