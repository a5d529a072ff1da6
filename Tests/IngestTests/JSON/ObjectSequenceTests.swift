// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ingest

@Suite struct ObjectSequenceTests {
    @Test(arguments: [
        ("{\"a\":1}", ["{\"a\":1}"]),
        ("  {\"a\":1}  ", ["{\"a\":1}"]),
        ("\u{FEFF}{\"a\":1}", ["{\"a\":1}"]),
        ("{}", ["{}"]),
        ("{\"a\":1}\n{\"b\":2}\n", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":1}\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":1}\r\n{\"b\":2}\r\n", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":1}\n\n \n\r\n{\"b\":2}\n\n", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":1}{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":1} {\"b\":2}\n{\"c\":3}", ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]),
        ("{\n  \"a\": 1,\r\n  \"b\": [\n 2 ]\n}\n", ["{  \"a\": 1,  \"b\": [ 2 ]}"]),
        ("{\n\"a\":1}{\"b\"\n:2}\n{\"c\":3}\n", ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]),
        ("{\"a\":\"x\\ny\"}\n", ["{\"a\":\"x\\ny\"}"]),
        ("{\"a\": 1 }\n{\"b\" :2}\n", ["{\"a\": 1 }", "{\"b\" :2}"]),
    ])
    func `objects pass as they are, one per line`(body: String, lines: [String]) throws {
        for format in [BodyFormat.json, .ndjson, .unknown, .form] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.lines == lines)
            #expect(outcome.accepted == lines.count && outcome.rejectedCount == 0)
        }
    }

    @Test(arguments: [
        ("{\"a\":1}\n{\"b\":\n{\"c\":3}\n", ["{\"a\":1}", "{\"c\":3}"], [1], ["{\"b\":"]),
        ("{\"a\":1\n{\"b\":2}\n", ["{\"b\":2}"], [0], ["{\"a\":1"]),
        ("{\"a\":[1\n{\"b\":2}\n{\"c\":3}", ["{\"b\":2}", "{\"c\":3}"], [0], ["{\"a\":[1"]),
        ("{\"a\":\n{\"b\":2}\n{\"c\":3}", ["{\"b\":2}", "{\"c\":3}"], [0], ["{\"a\":"]),
        ("{\"a\":\"x\n{\"b\":2}\n{\"c\":3}", ["{\"b\":2}", "{\"c\":3}"], [0], ["{\"a\":\"x"]),
        ("{\"a\":\"x}\r\n{\"b\":2}\r\n", ["{\"b\":2}"], [0], ["{\"a\":\"x}"]),
        ("{\"a\":1}\n{\"a\":tru}\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"], [1], ["{\"a\":tru}"]),
        ("{\"a\":1}\nnonsense\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"], [1], ["nonsense"]),
        ("{\"a\":1}\n}\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"], [1], ["}"]),
        ("{\"a\":1} x {\"z\":0}\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"], [1], ["x {\"z\":0}"]),
        ("{\"a\":1", [], [0], ["{\"a\":1"]),
        ("{", [], [0], ["{"]),
        ("{\"a", [], [0], ["{\"a"]),
    ])
    func `a malformed record costs no other`(
        body: String, lines: [String], indices: [Int], raw: [String]
    ) throws {
        for format in [BodyFormat.json, .ndjson, .unknown] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.lines == lines, "\(format)")
            #expect(
                outcome.indices == indices && outcome.reasons.allSatisfy { $0 == "invalid_json" })
            #expect(try outcome.raw() == raw)
        }
    }

    @Test func `a malformed object on several lines is one bad record unless lines are records`()
        throws
    {
        let body = "{\n  \"a\": nope,\n  \"b\": {\n  }\n}\n{\"c\":3}\n"
        let json = try ingest(body, as: .json)
        #expect(json.lines == ["{\"c\":3}"])
        #expect(try json.raw() == ["{\n  \"a\": nope,\n  \"b\": {\n  }\n}"])
        #expect(try ingest(body, as: .ndjson).rejectedCount == 5)
    }

    @Test(arguments: [
        ("1", ["1"]), ("true\n", ["true"]), ("[1]\n", ["[1]"]), ("null", ["null"]),
        ("-5 ", ["-5"]), ("12\n13", ["12", "13"]),
    ])
    func `a value that is not an object is reported as such`(tail: String, raw: [String]) throws {
        let outcome = try ingest("{\"a\":1}\n" + tail, as: .ndjson)
        #expect(outcome.lines == ["{\"a\":1}"])
        #expect(outcome.reasons == raw.map { _ in "not_an_object" })
        #expect(try outcome.raw() == raw)
    }

    @Test func `a string becomes a message`() throws {
        let outcome = try ingest("\"a \\\"b\\\" \\n\"\n{\"c\":1}\n\"d\"  ", as: .ndjson)
        #expect(
            outcome.lines == [
                #"{"message":"a \"b\" \n"}"#, #"{"c":1}"#, #"{"message":"d"}"#,
            ])
    }

    @Test(arguments: [
        ("{\"a\":1},{\"b\":2}", 1), ("{\"a\":1},\n{\"b\":2}", 1), ("{\"a\":1}\n,{\"b\":2}\n", 1),
        ("{\"a\":1} , {\"b\":2},", 2), ("{\"a\":1}\r\n,\r\n{\"b\":2}", 1),
        ("{\"a\":1}\n{\"b\":2},\n", 1),
    ])
    func `a comma between values is not part of them, wherever the line breaks`(
        body: String, commas: Int
    ) throws {
        for format in [BodyFormat.json, .ndjson, .unknown, .form] {
            for suffix in ["", " {\"c\":\"\u{1}\"}"] {
                let outcome = try ingest(body + suffix, as: format)
                #expect(outcome.lines == ["{\"a\":1}", "{\"b\":2}"], "\(format)")
                #expect(outcome.rejectedCount == (suffix.isEmpty ? 0 : 1))
                #expect(outcome.strayCommas == commas)
            }
        }
    }

    @Test(arguments: [",{}", "{},,{}", "{\"a\":1} ,, "])
    func `other commas are bad records`(body: String) throws {
        let outcome = try ingest(body, as: .ndjson)
        #expect(outcome.reasons == ["invalid_json"])
    }

    @Test(arguments: [
        "\u{FEFF}{\"a\":1}\n\u{FEFF}{\"b\":2}\n", "\u{FEFF}{\"a\":1}\r\n\u{FEFF} {\"b\":2}\r\n",
        "\u{FEFF}{\"a\":1}\u{FEFF}{\"b\":2}", "{\"a\":1}\n\n\u{FEFF}{\"b\":2}",
        "\u{FEFF}[{\"a\":1}]\u{FEFF}{\"b\":2}\u{FEFF}",
    ])
    func `a byte order mark before any value is not part of it`(body: String) throws {
        for format in [BodyFormat.json, .ndjson, .unknown, .form, .text] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.lines == ["{\"a\":1}", "{\"b\":2}"], "\(format)")
            #expect(outcome.rejectedCount == 0)
        }
        let careful = try ingest(body + "\n{\"c\":\"\u{1}\"}", as: .ndjson)
        #expect(careful.lines == ["{\"a\":1}", "{\"b\":2}"] && careful.rejectedCount == 1)
    }

    @Test(arguments: ["", " ", "\n\r\n\t ", "\u{FEFF}", "\u{FEFF}\n"])
    func `a body of white space is an error`(body: String) {
        for format in BodyFormat.allCases {
            #expect(throws: IngestError.emptyBody) { try ingest(body, as: format) }
        }
    }

    @Test func `lines that each nest deeper than the last do not cost their square`() throws {
        let body = String(repeating: "{\"a\":\n", count: 200_000)
        let outcome = try ingest(body, as: .ndjson)
        #expect(outcome.accepted == 0 && outcome.rejectedCount > 1000)
        // Reading every line again would reject each for itself.
        #expect(outcome.rejectedCount < 100_000)
    }

    /// Windows that end anywhere must make no difference.
    @Test(arguments: [16, 17, 31, 64, 100, 257])
    func `the size of the index window does not change the result`(windowByteCount: Int) throws {
        var limits = IngestLimits()
        limits.windowByteCount = windowByteCount
        let bodies = [
            (0..<60).map { "{\"number\":\($0),\"text\":\"a } { \\\" \u{1F600}é\"}" },
            (0..<60).map { $0 % 7 == 3 ? "{\"broken\":\($0)" : "{\n\"v\":[true,1.5e3,null]}" },
            (0..<20).map { "{\"long\":\"\(String(repeating: "x", count: $0 * 20))\"}" },
            (0..<40).map { $0 % 5 == 3 ? "\"text\" 12 false" : "{\"v\":\(1_000_000 + $0)}" },
            (0..<40).map {
                $0 % 5 == 3 ? "{\"v\":\"un\u{1}escaped\"}" : "{\"v\":\(1_000_000 + $0)}"
            },
        ]
        for records in bodies {
            for body in [
                records.joined(separator: "\n"), records.joined(),
                "[" + records.joined(separator: ",") + "]",
            ] {
                for format in [BodyFormat.json, .ndjson] {
                    let whole = try ingest(body, as: format)
                    let windows = try ingest(body, as: format, limits: limits)
                    #expect(windows.lines == whole.lines)
                    #expect(windows.accepted == whole.accepted)
                }
            }
        }
    }
}
