// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
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
            [0x61, 0xFF, 0x62], [0xF0, 0x9F, 0x98], [0xE2, 0x82, 0x41], [0xED, 0xA0, 0x80],
            [0xC0, 0xAF],
            [0xF4, 0x90, 0x80, 0x80], Array("caf".utf8) + [0xE9], [0x00, 0x80], [0x7B, 0xFF, 0x7D],
        ] as [[UInt8]])
    func `a line of invalid UTF-8 is rejected and kept, and costs no other`(bytes: [UInt8]) throws {
        let good = Array("good é\n".utf8)
        for stream in [StreamFormat.json, .raw] {
            for format in [BodyFormat.text, .unknown, .form] {
                for end in [[], [10], [13, 10]] as [[UInt8]] {
                    let body = good + bytes + [10] + good + bytes + end
                    let outcome = try ingest(body, as: format, into: stream)
                    let line = stream == .raw ? "good é" : "{\"message\":\"good é\"}"
                    #expect(outcome.lines == [line, line])
                    #expect(outcome.reasons == ["invalid_utf8", "invalid_utf8"])
                    let base64 = "base64:" + Data(bytes).base64EncodedString()
                    #expect(try outcome.raw() == [base64, base64])
                }
            }
        }
    }

    @Test func `a line that is too long and invalid UTF-8 is never cut to text`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 20
        limits.oversize = .truncate
        let bytes = Array(repeating: UInt8(ascii: "x"), count: 30) + [0xFF]
        #expect(try ingest(bytes, as: .text, limits: limits).reasons == ["invalid_utf8"])
    }

    @Test(arguments: [
        ("[{a}] up\nsecond", ["[{a}] up", "second"]),
        ("[{\"a\":1}] up\nsecond", ["[{\"a\":1}] up", "second"]),
        ("second\n[{\"a\":1}] up", ["second", "[{\"a\":1}] up"]),
        ("[{\"a\":1},]\nsecond", ["[{\"a\":1},]", "second"]),
        ("[{\"a\":1}", ["[{\"a\":1}"]),
        ("[{\"a\":1},2]", ["[{\"a\":1},2]"]),
        ("{\"logs\":[{\"a\":1}] ", ["{\"logs\":[{\"a\":1}] "]),
        ("{\"logs\":[{}]}\nx", ["{\"logs\":[{}]}", "x"]),
        ("{a} up\nsecond", ["{a} up", "second"]),
        ("{\"a\":1} up\nsecond", ["{\"a\":1} up", "second"]),
        ("{\n \"a\": 1\n}\nx", ["{", " \"a\": 1", "}", "x"]),
        ("{\"a\":1},\n{\"b\":2}", ["{\"a\":1},", "{\"b\":2}"]),
        ("x\n{\"a\":1}{\"b\":2}", ["x", "{\"a\":1}", "{\"b\":2}"]),
    ])
    func `text is JSON only if all of it is`(body: String, lines: [String]) throws {
        let outcome = try ingest(body, as: .text, into: .raw)
        #expect(outcome.lines == lines && outcome.rejectedCount == 0)
        let json = try ingest(body, as: .text)
        #expect(json.accepted == lines.count && json.rejectedCount == 0)
    }

    @Test(arguments: [
        ("{\n \"a\": 1\n}\n", ["{ \"a\": 1}"]),
        ("{\n\"a\":1}\n{\"b\":\n2}", ["{\"a\":1}", "{\"b\":2}"]),
        ("[{\"a\":1},\n{\"b\":2}]", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"logs\":[{\"a\":1},{\"b\":2}]}", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":1} {\"b\":2}", ["{\"a\":1}", "{\"b\":2}"]),
    ])
    func `text that is JSON to its end is its records`(body: String, lines: [String]) throws {
        #expect(try ingest(body, as: .text).lines == lines)
        #expect(try ingest(body, as: .text, into: .raw).lines == lines)
    }

    /// What becomes of a line, with any lines in front of it or behind.
    @Test func `the result of a line depends on no other`() throws {
        let pool =
            [
                "text", "{\"a\":1}", " {\"b\" : [1]} ", "{\"a\":1}{\"b\":2}", "{a}", "[{a}] up",
                "a=1&b=2", "\"x\"",
                "{", "}", "[", "{\"a\":\"\u{1}\"}", "{\"a\":1},", "5", "null", "é \u{85} \\u0041",
                "{\"x\\u0041\u{7F}",
            ].map { Array($0.utf8) } + [[0xFF], [0x7B, 0x22, 0xC3, 0x22, 0x7D]]
        var generator = SplitMix64(state: 11)
        for stream in [StreamFormat.json, .raw] {
            let alone = try pool.map {
                try ingest($0 + Array("\nend".utf8), as: .text, into: stream)
            }
            for _ in 0..<300 {
                let picks = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                    Int.random(in: 0..<pool.count, using: &generator)
                }
                let body = picks.flatMap { pool[$0] + [10] } + Array("end".utf8)
                let outcome = try ingest(body, as: .text, into: stream)
                #expect(
                    outcome.lines
                        == picks.flatMap { alone[$0].lines.dropLast() } + [alone[0].lines[1]])
                #expect(
                    try outcome.raw() == picks.flatMap { try alone[$0].raw() })
            }
        }
    }

    @Test func `a body declared only as JSON is not read as text`() throws {
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
        ("C:\\users\\u00e9x", ["C:\\users\\u005cu00e9x"]),
        ("\\\\u0007 \\u12 \\u123g", ["\\\\u005cu0007 \\u12 \\u123g"]),
        ("{\"a\":\"\u{7}\"}", ["\\u007b\"a\":\"\\u0007\"}"]),
        ("x\n{\"a\":\"\\u0007\"}", ["x", "{\"a\":\"\\u0007\"}"]),
        (" {x} \\u0007", [" \\u007bx} \\u005cu0007"]),
        ("one\r\r\n  two \t\r\n", ["one\\u000d", "  two \t"]),
        ("x\n{\"a\" : 1}\n", ["x", "{\"a\" : 1}"]),
    ])
    func `a raw stream keeps lines except for characters that could forge one`(
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

    @Test func `an object that is only too large does not make a body text`() throws {
        var limits = IngestLimits()
        limits.windowByteCount = 64
        limits.recordByteCount = 128
        let object = "{\"a\":\"" + String(repeating: "x", count: 300) + "\"}"
        #expect(try ingest(object, as: .text, limits: limits).reasons == ["record_too_large"])
    }
}
