// SPDX-License-Identifier: Apache-2.0

import HTTP

extension HeadCase {
    static let contentLengths: [HeadCase] = [
        .get("Content-Length: 0", expecting: "GET / 1.1 keep 0"),
        .get("content-length:5", expecting: "GET / 1.1 keep 5"),
        .get("Content-Length: \t007 ", expecting: "GET / 1.1 keep 7"),
        .get("Content-Length: 33554432", expecting: "GET / 1.1 keep 33554432"),
        .get("Content-Length: 33554433", expecting: "body_too_large"),
        .get("Content-Length: 9223372036854775807", expecting: "body_too_large"),
        .get("Content-Length: 9223372036854775808", expecting: "body_too_large"),
        .get("Content-Length: 18446744073709551621", expecting: "body_too_large"),
        .get("Content-Length: 99999999999999999999999999999999", expecting: "body_too_large"),
        .get("Content-Length:", expecting: "invalid_content_length"),
        .get("Content-Length: +5", expecting: "invalid_content_length"),
        .get("Content-Length: -5", expecting: "invalid_content_length"),
        .get("Content-Length: -0", expecting: "invalid_content_length"),
        .get("Content-Length: 0x5", expecting: "invalid_content_length"),
        .get("Content-Length: 5.0", expecting: "invalid_content_length"),
        .get("Content-Length: 1 2", expecting: "invalid_content_length"),
        .get("Content-Length: 5;", expecting: "invalid_content_length"),
        .get("Content-Length: five", expecting: "invalid_content_length"),
        .get("Content-Length: \u{b2}", expecting: "invalid_content_length"),
        .get("Content-Length: 5, 5", expecting: "repeated_content_length"),
        .get("Content-Length: 5,6", expecting: "repeated_content_length"),
        .get("Content-Length: 5,", expecting: "repeated_content_length"),
        .get("Content-Length: ,5", expecting: "repeated_content_length"),
        .get("Content-Length: 5", "Content-Length: 5", expecting: "repeated_content_length"),
        .get("Content-Length: 5", "CONTENT-LENGTH: 6", expecting: "repeated_content_length"),
        .get("Content_Length: 5", expecting: "GET / 1.1 keep"),
        .get("Content-Lengths: 5", expecting: "GET / 1.1 keep"),
        http10("Content-Length: 5", "GET / 1.0 close 5 host="),
        // What has no length ends with the connection in HTTP/1.0, and is empty in HTTP/1.1.
        HeadCase("POST / HTTP/1.0\r\n\r\n", "length_required"),
        HeadCase("PUT / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "length_required"),
        HeadCase("POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "POST / 1.0 close 0 host="),
        HeadCase("HEAD / HTTP/1.0\r\n\r\n", "HEAD / 1.0 close host="),
        HeadCase("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / 1.1 keep"),
    ]

    static let transferEncodings: [HeadCase] = [
        .get("Transfer-Encoding: chunked", expecting: "GET / 1.1 keep chunked"),
        .get("transfer-encoding:\tCHUNKED ", expecting: "GET / 1.1 keep chunked"),
        .get("Transfer-Encoding: gzip", expecting: "unsupported_transfer_coding"),
        .get("Transfer-Encoding: identity", expecting: "unsupported_transfer_coding"),
        .get("Transfer-Encoding: xchunked", expecting: "unsupported_transfer_coding"),
        .get("Transfer-Encoding: gzip, chunked", expecting: "unsupported_transfer_coding"),
        .get("Transfer-Encoding: a;b=c, chunked", expecting: "unsupported_transfer_coding"),
        .get("Transfer-Encoding: chunked, gzip", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: chunked, chunked", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: chunked, identity", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: chunked,", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: ,chunked", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: chunked;a=b", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: chunked gzip", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: \"chunked\"", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: 'chunked\"", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: \u{e9}", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding:", expecting: "invalid_transfer_encoding"),
        .get("Transfer-Encoding: \u{b}chunked", expecting: "control_character"),
        .get("Transfer-Encoding : chunked", expecting: "whitespace_before_colon"),
        .get("Transfer-Encoding:", " chunked", expecting: "invalid_transfer_encoding"),
        .get(
            "Transfer-Encoding: chunked", "Transfer-Encoding: chunked",
            expecting: "invalid_transfer_encoding"),
        .get(
            "Content-Length: 5", "Transfer-Encoding: chunked", expecting: "conflicting_framing"),
        .get(
            "Transfer-Encoding: chunked", "Content-Length: 0", expecting: "conflicting_framing"),
        http10("Transfer-Encoding: chunked", "transfer_encoding_in_http_1_0"),
        http10("Transfer-Encoding: gzip", "transfer_encoding_in_http_1_0"),
    ]

    static let content: [HeadCase] =
        [
            ("application/json", "json"), ("APPLICATION/JSON;charset=utf-8", "json"),
            ("application/json ; a", "json"), ("application/vnd.api+json", "json"),
            ("application/stream+JSON; x", "json"), ("application/x-ndjson", "ndjson"),
            ("application/ndjson", "ndjson"), ("application/jsonl", "ndjson"),
            ("application/x-jsonlines", "ndjson"), ("application/x-json-lines", "ndjson"),
            ("application/x-json-stream", "ndjson"), ("text/plain;charset=UTF-8", "text"),
            ("application/x-www-form-urlencoded", "form"), ("text/html", "other"),
            ("application/", "other"), ("application/+json", "other"), ("json", "other"),
            ("application/jsonp", "other"), (";", "other"),
            ("application/octet-stream", "other"), ("application/json-seq", "sequence"),
            ("application/geo+json-seq", "sequence"),
            ("Multipart/Form-Data; boundary=x", "multipart"),
            ("multipart/mixed", "multipart"), ("application/x-protobuf", "binary"),
            ("image/png", "binary"), ("AUDIO/ogg; codecs=opus", "binary"), ("video/mp4", "binary"),
            ("font/woff2", "binary"), ("application/gzip", "binary"),
            ("application/x-gzip", "binary"),
            ("application/zip", "binary"), ("application/pdf", "binary"),
            ("application/epub+zip", "binary"), ("application/vnd.msgpack", "binary"),
            ("image/svg+xml; charset=utf-8", "binary"),
            ("text/plain; charset=iso-8859-1", "foreignText"),
            ("text/plain;format=flowed; Charset=\"Latin1\"", "foreignText"),
            ("text/plain; x=\";charset=utf-16\"", "text"),
            ("text/plain; x=\"a;b\"; charset=utf-16", "foreignText"),
            ("application/json; charset=windows-1252", "foreignText"),
            ("application/x-www-form-urlencoded; charset=utf-16", "foreignText"),
            ("text/html; charset=koi8-r", "foreignText"), ("text/html; charset=utf-8", "other"),
            ("text/plain; charset=us-ascii", "text"), ("text/plain; charset=\"UTF-8\"", "text"),
            ("text/plain; charset=utf8; x", "text"), ("text/plain; charset=", "text"),
            ("application/json; charset = ASCII", "json"), ("; charset=utf-16", "foreignText"),
        ].map { .get("Content-Type: \($0)", expecting: "GET / 1.1 keep \($1)") }
        + [
            ("gzip", " gzip"), ("X-GZip", " gzip"), ("deflate", " deflate"), ("identity", ""),
            ("", ""), ("identity, identity", ""), ("identity, gzip", " gzip"),
            ("gzip, gzip", " several"), ("gzip, deflate", " several"), ("none", " none"),
            ("zstd", " zstd"), ("zlib", " deflate"), ("snappy", " snappy"),
            ("br, identity", " brotli"), ("*", " unsupported"),
            ("x-compress", " compress"), ("br, gzip", " several"), ("aws-chunked", " unsupported"),
            ("gzip;q=1", " unsupported"),
        ].map { .get("Content-Encoding: \($0)", expecting: "GET / 1.1 keep\($1)") }
        + [
            .get("Content-Type:", expecting: "GET / 1.1 keep"),
            .get("Content-Type: a/b", "Content-Type: a/b", expecting: "repeated_field"),
            .get("Content-Encoding: gzip", "Content-Encoding: gzip", expecting: "repeated_field"),
        ]

    static let limitCases: [HeadCase] = {
        var small = Limits()
        small.requestLineByteCount = 16
        small.headerByteCount = 32
        small.headerCount = 3
        small.bodyByteCount = 99
        let line = "GET / HTTP/1.1\r\n"
        return [
            ("GET /aa HTTP/1.1\r\nHost: a\r\n\r\n", "GET /aa 1.1 keep"),
            ("\r\nGET /aa HTTP/1.1\r\nHost: a\r\n\r\n", "GET /aa 1.1 keep"),
            ("GET /aaa HTTP/1.1\r\nHost: a\r\n\r\n", "request_line_too_long"),
            ("GET /aaaaaaaaaaaa", "request_line_too_long"),
            ("GET /aaaaaaaaaaa", "more"),
            ("GET /aaaaaaaaaaa\0", "control_character"),
            ("GET /aaaaaaaaaaaa\0", "request_line_too_long"),
            ("AAAAAAAAAAAAAAAAAAAAAAAAA", "request_line_too_long"),
            (line + "Host: a\r\nX: 678901234567890123\r\n\r\n", "GET / 1.1 keep"),
            (line + "Host: a\r\nX: 6789012345678901234\r\n\r\n", "headers_too_large"),
            (line + "Host: a\r\nX: 678901234567890123\r\nY", "headers_too_large"),
            (line + "Host: a\r\nX: 6789012345678901234", "headers_too_large"),
            (line + "Host: a\r\nX: 678901234567890123", "more"),
            (line + "Host: a\r\nX: 678901234567890123\n", "bare_line_feed"),
            (line + "Host: a\r\na:\r\na:\r\n\r\n", "GET / 1.1 keep"),
            (line + "Host: a\r\na:\r\na:\r\na:\r\n\r\n", "too_many_headers"),
            (line + "Host: a\r\na:\r\na:\r\na", "too_many_headers"),
            (line + "Host: a\r\na:\r\na:\r\n ", "line_folding"),
            (line + "Host: a\r\nContent-Length:99\r\n\r\n", "GET / 1.1 keep 99"),
            (line + "Host: a\r\nContent-Length:100\r\n\r\n", "body_too_large"),
        ].map { HeadCase($0, $1, limits: small) }
    }()
}
