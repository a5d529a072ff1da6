// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Ingest

@Suite struct TextSequenceTests {
    @Test(arguments: [
        ("\u{1E}{\"a\":1}\n\u{1E}{\"b\":2}\n", ["{\"a\":1}", "{\"b\":2}"]),
        ("\u{1E}{\"a\":1}\u{1E}{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"]),
        ("\u{1E}\u{1E}\n\u{1E} {\n\"a\":1\n}\n", ["{\"a\":1}"]),
        ("\u{1E}\"text\"\n", ["{\"message\":\"text\"}"]),
        ("\u{FEFF}\u{1E}\u{FEFF}{}\n", ["{}"]),
    ])
    func `each value after a separator is a record`(body: String, lines: [String]) throws {
        for format in [BodyFormat.sequence, .json, .ndjson, .unknown, .form] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.lines == lines && outcome.rejectedCount == 0)
        }
    }

    @Test(arguments: [
        ("{\"a\":}", "invalid_json"), ("1\n", "not_an_object"), ("{\"b\":1", "invalid_json"),
        ("{} {}", "invalid_json"), ("{\"a\":\"\u{1}\"}", "invalid_json"),
    ])
    func `a bad value costs no other`(value: String, reason: String) throws {
        let body = "\u{1E}{\"n\":1}\n\u{1E}\(value)\u{1E}{\"n\":2}\n"
        let outcome = try ingest(body, as: .sequence)
        #expect(outcome.lines == ["{\"n\":1}", "{\"n\":2}"] && outcome.reasons == [reason])
        #expect(try outcome.raw() == [value.trimmingCharacters(in: ["\n"])])
    }

    @Test func `without separators it is values one after another`() throws {
        #expect(try ingest("{\"a\":1}\n{\"b\":2}", as: .sequence).lines.count == 2)
    }
}
