// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ingest

// Values in the place of V in {"v":V}. Names of groups follow the productions of RFC 8259.

private let validValues: [String] =
    [
        "0", "-0", "1", "-1", "10", "1234567890", "0.0", "-0.0", "0.5", "1.25", "100.001",
        "1e0", "1E0", "1e+1", "1e-1", "1E+01", "0e1", "0e+1", "-0e-1", "1.5e3", "1.5E-3", "1e999",
        "-1e999", "1e-999", "123456789012345678901234567890", "-123456789012345678901234567890",
        "18446744073709551616", "0.1234567890123456789012345678901234567890", "1e00000000001",
        "9007199254740993", "4.9e-324", "1.7976931348623157e309",
    ] + [
        "true", "false", "null", "[]", "{}", "[[]]", "[{}]", "{\"a\":{}}", "[1,2,3]", "[true,null]",
        "[ ]", "{ }", "[\t]", "[1 , 2]", " 1 ", "\t1\t", "{\"a\":1,\"a\":2}", "{\"\":0}",
        "{\"a\" : 1}", "[[[[[[[[[[]]]]]]]]]]", "[\"\",\"\"]", "{\"a\":[{\"b\":[]}]}", "[-0,-1]",
    ] + [
        #""""#, #""a""#, #"" ""#, #""\"""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0000""#,
        #""\u001f""#, #""\u00e9""#, #""\u00E9""#, #""\ud83d\ude00""#, #""\uD83D\uDE00""#,
        #""\uDBFF\uDFFF""#, #""\ud7ff\ue000""#,
        #""\uffff""#, #""\ufdd0""#, #""\\u0041""#, #""\\\\""#, #""\\\"""#, #""a\\""#, #""{}[],:""#,
        #""//""#, #""/* */""#, #""\u2028\u2029""#, "\"\u{2028}\"", "\"\u{85}\"", "\"\u{7F}\"",
        "\"é\"", "\"漢字\"", "\"😀\"", "\"\u{FEFF}\"", "\"\u{10FFFF}\"", "\"\u{FFFF}\"", "\"'\"",
        #""x\u0022y""#, #""\u005c""#, #"{"\u0061":1}"#, #"{"a\\":1}"#, #"{"😀":"\t"}"#,
    ]

private let invalidValues: [String] =
    [
        "+1", "01", "-01", "00", "-", "--1", "1.", ".5", "-.5", "1.e1", "1e", "1e+", "1e-", "1E",
        "1e1.5", "1e1e1", "0x10", "0b1", "1_000", "1,000", "1 000", "1.2.3", "1a", "1-", "1+1",
        "1\"a\"", "Infinity", "-Infinity", "NaN", "nan", "inf", "1f", "0e", "0.e1", "-a", "１",
        "1\\u0030", "- 1", "1 e1", "0 1", "1/2", "$1", "1n",
    ] + [
        "True", "TRUE", "tru", "truee", "true1", "true\"a\"", "fals", "falsee", "nul", "nulll",
        "undefined", "None", "nullnull", "true false", "t", "f", "n", "tru e", "null,", "'a'", "a",
    ] + [
        "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1:2]", "[1}",
        "{\"a\":1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{,\"a\":1}", "{:1}", "{1:1}",
        "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}",
        "{null:1}", "{[]:1}", "{\"a\":1:2}", "[\"a\":1]", "[]]", "{}}", "[[]", "[{]", "{[}", "",
        "1 /* c */", "1 // c", "# 1", "[1]x", "{}x", "[*]", "[1,\u{A0}2]", "[\u{2028}]",
        "[\u{FEFF}1]",
        ",", ":", "1,", "\"a\":", "(1)", "<null>", "[\u{C}]", "[\u{B}]", "[\u{0}]", "[\u{1A}]",
    ] + [
        "\"", "\"a", "a\"", "\"\"\"", "\"a\"b", "\"a\"\"b\"", "\"a\" \"b\"", #""\""#, #""\a""#,
        #""\x41""#, #""\'""#, #""\0""#, #""\u""#, #""\u1""#, #""\u12""#, #""\u123""#, #""\u123g""#,
        #""\u 123""#, #""\U0041""#, #""\u{41}""#, #""\u-123""#, #""\ ""#, #""\v""#, #""\e""#,
        #""\é""#, #""\😀""#, #""\\\""#, #"\"a""#, #"\u0022a""#, "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"",
        "\"\u{8}\"", #"{"\q":1}"#, #"{"\u12":1}"#, "{\"a\tb\":1}", #"["\u00"]"#, #"["a\"]"#,
    ]

