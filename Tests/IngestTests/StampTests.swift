// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Ingest

@Suite struct StampTests {
    private static let stamp = #""by":"x","at":"y"}"#

    @Test(arguments: [
        // Objects, however they come.
        (#"{"a":1}"#, BodyFormat.json, [#"{"a":1,"by":"x","at":"y"}"#]),
        (
            "{\"a\":1}\n{\"b\":2}\r\n\n {\"c\":3} ", .ndjson,
            [
                #"{"a":1,"by":"x","at":"y"}"#, #"{"b":2,"by":"x","at":"y"}"#,
                #"{"c":3,"by":"x","at":"y"}"#,
            ]
        ),
        (
            #"{"a":1}{"b":2}"#, .json,
            [#"{"a":1,"by":"x","at":"y"}"#, #"{"b":2,"by":"x","at":"y"}"#]
        ),
        (
            #"[{"a":1},"text", {"b":{}} ]"#, .json,
            [
                #"{"a":1,"by":"x","at":"y"}"#, #"{"message":"text","by":"x","at":"y"}"#,
                #"{"b":{},"by":"x","at":"y"}"#,
            ]
        ),
        (#"{"logs":[{"a":1}]}"#, .json, [#"{"a":1,"by":"x","at":"y"}"#]),
        (
            #"{"logs":[{"a":1}],"b":2}"#, .json,
            [#"{"logs":[{"a":1}],"b":2,"by":"x","at":"y"}"#]
        ),
        (
            "hello\n{\"a\":1}", .text,
            [#"{"message":"hello","by":"x","at":"y"}"#, #"{"a":1,"by":"x","at":"y"}"#]
        ),
        ("a=1&b=%7D", .form, [#"{"a":"1","b":"}","by":"x","at":"y"}"#]),
        // Nothing to put a comma behind.
        ("{}", .json, [#"{"by":"x","at":"y"}"#]),
        ("{ \t}", .ndjson, ["{ \t\"by\":\"x\",\"at\":\"y\"}"]),
        ("{\n\r\n }", .json, [#"{ "by":"x","at":"y"}"#]),
        ("[{},{ }]", .json, [#"{"by":"x","at":"y"}"#, #"{ "by":"x","at":"y"}"#]),
        // Braces that are not the record's.
        (#"{"a":{"b":{}}}"#, .json, [#"{"a":{"b":{}},"by":"x","at":"y"}"#]),
        (#"{"a":{ } }"#, .json, [#"{"a":{ } ,"by":"x","at":"y"}"#]),
        (#"{"a":"{"}"#, .json, [#"{"a":"{","by":"x","at":"y"}"#]),
        (#"{"a":"}"}"#, .json, [#"{"a":"}","by":"x","at":"y"}"#]),
        (#"{"a":"\"}"  }"#, .json, [#"{"a":"\"}"  ,"by":"x","at":"y"}"#]),
        ("{\"a\":\n[1]\n}", .json, [#"{"a":[1],"by":"x","at":"y"}"#]),
        // Forged: the last counts.
        (#"{"by":"me"}"#, .json, [#"{"by":"me","by":"x","at":"y"}"#]),
    ])
    func `every record gets the stamp after its own members`(
        body: String, format: BodyFormat, lines: [String]
    ) throws {
        let outcome = try ingest(body, as: format, stamp: Self.stamp)
        #expect(outcome.lines == lines)
        #expect(outcome.accepted == lines.count && outcome.rejectedCount == 0)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            #expect((object as? [String: Any])?["at"] as? String == "y")
        }
        let raw = try ingest(body, as: format, into: .raw, stamp: Self.stamp)
        #expect(try raw == ingest(body, as: format, into: .raw))
    }

    @Test func `rejected records get no stamp, and an atomic body is withheld with its stamps`()
        throws
    {
        let body = "{\"a\":1}\n{\"b\":}\n"
        let outcome = try ingest(body, as: .ndjson, stamp: Self.stamp)
        #expect(outcome.lines == [#"{"a":1,"by":"x","at":"y"}"#])
        #expect(try outcome.raw() == [#"{"b":}"#])
        #expect(try ingest(body, as: .ndjson, atomic: true, stamp: Self.stamp).lines == [])
    }

    @Test func `a record's limit is about it alone, the batch's about all`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 7
        #expect(
            try ingest(#"{"a":1}"#, as: .json, limits: limits, stamp: Self.stamp).accepted == 1)
        limits.oversize = .truncate
        #expect(
            try ingest(#"{"a":12}"#, as: .json, limits: limits, stamp: Self.stamp).lines
                == [#"{"message":"{\"a\":12","truncated":true,"by":"x","at":"y"}"#])
        limits = IngestLimits()
        limits.batchByteCount = 40
        #expect(throws: IngestError.batchTooLarge(limit: 40)) {
            try ingest(#"[{"a":1},{"a":1}]"#, as: .json, limits: limits, stamp: Self.stamp)
        }
        #expect(try ingest(#"[{"a":1},{"a":1}]"#, as: .json, limits: limits).accepted == 2)
    }

    @Test func `each of many records has a stamp, across windows`() throws {
        let objects = (0..<5000).map { "{\"n\":\($0)}" }
        for (body, format) in [
            (objects.joined(separator: "\n"), BodyFormat.ndjson),
            ("[" + objects.joined(separator: ",") + "]", .json),
        ] {
            let outcome = try ingest(body, as: format, stamp: Self.stamp)
            #expect(outcome.lines == objects.map { $0.dropLast() + "," + Self.stamp })
        }
    }

    /// One stamp is not left for the next body.
    @Test func `the next body has its own`() throws {
        var ingester = Ingester()
        let body = Array("{}\n{\"a\":1}\n".utf8)
        #expect(
            try ingester.outcome(body, as: .ndjson, stamp: #""b":1}"#).lines
                == [#"{"b":1}"#, #"{"a":1,"b":1}"#])
        #expect(try ingester.outcome(body, as: .ndjson).lines == ["{}", #"{"a":1}"#])
    }
}
