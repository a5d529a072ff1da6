// SPDX-License-Identifier: Apache-2.0

/// Bytes of a connection that two parsers might read differently.
struct DifferentialCase: Sendable {
    let name: String
    let bytes: [UInt8]
    /// Whether another reading of it would hide a request in another one: such bytes are refused.
    let smuggles: Bool

    private static let next = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"

    init(_ name: String, _ text: String, smuggles: Bool = false) {
        self.init(name, Array(text.utf8), smuggles: smuggles)
    }

    init(_ name: String, _ bytes: [UInt8], smuggles: Bool = false) {
        self.name = name
        self.bytes = bytes
        self.smuggles = smuggles
    }

    /// A POST with these header lines, a body, and a request behind it.
    private static func post(
        _ name: String, _ fields: String, _ body: String, smuggles: Bool = false
    ) -> DifferentialCase {
        let lines = fields.isEmpty ? "" : fields + "\r\n"
        return DifferentialCase(
            name, "POST /logs HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\(body)\(next)",
            smuggles: smuggles)
    }

    private static func line(_ name: String, _ line: String) -> DifferentialCase {
        DifferentialCase(name, "\(line)\r\nHost: a\r\n\r\n")
    }

    private static func field(_ name: String, _ field: String) -> DifferentialCase {
        DifferentialCase(name, "GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n\(next)")
    }

    static let all = framing + codings + chunks + heads + lines + sequences

    private static let framing: [DifferentialCase] = [
        .post("body by length", "Content-Length: 3", "abc"),
        .post("no body", "", ""), .post("length 0", "Content-Length: 0", ""),
        .post(
            "length and chunked", "Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n",
            smuggles: true),
        .post(
            "chunked and length", "Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\n",
            smuggles: true),
        .post(
            "different lengths", "Content-Length: 0\r\nContent-Length: 33", "", smuggles: true
        ),
        .post(
            "equal lengths", "Content-Length: 3\r\nContent-Length: 3", "abc",
            smuggles: true),
        .post("list of lengths", "Content-Length: 3, 3", "abc", smuggles: true),
        .post("length with plus", "Content-Length: +3", "abc", smuggles: true),
        .post("negative length", "Content-Length: -3", "abc", smuggles: true),
        .post("length in hexadecimal", "Content-Length: 0x3", "abc", smuggles: true),
        .post("length with space in it", "Content-Length: 3 3", "abc", smuggles: true),
        .post("length with leading zeros", "Content-Length: 0003", "abc"),
        .post("empty length", "Content-Length:", "abc", smuggles: true),
        .post("length with fraction", "Content-Length: 3.0", "abc", smuggles: true),
        .post(
            "length beyond 64 bits", "Content-Length: 18446744073709551619", "abc", smuggles: true
        ),
        .post("white space around length", "Content-Length: \t 3 \t", "abc"),
        .post("length with form feed", "Content-Length: 3\u{c}", "abc", smuggles: true),
        .post("space before colon of length", "Content-Length : 33", "", smuggles: true),
        .post("length on folded line", "X: a\r\n Content-Length: 33", "", smuggles: true),
        .post("length behind bare LF", "X: a\nContent-Length: 33", "", smuggles: true),
        .post("length behind bare CR", "X: a\rContent-Length: 33", "", smuggles: true),
        .post("length with NUL in its name", "Content\0-Length: 33", "", smuggles: true),
        .post("length with underscore", "Content_Length: 33", ""),
    ]

