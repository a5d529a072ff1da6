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
        .post("a body by length", "Content-Length: 3", "abc"),
        .post("no body", "", ""), .post("length 0", "Content-Length: 0", ""),
        .post(
            "length and chunked", "Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n",
            smuggles: true),
        .post(
            "chunked and length", "Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\n",
            smuggles: true),
        .post(
            "two lengths that differ", "Content-Length: 0\r\nContent-Length: 33", "", smuggles: true
        ),
        .post(
            "two lengths that agree", "Content-Length: 3\r\nContent-Length: 3", "abc",
            smuggles: true),
        .post("a list of lengths", "Content-Length: 3, 3", "abc", smuggles: true),
        .post("a length with a plus", "Content-Length: +3", "abc", smuggles: true),
        .post("a negative length", "Content-Length: -3", "abc", smuggles: true),
        .post("a length in hexadecimal", "Content-Length: 0x3", "abc", smuggles: true),
        .post("a length with a space in it", "Content-Length: 3 3", "abc", smuggles: true),
        .post("a length with zeros in front", "Content-Length: 0003", "abc"),
        .post("an empty length", "Content-Length:", "abc", smuggles: true),
        .post("a length with a fraction", "Content-Length: 3.0", "abc", smuggles: true),
        .post(
            "a length beyond 64 bits", "Content-Length: 18446744073709551619", "abc", smuggles: true
        ),
        .post("white space around a length", "Content-Length: \t 3 \t", "abc"),
        .post("a length with a form feed", "Content-Length: 3\u{c}", "abc", smuggles: true),
        .post("space before the colon of a length", "Content-Length : 33", "", smuggles: true),
        .post("a length on a folded line", "X: a\r\n Content-Length: 33", "", smuggles: true),
        .post("a length behind a bare LF", "X: a\nContent-Length: 33", "", smuggles: true),
        .post("a length behind a bare CR", "X: a\rContent-Length: 33", "", smuggles: true),
        .post("a length with NUL in its name", "Content\0-Length: 33", "", smuggles: true),
        .post("a length with an underscore", "Content_Length: 33", ""),
    ]

    private static let codings: [DifferentialCase] =
        [
            ("chunked", "chunked", false), ("in capitals", "CHUNKED", false),
            ("identity", "identity", true), ("chunked, identity", "chunked, identity", true),
            ("identity, chunked", "identity, chunked", true),
            ("gzip, chunked", "gzip, chunked", true),
            ("chunked, chunked", "chunked, chunked", true), ("xchunked", "xchunked", true),
            ("chunkedx", "chunkedx", true), ("in quotation marks", "\"chunked\"", true),
            ("with a parameter", "chunked;a=b", true), ("with a comma behind", "chunked,", true),
            ("with a comma in front", ", chunked", true), ("empty", "", true),
            ("with a vertical tab", "\u{b}chunked", true),
            ("with a form feed behind", "chunked\u{c}", true),
            ("with NUL behind", "chunked\0", true), ("with a tab in front", "\tchunked", false),
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
                "space before its colon", "Transfer-Encoding : chunked", "3\r\nabc\r\n0\r\n\r\n",
                smuggles: true),
            .post(
                "folded", "Transfer-Encoding:\r\n chunked", "3\r\nabc\r\n0\r\n\r\n", smuggles: true),
            DifferentialCase(
                "chunked in HTTP/1.0",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                smuggles: true),
        ]

    private static let chunks: [DifferentialCase] = [
        ("two chunks", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", false),
        ("sizes in hexadecimal", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", false),
        ("a size with zeros in front", "0003\r\nabc\r\n000\r\n\r\n", false),
        ("a size with 0x", "0x3\r\nabc\r\n0\r\n\r\n", true),
        ("a size with a plus", "+3\r\nabc\r\n0\r\n\r\n", true),
        ("a negative size", "-3\r\nabc\r\n0\r\n\r\n", true),
        ("a size with a space behind", "3 \r\nabc\r\n0\r\n\r\n", true),
        ("a size with a space in front", " 3\r\nabc\r\n0\r\n\r\n", true),
        ("a size beyond 64 bits", "10000000000000003\r\nabc\r\n0\r\n\r\n", true),
        ("no size", "\r\nabc\r\n0\r\n\r\n", true),
        ("a size that is none", "g\r\nabc\r\n0\r\n\r\n", true),
        ("a size that ends in LF", "3\nabc\r\n0\r\n\r\n", true),
        ("data that end in LF", "3\r\nabc\n0\r\n\r\n", true),
        ("data that end in CR", "3\r\nabc\r0\r\n\r\n", true),
        ("data longer than said", "3\r\nabcd\r\n0\r\n\r\n", true),
        ("nothing behind the data", "3\r\nabc0\r\n\r\n", true),
        ("an extension", "3;a=b\r\nabc\r\n0\r\n\r\n", false),
        ("an extension in quotation marks", "3;a=\"b;c\"\r\nabc\r\n0;x\r\n\r\n", false),
        ("an extension with LF", "3;a\nabc\r\n0\r\n\r\n", true),
        ("an extension with CR", "3;a\rb\r\nabc\r\n0\r\n\r\n", true),
        ("an extension without a name", "3;\r\nabc\r\n0\r\n\r\n", true),
        ("a trailer", "3\r\nabc\r\n0\r\nX: y\r\n\r\n", false),
        ("a trailer that frames", "3\r\nabc\r\n0\r\nContent-Length: 33\r\n\r\n", false),
        ("a trailer without a colon", "3\r\nabc\r\n0\r\nX\r\n\r\n", true),
        ("a last chunk that ends in LF", "3\r\nabc\r\n0\n\r\n", true),
        ("an end in LF", "3\r\nabc\r\n0\r\n\n", true),
    ].map { name, body, smuggles in
        .post(name, "Transfer-Encoding: chunked", body, smuggles: smuggles)
    }

    private static let heads: [DifferentialCase] = [
        .field("an empty value", "X:"), .field("a tab in a value", "X: a\tb"),
        .field("high bytes in a value", "X: \u{e9}\u{20ac}"), .field("no colon", "X"),
        .field("an empty name", ": a"), .field("a space before the colon", "X : a"),
        .field("a tab before the colon", "X\t: a"), .field("a space in a name", "X Y: a"),
        .field("a folded line", "X: a\r\n b"), .field("NUL in a value", "X: a\0b"),
        .field("DEL in a value", "X: a\u{7f}b"), .field("a bell in a value", "X: a\u{7}b"),
        .field("a bare CR in a value", "X: a\rb"), .field("a bare LF behind a value", "X: a\nY: b"),
        .field("brackets in a name", "X[]: a"), .field("a high byte in a name", "\u{e9}: a"),
        .field("a second Host that agrees", "Host: a"),
        .field("a second Host that differs", "Host: b"),
        .field("who sends", "Authorization: Bearer a b\r\nX-Api-Key: \t c\t "),
        .field("a second Authorization", "Authorization: a\r\nAuthorization: b"),
        .field("a second key", "X-Api-Key: a\r\nX-Api-Key: b"),
        .field("Expect of something", "Expect: 200-ok"),
        .field("Upgrade, and another", "Connection: upgrade\r\nUpgrade: x"),
        DifferentialCase(
            "Upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
        DifferentialCase(
            "white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        DifferentialCase("no Host", "GET / HTTP/1.1\r\n\r\n"),
        DifferentialCase("no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
        DifferentialCase("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        DifferentialCase("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        DifferentialCase("a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        DifferentialCase("a head that ends in LF", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    ]

    private static let lines: [DifferentialCase] = [
        .line("a query", "GET /a?b=c&d HTTP/1.1"),
        .line("absolute-form", "GET http://a/b HTTP/1.1"),
        .line("absolute-form of another host", "GET http://b/ HTTP/1.1"),
        .line("asterisk-form", "OPTIONS * HTTP/1.1"),
        .line("an asterisk for GET", "GET * HTTP/1.1"),
        .line("authority-form", "CONNECT a:80 HTTP/1.1"), .line("no path", "GET a HTTP/1.1"),
        .line("a fragment", "GET /a#b HTTP/1.1"), .line("a percent sign alone", "GET /% HTTP/1.1"),
        .line("a high byte in the target", "GET /\u{e9} HTTP/1.1"),
        .line("a space in the target", "GET /a b HTTP/1.1"),
        .line("a tab in the target", "GET /a\tb HTTP/1.1"),
        .line("NUL in the target", "GET /\0 HTTP/1.1"), .line("two spaces", "GET  / HTTP/1.1"),
        .line("a tab for a space", "GET\t/ HTTP/1.1"), .line("a space in front", " GET / HTTP/1.1"),
        .line("a space behind", "GET / HTTP/1.1 "),
        .line("a method in small letters", "get / HTTP/1.1"),
        .line("an unknown method", "FROB / HTTP/1.1"), .line("HTTP/1.2", "GET / HTTP/1.2"),
        .line("HTTP/2.0", "GET / HTTP/2.0"), .line("HTTP/0.9 with its name", "GET / HTTP/0.9"),
        .line("two digits", "GET / HTTP/1.10"), .line("http in small letters", "GET / http/1.1"),
        .line("HTTPS for HTTP", "GET / HTTPS/1.1"), .line("ICE for HTTP", "SOURCE / ICE/1.0"),
        .line("GET without a version", "GET /"), .line("HEAD without a version", "HEAD /"),
        DifferentialCase("HTTP/0.9", "GET /\r\n"), DifferentialCase("nothing but CRLF", "\r\n\r\n"),
        DifferentialCase("CRLF in front", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        DifferentialCase("LF in front", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        DifferentialCase("a request line that ends in LF", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        DifferentialCase("a request line that ends in CR", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        DifferentialCase("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        DifferentialCase("a TLS hello", [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]),
    ]

    private static let sequences: [DifferentialCase] = [
        DifferentialCase("three in one", next + next + next),
        DifferentialCase(
            "a close in the middle", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + next
        ),
        DifferentialCase("HTTP/1.0 is the last", "GET / HTTP/1.0\r\nHost: a\r\n\r\n" + next),
        DifferentialCase(
            "HTTP/1.0 that stays",
            "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" + next),
        DifferentialCase(
            "GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next),
        DifferentialCase(
            "HEAD with a body", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next),
        DifferentialCase(
            "a body that looks like a request",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(next.utf8.count)\r\n\r\n" + next + next
        ),
        DifferentialCase("CRLF between requests", next + "\r\n" + next),
        DifferentialCase("two CRLF between requests", next + "\r\n\r\n" + next),
        DifferentialCase(
            "a body that ends too early",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
        DifferentialCase(
            "chunks that end too early",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"),
        DifferentialCase("a head that ends too early", "GET / HTTP/1.1\r\nHost: a"),
    ]
}
