// SPDX-License-Identifier: Apache-2.0

/// The parts of a request line and its header fields that this server acts on.
///
/// Ranges are offsets into the bytes that the parser read and mean nothing for others; an empty
/// range is a field that is absent or empty.
package struct RequestHead: Sendable, Equatable {
    /// Set by the handler: what it decides from the head and needs again when the request is whole;
    /// 0 at first.
    package var ticket: UInt64 = 0
    /// The request target as it was sent.
    package var target = 0..<0
    /// The path, still percent-encoded; it begins with `/`, or is `*` for OPTIONS.
    package var path = 0..<0
    /// The part of the target after its first `?`.
    package var query = 0..<0
    // Small ones are next to each other, because each connection has a head.
    package var method = Method.other
    /// The n of HTTP/1.n.
    package var minorVersion: UInt8 = 1
    /// Whether another request may follow on the connection.
    package var keepAlive = true
    /// Whether the client waits for `100 Continue` before it sends the body.
    package var expectsContinue = false
    package var framing = BodyFraming.none
    package var contentEncoding = ContentEncoding.identity
    package var mediaType = MediaType.missing
    /// `Host`, or the authority of an absolute-form target.
    package var host = 0..<0
    /// Where the fields of the service's table are.
    var fields = Fields()
    /// The length of the head in bytes, including the blank line; the body begins here.
    package var byteCount = 0
}