    private static let codings: [DifferentialCase] =
        [
            ("chunked", "chunked", false), ("uppercase", "CHUNKED", false),
            ("identity", "identity", true), ("chunked, identity", "chunked, identity", true),
            ("identity, chunked", "identity, chunked", true),
            ("gzip, chunked", "gzip, chunked", true),
            ("chunked, chunked", "chunked, chunked", true), ("xchunked", "xchunked", true),
            ("chunkedx", "chunkedx", true), ("quoted", "\"chunked\"", true),
            ("with parameter", "chunked;a=b", true), ("with comma behind", "chunked,", true),
            ("with comma in front", ", chunked", true), ("empty", "", true),
            ("with vertical tab", "\u{b}chunked", true),
            ("with form feed behind", "chunked\u{c}", true),
            ("with NUL behind", "chunked\0", true), ("with tab in front", "\tchunked", false),
        ].map { name, value, smuggles in
            .post(
                "Transfer-Encoding \(name)", "Transfer-Encoding: \(value)", "3\r\nabc\r\n0\r\n\r\n",
                smuggles: smuggles)
        } + [
            .post(
                "Transfer-Encoding twice",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n",
                smuggles: true),
            .post(
                "Transfer-Encoding, then another",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", "3\r\nabc\r\n0\r\n\r\n",
                smuggles: true),
            .post(
                "space before colon of Transfer-Encoding", "Transfer-Encoding : chunked",
                "3\r\nabc\r\n0\r\n\r\n",
                smuggles: true),
            .post(
                "Transfer-Encoding folded", "Transfer-Encoding:\r\n chunked",
                "3\r\nabc\r\n0\r\n\r\n", smuggles: true),
            DifferentialCase(
                "chunked in HTTP/1.0",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                smuggles: true),
        ]

