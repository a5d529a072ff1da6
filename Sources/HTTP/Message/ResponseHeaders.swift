// SPDX-License-Identifier: Apache-2.0

/// The response fields that only some answers have.
package struct ResponseHeaders: Sendable {
    /// `Retry-After` (RFC 9110, 10.2.3), for 503 and 429.
    package var retryAfterSeconds: Int?
    /// `Allow` (RFC 9110, 10.2.1), which every 405 must have.
    package var allow: MethodSet?
    /// `WWW-Authenticate` (RFC 9110, 11.6.1), which every 401 must have.
    package var wwwAuthenticate: StaticString?
    /// `Connection: keep-alive`, without which an HTTP/1.0 client that asked for it waits for the
    /// end of the connection.
    package var confirmsKeepAlive = false
    /// Other fields, each with its CRLF.
    package var fields: StaticString?
    /// The place of fields that the encoder stores; empty for none.
    package var kept = 0..<0

    @inlinable package init(
        retryAfterSeconds: Int? = nil, allow: MethodSet? = nil,
        wwwAuthenticate: StaticString? = nil, confirmsKeepAlive: Bool = false,
        kept: Range<Int> = 0..<0, fields: StaticString? = nil
    ) {
        self.retryAfterSeconds = retryAfterSeconds
        self.allow = allow
        self.wwwAuthenticate = wwwAuthenticate
        self.confirmsKeepAlive = confirmsKeepAlive
        self.kept = kept
        self.fields = fields
    }
}
