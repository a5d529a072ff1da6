// SPDX-License-Identifier: Apache-2.0

/// Why the bytes of a request are rejected.
///
/// Each of them closes the connection after the answer: after a malformed message, the place where
/// the next one begins is a guess, and request smuggling exploits such guesses (RFC 9112, 6.3 and
/// 11.2).
package enum RequestError: UInt8, Error, Equatable, Sendable, CaseIterable {
    /// HTTP where a TLS handshake belongs (RFC 9110, 4.2.2).
    case plainRequestToTLS

    // Of the request line.

    /// Not `method SP request-target SP HTTP-version` (RFC 9112, 3).
    case invalidRequestLine
    /// Not `HTTP/` and two digits (RFC 9112, 2.3).
    case invalidVersion
    /// A version other than 1.0 and 1.1: 505 (RFC 9110, 15.6.6).
    case unsupportedVersion
    /// 414 (RFC 9112, 3; RFC 9110, 15.5.15).
    case requestLineTooLong
    /// Neither origin-form, absolute-form nor, for OPTIONS, asterisk-form (RFC 9112, 3.2).
    case invalidTarget
    /// A `%` without two hexadecimal digits (RFC 3986, 2.1).
    case invalidEscape
    /// CONNECT, which is for proxies (RFC 9110, 9.3.6).
    case tunnelRefused

    // Of all lines of a head.

    /// LF alone, which some parsers accept as the end of a line (RFC 9112, 2.2: a recipient may).
    case bareLineFeed
    /// CR alone, which is invalid (RFC 9112, 2.2).
    case bareCarriageReturn
    /// NUL, CR and LF are invalid in a field, and so are all other control characters except HTAB
    /// (RFC 9110, 5.5).
    case controlCharacter

    // Of the header lines.

    /// A line that begins with white space (RFC 9112, 5.2 and 2.2).
    case lineFolding
    /// A name that is not a token (RFC 9110, 5.1).
    case invalidFieldName
    /// White space between name and colon (RFC 9112, 5.1).
    case whitespaceBeforeColon
    /// No `field-line` at all (RFC 9112, 5).
    case missingColon
    /// A field that is not a list, twice (RFC 9110, 5.3).
    case repeatedField
    /// 431 (RFC 6585, 5; RFC 9110, 5.4).
    case headersTooLarge
    /// 431, as above.
    case tooManyHeaders

    // Of what the fields say.

    /// HTTP/1.1 without Host (RFC 9112, 3.2).
    case missingHost
    /// Host twice, whether the same or not (RFC 9112, 3.2).
    case repeatedHost
    /// Not `uri-host [ ":" port ]` (RFC 9112, 3.2; RFC 9110, 7.2).
    case invalidHost
    /// An absolute-form target with a host other than Host's (RFC 9112, 3.2.2).
    ///
    /// A server is to ignore Host then, but a proxy that routed by it has read another request.
    case differingHost
    /// Something other than digits (RFC 9110, 8.6; RFC 9112, 6.3, item 5).
    case invalidContentLength
    /// Several, or a list, even of the same value (RFC 9112, 6.3, item 5, allows rejecting both).
    case repeatedContentLength
    /// Content-Length and Transfer-Encoding (RFC 9112, 6.1, and 6.3, item 3).
    case conflictingFraming
    /// Malformed, or `chunked` twice or not last (RFC 9112, 6.1, and 6.3, item 4).
    case invalidTransferEncoding
    /// A coding other than `chunked`: 501 (RFC 9112, 6.1).
    case unsupportedTransferCoding
    /// Transfer-Encoding in HTTP/1.0 (RFC 9112, 6.1).
    case transferEncodingInHTTP10
    /// POST or PUT in HTTP/1.0 without Content-Length: 411 (RFC 1945, 8.3; RFC 9110, 15.5.12).
    case missingLength
    /// An expectation other than `100-continue`: 417 (RFC 9110, 10.1.1).
    case unsupportedExpectation

    // Of the body.

    /// 413 (RFC 9110, 15.5.14).
    case bodyTooLarge
    /// Not hexadecimal digits, too many of them, or no CRLF after them (RFC 9112, 7.1).
    case invalidChunkSize
    /// Not `chunk-ext` (RFC 9112, 7.1.1).
    case invalidChunkExtension
    /// More bytes of extensions than is reasonable (RFC 9112, 7.1.1).
    case chunkExtensionsTooLarge
    /// No CRLF after the data (RFC 9112, 7.1).
    case missingChunkEnd
    /// Not a `field-line` (RFC 9112, 7.1.2).
    case invalidTrailer
    /// 431 (RFC 9112, 7.1.2; RFC 6585, 5).
    case trailersTooLarge

    /// 408 (RFC 9110, 15.5.9).
    case requestTimeout

    package var status: Status { description.status }

    /// A code for programs to compare, in snake_case.
    package var code: StaticString { description.code }

    /// What happened and what to do, for the reader of the client's log.
    package var message: StaticString { description.message }

    /// The limit that was exceeded, which the answer states.
    package func limit(in limits: Limits) -> Int? {
        switch self {
        case .requestLineTooLong: limits.requestLineByteCount
        case .headersTooLarge: limits.headerByteCount
        case .tooManyHeaders: limits.headerCount
        case .bodyTooLarge: limits.bodyByteCount
        case .chunkExtensionsTooLarge: limits.chunkExtensionByteCount
        case .trailersTooLarge: limits.trailerByteCount
        default: nil
        }
    }
}
