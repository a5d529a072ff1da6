// SPDX-License-Identifier: Apache-2.0

import Testing

/// Malformed requests, seen from outside; the parser's own tests have the rest.
struct RefusesMalformedRequestsTests {
    /// A whole request that whoever went on reading would write.
    private static let smuggled = "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"

    /// Each code of the parser's, its status, and the bytes for which a client gets it.
    private static let refusals: [(code: String, status: Int, bytes: String)] =
        [
            ("invalid_request_line", 400, "POST /logs\r\nHost: a\r\n\r\n"),
            ("invalid_http_version", 400, "POST /logs HTTP/1.x\r\nHost: a\r\n\r\n"),
            ("unsupported_http_version", 505, "POST /logs HTTP/2.0\r\nHost: a\r\n\r\n"),
            ("request_line_too_long", 414, "POST /\(long(20_000)) HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("invalid_request_target", 400, "POST logs HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("invalid_percent_encoding", 400, "POST /% HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("tunnel_refused", 400, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("bare_line_feed", 400, "POST /logs HTTP/1.1\nHost: a\n\n"),
            ("bare_carriage_return", 400, "POST /logs HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
            ("control_character", 400, "\u{16}\u{3}\u{1}\u{2}"),
            ("missing_host", 400, "POST /logs HTTP/1.1\r\n\r\n"),
            ("differing_host", 400, "POST http://b/logs HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("transfer_encoding_in_http_1_0", 400, coded("0\r\n\r\n", version: "1.0")),
        ] + fields.map { ($0, $1, post($2, "")) } + chunks.map { ($0, $1, coded($2)) }

    private static let fields = [
        ("control_character", 400, "X: \0"),
        ("line_folding", 400, "X: a\r\n b"),
        ("invalid_field_name", 400, "X(: a"),
        ("whitespace_before_colon", 400, "Content-Length : 2"),
        ("missing_colon", 400, "X"),
        ("repeated_field", 400, "Content-Type: a/b\r\nContent-Type: a/b"),
        ("headers_too_large", 431, "X: \(long(40_000))"),
        ("too_many_headers", 431, Array(repeating: "X: y", count: 101).joined(separator: "\r\n")),
        ("repeated_host", 400, "Host: a"),
        ("unsupported_expectation", 417, "Expect: 200-ok"),
        ("invalid_content_length", 400, "Content-Length: +2"),
        ("repeated_content_length", 400, "Content-Length: 2\r\nContent-Length: 2"),
        ("repeated_content_length", 400, "Content-Length: 2, 2"),
        ("conflicting_framing", 400, "Content-Length: 2\r\nTransfer-Encoding: chunked"),
        ("conflicting_framing", 400, "Transfer-Encoding: chunked\r\nContent-Length: 2"),
        ("invalid_transfer_encoding", 400, "Transfer-Encoding: chunked, gzip"),
        ("invalid_transfer_encoding", 400, "Transfer-Encoding: chunked, chunked"),
        ("unsupported_transfer_coding", 501, "Transfer-Encoding: gzip, chunked"),
        ("body_too_large", 413, "Content-Length: 33554433"),
        ("body_too_large", 413, "Content-Length: 18446744073709551618"),
    ]

    private static let chunks = [
        ("invalid_chunk_size", 400, "x\r\n"),
        ("invalid_chunk_size", 400, "10000000000000002\r\n{}\r\n0\r\n\r\n"),
        ("bare_line_feed", 400, "2\n{}\r\n0\r\n\r\n"),
        ("invalid_chunk_extension", 400, "2;\r\n{}\r\n0\r\n\r\n"),
        ("chunk_extensions_too_large", 400, "2;\(long(20_000))\r\n{}\r\n0\r\n\r\n"),
        ("missing_chunk_end", 400, "2\r\n{}0\r\n\r\n"),
        ("invalid_trailer", 400, "2\r\n{}\r\n0\r\nX\r\n\r\n"),
        ("trailers_too_large", 431, "0\r\n\(String(repeating: "X: y\r\n", count: 33))\r\n"),
        ("body_too_large", 413, "7fffffffffffffff\r\n"),
    ]

    private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }

    private static func post(_ field: String, _ body: String, version: String = "1.1") -> String {
        "POST /logs HTTP/\(version)\r\nHost: a\r\n\(field)\r\n\r\n\(body)"
    }

    private static func coded(_ body: String, version: String = "1.1") -> String {
        post("Transfer-Encoding: chunked", body, version: version)
    }

    @Test func `it is answered once with its status and reason, and the connection ends`() throws {
        try RunningService.run { service in
            for (code, status, bytes) in Self.refusals {
                let shown = "\(code): \(String(bytes.prefix(120)).debugDescription)"
                let connection = try service.connect()
                try connection.send(bytes + Self.smuggled)
                let answer = try #require(try connection.response(), "\(shown)")
                #expect(answer.status == status, "\(shown)")
                #expect(answer.closes, "\(shown)")
                let failure = try answer.failure
                #expect(failure.code == code, "\(shown)")
                #expect(!failure.message.isEmpty, "\(shown)")
                #expect(try connection.hasEnded(), "\(shown)")
            }
            #expect(try service.lines() == [])
            #expect(try service.get("/readyz").status == 200)
        }
    }
}
