// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Writes responses (RFC 9112, 4 to 6), every one with a `Date` and a `Content-Length`.
///
/// It escapes nothing: field values are literals of this program, settings that were checked when
/// they were read, or request identifiers that the parser has checked.
package struct ResponseEncoder: ~Copyable {
    package static var continueLine: StaticString { "HTTP/1.1 100 Continue\r\n\r\n" }

    private var epochSeconds: Int
    /// `Date: …` with its CRLF.
    private var date = ByteBuffer(capacity: 64)
    /// The answer to a successful ingest up to the value of its `Content-Length`.
    private var ingestedPrefix = ByteBuffer(capacity: 128)
    /// Fields, each with its CRLF, that answers refer to by their place.
    private var kept = ByteBuffer()

    package init(epochSeconds: Int = 0) {
        self.epochSeconds = epochSeconds
        prepare()
    }

    /// Sets the time of the following answers; the loop calls it once a turn.
    package mutating func setTime(epochSeconds: Int) {
        if epochSeconds == self.epochSeconds { return }
        self.epochSeconds = epochSeconds
        prepare()
    }

    /// Stores `fields`, each with its CRLF, and returns their place, by which answers refer to
    /// them.
    package mutating func keep(fields: String) -> Range<Int> {
        let start = kept.count
        kept.append(string: fields)
        return start..<kept.count
    }

    private mutating func prepare() {
        date.removeAll()
        Self.appendDate(epochSeconds, to: &date)
        ingestedPrefix.removeAll()
        ingestedPrefix.append("HTTP/1.1 200 OK\r\n")
        Self.appendDate(epochSeconds, to: &ingestedPrefix)
        ingestedPrefix.append("Content-Type: application/json\r\nContent-Length: ")
    }

    private static func appendDate(_ epochSeconds: Int, to out: inout ByteBuffer) {
        out.append("Date: ")
        HTTPDate.append(epochSeconds: epochSeconds, to: &out)
        out.append("\r\n")
    }

    /// Appends a response.
    ///
    /// An empty `contentType` or `requestID` is left out. For a HEAD request the body is counted
    /// but not sent (RFC 9110, 9.3.2); a 204 has neither a body nor its length (RFC 9110, 8.6).
    package func encode(
        _ status: Status, contentType: StaticString, requestID: Span<UInt8>, close: Bool,
        headers: ResponseHeaders = ResponseHeaders(), body: Span<UInt8>, isHead: Bool,
        into out: inout ByteBuffer
    ) {
        out.reserve(512 + headers.kept.count + body.count)
        encodeHead(
            status, contentType: contentType, requestID: requestID, close: close,
            headers: headers, bodyByteCount: body.count, into: &out)
        if status != .noContent, !isHead { out.append(body) }
    }

    /// Appends a response without its body.
    func encodeHead(
        _ status: Status, contentType: StaticString, requestID: Span<UInt8>, close: Bool,
        headers: ResponseHeaders, bodyByteCount: Int, into out: inout ByteBuffer
    ) {
        out.append("HTTP/1.1 ")
        out.append(decimal: Int(status.code))
        out.append(UInt8(ascii: " "))
        out.append(status.reason)
        out.append("\r\n")
        out.append(date.span)
        if status != .noContent {
            if contentType.utf8CodeUnitCount > 0 {
                Self.appendField("Content-Type: ", contentType, to: &out)
            }
            out.append("Content-Length: ")
            out.append(decimal: bodyByteCount)
            out.append("\r\n")
        }
        append(headers, to: &out)
        Self.appendEnd(
            requestID: requestID, close: close,
            confirmsKeepAlive: headers.confirmsKeepAlive, to: &out)
    }

    /// Appends the 200 of an ingest, most of which is prepared.
    package func encodeIngested(
        requestID: Span<UInt8>, close: Bool, confirmsKeepAlive: Bool = false,
        kept: Range<Int> = 0..<0, body: Span<UInt8>, into out: inout ByteBuffer
    ) {
        out.reserve(384 + kept.count + body.count)
        out.append(ingestedPrefix.span)
        out.append(decimal: body.count)
        out.append("\r\n")
        if !kept.isEmpty { out.append(self.kept.span.extracting(kept)) }
        Self.appendEnd(
            requestID: requestID, close: close, confirmsKeepAlive: confirmsKeepAlive, to: &out)
        out.append(body)
    }

    private func append(_ headers: ResponseHeaders, to out: inout ByteBuffer) {
        if let seconds = headers.retryAfterSeconds {
            out.append("Retry-After: ")
            out.append(decimal: seconds)
            out.append("\r\n")
        }
        if let allow = headers.allow {
            out.append("Allow: ")
            allow.append(to: &out)
            out.append("\r\n")
        }
        if let challenge = headers.wwwAuthenticate {
            Self.appendField("WWW-Authenticate: ", challenge, to: &out)
        }
        if let fields = headers.fields { out.append(fields) }
        if !headers.kept.isEmpty { out.append(kept.span.extracting(headers.kept)) }
    }

    private static func appendField(
        _ name: StaticString, _ value: StaticString, to out: inout ByteBuffer
    ) {
        out.append(name)
        out.append(value)
        out.append("\r\n")
    }

    @inline(__always)
    private static func appendEnd(
        requestID: Span<UInt8>, close: Bool, confirmsKeepAlive: Bool, to out: inout ByteBuffer
    ) {
        if !requestID.isEmpty {
            out.append("X-Request-Id: ")
            out.append(requestID)
            out.append("\r\n")
        }
        if close {
            out.append("Connection: close\r\n")
        } else if confirmsKeepAlive {
            out.append("Connection: keep-alive\r\n")
        }
        out.append("\r\n")
    }
}
