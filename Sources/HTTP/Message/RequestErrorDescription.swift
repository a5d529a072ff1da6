// SPDX-License-Identifier: Apache-2.0

/// The status, code and message that a client gets for a rejected request.
struct RequestErrorDescription {
    let status: Status
    let code: StaticString
    let message: StaticString

    init(_ status: Status, _ code: StaticString, _ message: StaticString) {
        self.status = status
        self.code = code
        self.message = message
    }
}

extension RequestError {
    var description: RequestErrorDescription {
        switch self {
        case .plainRequestToTLS:
            .init(
                .badRequest, "tls_required",
                "This address speaks TLS; send the request to it by https.")
        // Of the request line.
        case .invalidRequestLine:
            .init(
                .badRequest, "invalid_request_line",
                "The request line is not a method, a target and a version with one space between.")
        case .invalidVersion:
            .init(
                .badRequest, "invalid_http_version",
                "The request line does not end with an HTTP version; send HTTP/1.1.")
        case .unsupportedVersion:
            .init(
                .versionNotSupported, "unsupported_http_version",
                "This server speaks only HTTP/1.0 and HTTP/1.1; send HTTP/1.1.")
        case .requestLineTooLong:
            .init(
                .uriTooLong, "request_line_too_long",
                "The request line is over the limit; send the data in the body.")
        case .invalidTarget:
            .init(
                .badRequest, "invalid_request_target",
                """
                The request target is not a path with an optional query; \
                percent-encode '#' and all but visible ASCII.
                """)
        case .invalidEscape:
            .init(
                .badRequest, "invalid_percent_encoding",
                "A '%' is not followed by two hexadecimal digits; send '%25' for the sign itself.")
        case .tunnelRefused:
            .init(
                .badRequest, "tunnel_refused",
                "This is not a proxy and opens no tunnels; send the request without CONNECT.")
        // Of the header lines.
        case .bareLineFeed:
            .init(
                .badRequest, "bare_line_feed",
                "A line ends with LF alone; end every line with CRLF.")
        case .bareCarriageReturn:
            .init(
                .badRequest, "bare_carriage_return",
                "A CR is not followed by LF; end every line with CRLF.")
        case .controlCharacter:
            .init(
                .badRequest, "control_character",
                "The head contains a control character; if this is TLS, send it to the TLS port.")
        case .lineFolding:
            .init(
                .badRequest, "line_folding",
                "A header line begins with white space; send every field on one line.")
        case .invalidFieldName:
            .init(
                .badRequest, "invalid_field_name",
                """
                A header name is empty or contains an invalid character; \
                correct the name.
                """)
        case .whitespaceBeforeColon:
            .init(
                .badRequest, "whitespace_before_colon",
                "There is white space between a header name and its colon; remove it.")
        case .missingColon:
            .init(
                .badRequest, "missing_colon",
                "A header line has no colon; send a name, a colon and a value.")
        case .repeatedField:
            .init(
                .badRequest, "repeated_field",
                """
                Content-Type, Content-Encoding, Authorization, X-Api-Key or Expect is \
                sent twice; send it once.
                """)
        case .headersTooLarge:
            .init(
                .headersTooLarge, "headers_too_large",
                "The headers are over the limit; send fewer or shorter ones.")
        case .tooManyHeaders:
            .init(
                .headersTooLarge, "too_many_headers",
                "There are more header lines than the limit; send fewer.")
        // Of what the fields say.
        case .missingHost:
            .init(
                .badRequest, "missing_host",
                "An HTTP/1.1 request has no Host header; send one.")
        case .repeatedHost:
            .init(
                .badRequest, "repeated_host",
                "The Host header is sent twice; send it once.")
        case .invalidHost:
            .init(
                .badRequest, "invalid_host",
                "The Host header is not a host name or address with an optional port; correct it.")
        case .differingHost:
            .init(
                .badRequest, "differing_host",
                """
                The authority of the request target differs from the Host header; \
                send the same in both.
                """)
        case .unsupportedExpectation:
            .init(
                .expectationFailed, "unsupported_expectation",
                "Only the expectation 100-continue is supported; send that or none.")
        // Of the body.
        case .invalidContentLength:
            .init(
                .badRequest, "invalid_content_length",
                "The Content-Length is not a decimal number; send digits alone.")
        case .repeatedContentLength:
            .init(
                .badRequest, "repeated_content_length",
                "The Content-Length has several values; send it once.")
        case .conflictingFraming:
            .init(
                .badRequest, "conflicting_framing",
                "Content-Length and Transfer-Encoding are both sent; send one of them.")
        case .invalidTransferEncoding:
            .init(
                .badRequest, "invalid_transfer_encoding",
                """
                The Transfer-Encoding is malformed, or chunked is not its last \
                coding; send chunked alone.
                """)
        case .unsupportedTransferCoding:
            .init(
                .notImplemented, "unsupported_transfer_coding",
                """
                The only supported transfer coding is chunked; compress with \
                Content-Encoding instead.
                """)
        case .transferEncodingInHTTP10:
            .init(
                .badRequest, "transfer_encoding_in_http_1_0",
                "HTTP/1.0 has no transfer codings; send HTTP/1.1, or a Content-Length.")
        case .missingLength:
            .init(
                .lengthRequired, "length_required",
                "An HTTP/1.0 request with a body has no Content-Length; send one, or HTTP/1.1.")
        case .bodyTooLarge:
            .init(
                .contentTooLarge, "body_too_large",
                "The body is over the limit; send it in smaller batches.")
        case .invalidChunkSize:
            .init(
                .badRequest, "invalid_chunk_size",
                """
                A chunk size is not a hexadecimal number of at most 16 digits with \
                CRLF after it.
                """)
        case .invalidChunkExtension:
            .init(
                .badRequest, "invalid_chunk_extension",
                "A chunk extension is malformed; send chunks without extensions.")
        case .chunkExtensionsTooLarge:
            .init(
                .badRequest, "chunk_extensions_too_large",
                "The chunk extensions are over the limit; send chunks without extensions.")
        case .missingChunkEnd:
            .init(
                .badRequest, "missing_chunk_end",
                """
                The data of a chunk is not followed by CRLF; make its size the \
                number of bytes sent.
                """)
        case .invalidTrailer:
            .init(
                .badRequest, "invalid_trailer",
                "A trailer is not a name, a colon and a value; correct it or send none.")
        case .trailersTooLarge:
            .init(
                .headersTooLarge, "trailers_too_large",
                "The trailers are over the limit; send none, they are not read.")
        case .requestTimeout:
            .init(
                .requestTimeout, "request_timeout",
                "The request came too slowly; send it again on a new connection.")
        }
    }
}