    private static let chunks: [DifferentialCase] = [
        ("two chunks", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", false),
        ("sizes in hexadecimal", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", false),
        ("size with leading zeros", "0003\r\nabc\r\n000\r\n\r\n", false),
        ("size with 0x", "0x3\r\nabc\r\n0\r\n\r\n", true),
        ("size with plus", "+3\r\nabc\r\n0\r\n\r\n", true),
        ("negative size", "-3\r\nabc\r\n0\r\n\r\n", true),
        ("size with space behind", "3 \r\nabc\r\n0\r\n\r\n", true),
        ("size with space in front", " 3\r\nabc\r\n0\r\n\r\n", true),
        ("size beyond 64 bits", "10000000000000003\r\nabc\r\n0\r\n\r\n", true),
        ("no size", "\r\nabc\r\n0\r\n\r\n", true),
        ("size not hexadecimal", "g\r\nabc\r\n0\r\n\r\n", true),
        ("size ending in LF", "3\nabc\r\n0\r\n\r\n", true),
        ("data ending in LF", "3\r\nabc\n0\r\n\r\n", true),
        ("data ending in CR", "3\r\nabc\r0\r\n\r\n", true),
        ("data longer than size", "3\r\nabcd\r\n0\r\n\r\n", true),
        ("nothing behind data", "3\r\nabc0\r\n\r\n", true),
        ("extension", "3;a=b\r\nabc\r\n0\r\n\r\n", false),
        ("extension quoted", "3;a=\"b;c\"\r\nabc\r\n0;x\r\n\r\n", false),
        ("extension with LF", "3;a\nabc\r\n0\r\n\r\n", true),
        ("extension with CR", "3;a\rb\r\nabc\r\n0\r\n\r\n", true),
        ("extension without name", "3;\r\nabc\r\n0\r\n\r\n", true),
        ("trailer", "3\r\nabc\r\n0\r\nX: y\r\n\r\n", false),
        ("trailer Content-Length", "3\r\nabc\r\n0\r\nContent-Length: 33\r\n\r\n", false),
        ("trailer without colon", "3\r\nabc\r\n0\r\nX\r\n\r\n", true),
        ("last chunk ending in LF", "3\r\nabc\r\n0\n\r\n", true),
        ("end in LF", "3\r\nabc\r\n0\r\n\n", true),
    ].map { name, body, smuggles in
        .post(name, "Transfer-Encoding: chunked", body, smuggles: smuggles)
    }

    private static let heads: [DifferentialCase] = [
        .field("empty value", "X:"), .field("tab in value", "X: a\tb"),
        .field("high bytes in value", "X: \u{e9}\u{20ac}"), .field("no colon", "X"),
        .field("empty name", ": a"), .field("space before colon", "X : a"),
        .field("tab before colon", "X\t: a"), .field("space in name", "X Y: a"),
        .field("folded line", "X: a\r\n b"), .field("NUL in value", "X: a\0b"),
        .field("DEL in value", "X: a\u{7f}b"), .field("bell in value", "X: a\u{7}b"),
        .field("bare CR in value", "X: a\rb"), .field("bare LF behind value", "X: a\nY: b"),
        .field("brackets in name", "X[]: a"), .field("high byte in name", "\u{e9}: a"),
        .field("second Host, equal", "Host: a"),
        .field("second Host, different", "Host: b"),
        .field("credentials", "Authorization: Bearer a b\r\nX-Api-Key: \t c\t "),
        .field("second Authorization", "Authorization: a\r\nAuthorization: b"),
        .field("second key", "X-Api-Key: a\r\nX-Api-Key: b"),
        .field("unknown expectation", "Expect: 200-ok"),
        .field("Upgrade, and another", "Connection: upgrade\r\nUpgrade: x"),
        DifferentialCase(
            "Upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
        DifferentialCase(
            "white space before first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        DifferentialCase("no Host", "GET / HTTP/1.1\r\n\r\n"),
        DifferentialCase("no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
        DifferentialCase("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        DifferentialCase("Host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        DifferentialCase("Host with user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        DifferentialCase("head ending in LF", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    ]

    private static let lines: [DifferentialCase] = [
        .line("query", "GET /a?b=c&d HTTP/1.1"),
        .line("absolute-form", "GET http://a/b HTTP/1.1"),
        .line("absolute-form, other host", "GET http://b/ HTTP/1.1"),
        .line("asterisk-form", "OPTIONS * HTTP/1.1"),
        .line("GET in asterisk-form", "GET * HTTP/1.1"),
        .line("authority-form", "CONNECT a:80 HTTP/1.1"), .line("no path", "GET a HTTP/1.1"),
        .line("fragment", "GET /a#b HTTP/1.1"), .line("percent sign alone", "GET /% HTTP/1.1"),
        .line("high byte in target", "GET /\u{e9} HTTP/1.1"),
        .line("space in target", "GET /a b HTTP/1.1"),
        .line("tab in target", "GET /a\tb HTTP/1.1"),
        .line("NUL in target", "GET /\0 HTTP/1.1"), .line("two spaces", "GET  / HTTP/1.1"),
        .line("tab for space", "GET\t/ HTTP/1.1"), .line("space in front", " GET / HTTP/1.1"),
        .line("space behind", "GET / HTTP/1.1 "),
        .line("method lowercase", "get / HTTP/1.1"),
        .line("unknown method", "FROB / HTTP/1.1"), .line("HTTP/1.2", "GET / HTTP/1.2"),
        .line("HTTP/2.0", "GET / HTTP/2.0"), .line("HTTP/0.9, named", "GET / HTTP/0.9"),
        .line("two digits", "GET / HTTP/1.10"), .line("http lowercase", "GET / http/1.1"),
        .line("HTTPS for HTTP", "GET / HTTPS/1.1"), .line("ICE for HTTP", "SOURCE / ICE/1.0"),
        .line("GET without version", "GET /"), .line("HEAD without version", "HEAD /"),
        DifferentialCase("HTTP/0.9", "GET /\r\n"), DifferentialCase("CRLF alone", "\r\n\r\n"),
        DifferentialCase("CRLF in front", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        DifferentialCase("LF in front", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        DifferentialCase("request line ending in LF", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        DifferentialCase("request line ending in CR", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        DifferentialCase("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        DifferentialCase("TLS hello", [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]),
    ]

    private static let sequences: [DifferentialCase] = [
        DifferentialCase("three in one", next + next + next),
        DifferentialCase(
            "close in front", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + next
        ),
        DifferentialCase("HTTP/1.0 in front", "GET / HTTP/1.0\r\nHost: a\r\n\r\n" + next),
        DifferentialCase(
            "HTTP/1.0 keep-alive",
            "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" + next),
        DifferentialCase(
            "GET with body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next),
        DifferentialCase(
            "HEAD with body", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next),
        DifferentialCase(
            "body like a request",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(next.utf8.count)\r\n\r\n" + next + next
        ),
        DifferentialCase("CRLF between requests", next + "\r\n" + next),
        DifferentialCase("two CRLF between requests", next + "\r\n\r\n" + next),
        DifferentialCase(
            "body cut short",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
        DifferentialCase(
            "chunks cut short",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"),
        DifferentialCase("head cut short", "GET / HTTP/1.1\r\nHost: a"),
    ]
}