/// Bytes that are no UTF-8, inside a string.
private let invalidUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80],
    [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
    [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
    [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xFF, 0xFF], [0xEF, 0xBF], [0xC3, 0xA9, 0xA9],
]

@Suite struct JSONConformanceTests {
    @Test(arguments: validValues)
    func `a valid value is written byte for byte`(value: String) throws {
        let record = "{\"v\":\(value)}"
        for body in [
            record, record + "\n", "[\(record)]", "[\(record),\(record)]", "[{}, \(record) ]",
        ] {
            let outcome = try ingest(body, as: .json)
            #expect(outcome.rejectedCount == 0)
            #expect(outcome.lines.last == record)
        }
    }

    @Test(arguments: invalidValues)
    func `an invalid value costs its record and no other`(value: String) throws {
        let body = "{\"n\":1}\n{\"v\":\(value)}\n{\"n\":2}\n"
        let outcome = try ingest(body, as: .ndjson)
        // What is balanced in front of the mistake may be a record of its own.
        #expect(outcome.lines.first == "{\"n\":1}" && outcome.lines.last == "{\"n\":2}")
        #expect(outcome.rejectedCount >= 1)
        #expect(!outcome.lines.contains("{\"v\":\(value)}"))
        let alone = try ingest("[{\"v\":\(value)}]", as: .json)
        #expect(alone.rejectedCount >= 1)
    }

    @Test(arguments: invalidUTF8)
    func `a record of invalid UTF-8 is rejected for it`(bytes: [UInt8]) throws {
        let bad = Array("{\"v\":\"".utf8) + bytes + Array("\"}".utf8)
        let good = Array("{\"n\":1}".utf8)
        let lines = try ingest(good + [0x0A] + bad + [0x0A] + good, as: .ndjson)
        #expect(lines.lines == ["{\"n\":1}", "{\"n\":1}"])
        #expect(lines.reasons == ["invalid_utf8"] && lines.indices == [1])
        let array = try ingest([0x5B] + good + [0x2C] + bad + [0x2C] + good + [0x5D], as: .json)
        #expect(array.lines == lines.lines && array.reasons == lines.reasons)
        #expect(array.indices == lines.indices)
    }

    @Test(arguments: [
        #"\ud800"#, #"\udc00"#, #"\udfff"#, #"\uDBFF"#, #"\udc00\ud800"#, #"\ud800\ud800\udc00"#,
        #"\ud800x"#, #"\ud800\n"#, #"\ud800\u0041"#, #"\ud800\udbff"#,
        #"\ud83d\\ude00"#,
    ])
    func `half a surrogate pair is within the grammar and written as received`(text: String) throws
    {
        for record in ["{\"v\":\"\(text)\"}", "{\"\(text)\":0}"] {
            for body in ["{}\n\(record)\n{}\n", "[{},\(record),{}]", "{}\r\n\(record) {}"] {
                for format in [BodyFormat.json, .unknown, .text] {
                    let outcome = try ingest(body, as: format)
                    #expect(outcome.lines == ["{}", record, "{}"])
                    #expect(outcome.rejectedCount == 0)
                    #expect(try ingest(body, as: format, into: .raw).lines == ["{}", record, "{}"])
                }
            }
        }
    }

    @Test(arguments: [
        (#""\ud83d""#, #"\ud83d"#), (#""a\uDE00b""#, #"a\ude00b"#),
        (#""\ud83d\ud83d\ude00""#, #"\ud83d😀"#), (#""\ud83d\\ude00""#, #"\ud83d\u005cude00"#),
        (#""\\ud83d""#, #"\u005cud83d"#), (#""\\u\u0064""#, #"\ud"#),
    ])
    func `half a surrogate pair in a string is an escape in a raw stream`(
        string: String, line: String
    ) throws {
        let outcome = try ingest("[\(string)]", as: .json, into: .raw)
        #expect(outcome.lines == [line] && outcome.rejectedCount == 0)
        let json = try ingest("[\(string)]", as: .json)
        #expect(json.lines == ["{\"message\":\(string)}"])
    }

    @Test func `Python agrees with the table`() throws {
        let records = (validValues + invalidValues).map { "{\"v\":\($0)}" }
        let verdicts = try python(
            """
            import json, sys
            def refuse(name): raise ValueError(name)
            for line in open(sys.argv[1], 'rb').read().split(b'\\n'):
                try: json.loads(line.decode('utf-8'), parse_constant=refuse); print('valid')
                except ValueError: print('invalid')
            """, on: Array(records.joined(separator: "\n").utf8))
        let expected =
            validValues.map { _ in "valid" } + invalidValues.map { _ in "invalid" }
        for (record, (verdict, expected)) in zip(records, zip(verdicts, expected)) {
            #expect(verdict == expected, "\(record)")
        }
        #expect(verdicts.count == records.count && records.count > 200)
    }

    @Test func `Python parses every line that is written`() throws {
        let records = (validValues + invalidValues).map { "{\"v\":\($0)}" }
        for format in [BodyFormat.json, .ndjson, .unknown, .text] {
            let outcome = try ingest(records.joined(separator: "\n"), as: format)
            #expect(outcome.accepted >= validValues.count)
            try expectObjects(outcome.bytes, count: outcome.accepted)
        }
    }

    @Test func `jq, if installed, parses every line that is written`() throws {
        let nested =
            String(repeating: "{\"a\":", count: 127) + "1" + String(repeating: "}", count: 127)
        let values = validValues + [nested, String(repeating: "7", count: 4096)]
        let outcome = try ingest(
            values.map { "{\"v\":\($0)}" }.joined(separator: "\n"), as: .ndjson)
        #expect(outcome.accepted == values.count)
        let counts = try python(
            """
            import shutil, subprocess, sys
            jq = shutil.which('jq')
            if jq:
                output = subprocess.run([jq, '-c', 'type', sys.argv[1]], stdout=subprocess.PIPE).stdout
                print(output.count(b'"object"'))
            """, on: outcome.bytes)
        #expect(counts.isEmpty || counts == ["\(values.count)"])
    }

    @Test(arguments: [
        (128, nil), (129, "too_deep"), (1500, "too_deep"), (50_000, "too_deep"),
    ])
    func `nesting has a limit`(levels: Int, reason: String?) throws {
        let arrays = String(repeating: "[", count: levels - 1)
        let closing = String(repeating: "]", count: levels - 1)
        let objects = String(repeating: "{\"a\":", count: levels)
        let braces = String(repeating: "}", count: levels)
        for record in ["{\"a\":\(arrays)\(closing)}", "\(objects)1\(braces)"] {
            let outcome = try ingest("{}\n\(record)\n{}\n", as: .ndjson)
            #expect(outcome.accepted == (reason == nil ? 3 : 2))
            #expect(outcome.reasons == (reason.map { [$0] } ?? []))
        }
    }

    @Test func `numbers may be long, but not without end`() throws {
        let longest = String(repeating: "7", count: 4096)
        #expect(try ingest("{\"v\":\(longest)}").accepted == 1)
        #expect(try ingest("{\"v\":\(longest)7}").reasons == ["number_too_long"])
    }
}
