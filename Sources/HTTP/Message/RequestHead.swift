/// A request line and its header fields, as far as this server acts on them.
///
/// Ranges are offsets into the bytes that the parser was given and mean nothing for others; an
/// empty range is a field that is absent or empty.
package struct RequestHead: Sendable, Equatable {
    /// The handler's: what it decides by the head and needs again when the request is whole; 0 at
    /// first.
    package var ticket: UInt64 = 0
    /// The request target as it was sent.
    package var target = 0..<0
    /// The path, still percent-encoded; it begins with `/`, or is `*` for OPTIONS.
    package var path = 0..<0
    /// What follows the first `?` of the target.
    package var query = 0..<0
    // Small ones stand side by side: each connection has a head.
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
    /// Where the fields of the service's table stand.
    var fields = Fields()
    /// How many bytes the head took, the blank line included; the body begins here.
    package var byteCount = 0
}
