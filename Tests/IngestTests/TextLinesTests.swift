import Testing

@testable import Ingest

@Suite struct TextLinesTests {
    @Test(arguments: [
        ("hello", [#"{"message":"hello"}"#]),
        (
            "one\ntwo\r\n\n  \nthree",
            [
                #"{"message":"one"}"#, #"{"message":"two"}"#, #"{"message":"three"}"#,
            ]
        ),
        ("a \"b\" \\ \u{1} \t \u{7F}", [#"{"message":"a \"b\" \\ \u0001 \t "# + "\u{7F}\"}"]),
        ("in\rside\n", [#"{"message":"in\rside"}"#]),
        ("  indented", [#"{"message":"  indented"}"#]),
        ("é 漢 😀", [#"{"message":"é 漢 😀"}"#]),
        ("{\"a\":1}\nplain\n", [#"{"a":1}"#, #"{"message":"plain"}"#]),
        ("x\n {\"a\":1} \n", [#"{"message":"x"}"#, #"{"a":1}"#]),
        ("x\n{\"a\":1} y", [#"{"message":"x"}"#, #"{"message":"{\"a\":1} y"}"#]),
        ("x\n{\"a\":}\n{", [#"{"message":"x"}"#, #"{"message":"{\"a\":}"}"#, #"{"message":"{"}"#]),
        ("[2026-11-23 10:00:00] up", [#"{"message":"[2026-11-23 10:00:00] up"}"#]),
        ("[info] up", [#"{"message":"[info] up"}"#]),
    ])
    func `each line is an object or a message`(body: String, lines: [String]) throws {
        let outcome = try ingest(body, as: .text)
        #expect(outcome.lines == lines)
        #expect(outcome.rejectedCount == 0)
        if !body.hasPrefix("{") { #expect(try ingest(body, as: .unknown).lines == lines) }
    }

    @Test(
        arguments: [
            ([0x61, 0xFF, 0x62], "a\u{FFFD}b"),
            ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
            ([0xE2, 0x82, 0x41], "\u{FFFD}A"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),
            ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ] as [([UInt8], String)])
    func `ill-formed UTF-8 is replaced`(bytes: [UInt8], text: String) throws {
        #expect(try ingest(bytes, as: .text).lines == ["{\"message\":\"\(text)\"}"])
        #expect(try ingest(bytes, as: .text, into: .raw).lines == [text])
        // The same number of replacement characters as the standard library's.
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func `JSON that was called nothing but JSON is not text`() throws {
        #expect(try ingest("hello", as: .json).reasons == ["invalid_json"])
        #expect(try ingest("hello\n{}\n", as: .ndjson).lines == ["{}"])
    }

    @Test(arguments: [
        ("plain", ["plain"]),
        ("one\r\ntwo\n\n", ["one", "two"]),
        ("tab\tstays \u{1B}[31m", ["tab\tstays \\u001b[31m"]),
        ("in\rside", ["in\\u000dside"]),
        (
            "a\u{2028}b\u{2029}c\u{85}d\u{9B}e\u{7F}\u{0}",
            [
                "a\\u2028b\\u2029c\\u0085d\\u009be\\u007f\\u0000"
            ]
        ),
        ("é\u{A0}\u{2027}\u{202A}😀", ["é\u{A0}\u{2027}\u{202A}😀"]),
        ("back\\slash \"quote\"", ["back\\slash \"quote\""]),
        ("x\n{\"a\" : 1}\n", ["x", "{\"a\" : 1}"]),
    ])
    func `a raw stream keeps lines but for what could forge one`(
        body: String, lines: [String]
    ) throws {
        #expect(try ingest(body, as: .text, into: .raw).lines == lines)
    }

    @Test(arguments: [
        ("{\"a\":\n1}", ["{\"a\":1}"]),
        ("{\"a\":1}\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":\"\u{2028}\u{7F}\"}", ["{\"a\":\"\\u2028\\u007f\"}"]),
        (
            #"["a \"b\" \\ \/ \t \n \u00e9 \ud83d\ude00 \u2028 \u0085"]"#,
            [
                "a \"b\" \\ / \t \\u000a é 😀 \\u2028 \\u0085"
            ]
        ),
        ("a=1&b=%0A%E2%80%A8", ["{\"a\":\"1\",\"b\":\"\\n\\u2028\"}"]),
    ])
    func `JSON in a raw stream is its text`(body: String, lines: [String]) throws {
        let format = body.hasPrefix("a=") ? BodyFormat.form : .json
        #expect(try ingest(body, as: format, into: .raw).lines == lines)
    }
}
