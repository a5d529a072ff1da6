// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ingest

@Suite struct ArrayElementsTests {
    @Test(arguments: [
        ("[]", []),
        ("[ \n ]", []),
        ("[{\"a\":1}]", ["{\"a\":1}"]),
        ("[{\"a\":1},{\"b\":2}]", ["{\"a\":1}", "{\"b\":2}"]),
        (" [ {\"a\":1} , {\"b\":2} ] \n", ["{\"a\":1}", "{\"b\":2}"]),
        ("[\n{\"a\":1},\r\n{\"b\":\n2}\n]\n", ["{\"a\":1}", "{\"b\":2}"]),
        ("[{\"a\":1},\"text\"]", ["{\"a\":1}", "{\"message\":\"text\"}"]),
        ("[{\"a\":\"],[\"},{}]", ["{\"a\":\"],[\"}", "{}"]),
        ("[{\"a\":1}]\n{\"b\":2}\n", ["{\"a\":1}", "{\"b\":2}"]),
    ])
    func `each element is a record`(body: String, lines: [String]) throws {
        for format in [BodyFormat.json, .ndjson, .unknown, .form, .text] {
            if format == .text && body.hasPrefix("[]") || body.hasPrefix("[ \n") { continue }
            let outcome = try ingest(body, as: format)
            #expect(outcome.lines == lines)
            #expect(outcome.rejectedCount == 0)
        }
    }

    @Test(arguments: [
        ("[{},1,{}]", 2, [1], ["not_an_object"], ["1"]),
        ("[true,{},null]", 1, [0, 2], ["not_an_object", "not_an_object"], ["true", "null"]),
        ("[[{}],{}]", 1, [0], ["not_an_object"], ["[{}]"]),
        ("[{},{\"a\":},{}]", 2, [1], ["invalid_json"], ["{\"a\":}"]),
        ("[{},{\"a\":[1,2},{}]", 1, [1], ["invalid_json"], ["{\"a\":[1,2},{}]"]),
        ("[{} {\"x\":1},{}]", 2, [1], ["invalid_json"], ["{\"x\":1}"]),
        ("[{}", 1, [1], ["invalid_json"], [""]),
        ("[{},", 1, [1], ["invalid_json"], [""]),
        ("[{},{\"a\":1", 1, [1], ["invalid_json"], ["{\"a\":1"]),
        ("[{},{\"a\":\"x},{}]", 1, [1], ["invalid_json"], ["{\"a\":\"x},{}]"]),
        ("[{},{\"a\":\"\u{1}\"},{}]", 2, [1], ["invalid_json"], ["{\"a\":\"\u{1}\"}"]),
        ("[{}\n,{\"a\":\"x\n,{}\n]", 1, [1], ["invalid_json"], ["{\"a\":\"x\n,{}\n]"]),
        ("[{}\n,\"x\n,{}\n]", 2, [1], ["invalid_json"], ["\"x"]),
        ("[{}]x", 1, [1], ["invalid_json"], ["x"]),
        ("[{}]]", 1, [1], ["invalid_json"], ["]"]),
        (
            "[{\"a\":}, {\"b\":}, {}, {\"c\" 1}]", 1, [0, 1, 3],
            ["invalid_json", "invalid_json", "invalid_json"],
            ["{\"a\":}", "{\"b\":}", "{\"c\" 1}"]
        ),
        ("[nope]", 0, [0], ["invalid_json"], ["nope"]),
        ("[", 0, [0], ["invalid_json"], [""]),
    ])
    func `a bad element costs no other`(
        body: String, accepted: Int, indices: [Int], reasons: [String], raw: [String]
    ) throws {
        let outcome = try ingest(body, as: .json)
        #expect(outcome.accepted == accepted && outcome.lines.count == accepted)
        #expect(outcome.indices == indices && outcome.reasons == reasons)
        #expect(try outcome.raw() == raw)
    }

    @Test(arguments: [
        ("{\"logs\":[{\"a\":1},{\"b\":2}]}", ["{\"a\":1}", "{\"b\":2}"]),
        ("{ \"logs\" : [\n{\"a\":1}\n]\n}\n", ["{\"a\":1}"]),
        ("{\"events\":[{\"a\":1},{\"b\":2}]}", ["{\"a\":1}", "{\"b\":2}"]),
        ("{ \"events\" : [ {} ] } \n", ["{}"]),
        ("{\"logs\":[]}", ["{\"logs\":[]}"]),
        ("{\"events\": [ ]}", ["{\"events\": [ ]}"]),
        ("{\"logs\":[]}\n{\"logs\":[]}", ["{\"logs\":[]}", "{\"logs\":[]}"]),
        ("{\"logs\":[{}]}\n{\"a\":1}", ["{\"logs\":[{}]}", "{\"a\":1}"]),
        ("{\"a\":1}\n{\"logs\":[{}]}", ["{\"a\":1}", "{\"logs\":[{}]}"]),
        ("{\"records\":[{}]}", ["{\"records\":[{}]}"]),
        ("{\"logs\":[\"x\"]}", ["{\"message\":\"x\"}"]),
        ("{\"logs\":[{\"a\":1}],\"more\":1}", ["{\"logs\":[{\"a\":1}],\"more\":1}"]),
        ("{\"more\":1,\"logs\":[{\"a\":1}]}", ["{\"more\":1,\"logs\":[{\"a\":1}]}"]),
        ("{\"logs\":{}}", ["{\"logs\":{}}"]),
        ("{\"logs\":[1],\"x\":0}", ["{\"logs\":[1],\"x\":0}"]),
    ])
    func `a wrapper counts only if it is the whole body and has elements`(
        body: String, lines: [String]
    ) throws {
        for format in [BodyFormat.json, .unknown, .text] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.lines == lines)
            #expect(outcome.rejectedCount == 0 && outcome.rejected.isEmpty)
        }
    }

    @Test(arguments: [
        ("{\"logs\":[\"a\n{\"b\":2}\n{\"c\":3}\n", "{\"logs\":[\"a"),
        ("{\"events\":[{\"a\":1},\n{\"b\":2}\n{\"c\":3}\n", "{\"events\":[{\"a\":1},"),
        ("{\"logs\":[{\"a\":[\n{\"b\":2}\n{\"c\":3}", "{\"logs\":[{\"a\":["),
    ])
    func `a wrapper that never ends is a record like any other, and costs none`(
        body: String, raw: String
    ) throws {
        for format in [BodyFormat.json, .unknown] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.lines == ["{\"b\":2}", "{\"c\":3}"])
            #expect(try outcome.raw() == [raw])
        }
        let text = try ingest(body, as: .text)
        #expect(text.rejectedCount == 0 && text.accepted == 3)
    }

    @Test(arguments: ["logs", "events"])
    func `if each line is a record, a wrapper is one too`(key: String) throws {
        let line = "{\"\(key)\":[{\"a\":1}]}"
        #expect(try ingest(line, as: .ndjson).lines == [line])
        #expect(try ingest(line + "\n" + line, as: .ndjson).lines == [line, line])
    }

    @Test(arguments: [
        ("[{},]", 1, 4), ("[{},,{}]", 2, 4), ("[,{}]", 1, 1), ("[{},\n]", 1, 5), ("[,]", 0, 1),
        ("[{\"a\":\"\u{1}\"},]", 0, 11), ("{\"logs\":[{},]}", 1, 12),
    ])
    func `an extra comma is not counted as a lost record`(body: String, accepted: Int, offset: Int)
        throws
    {
        let outcome = try ingest(body, as: .json)
        #expect(outcome.accepted == accepted && outcome.strayCommaOffset == offset)
        #expect(outcome.reasons == (body.contains("\u{1}") ? ["invalid_json"] : []))
        #expect(try outcome.raw().allSatisfy { !$0.isEmpty })
    }

    @Test func `a bad element of an envelope costs no other`() throws {
        let outcome = try ingest("{\"logs\":[{\"a\":1},{\"b\":},{\"c\":3}]}", as: .json)
        #expect(outcome.lines == ["{\"a\":1}", "{\"c\":3}"])
        #expect(outcome.indices == [1])
    }

    @Test func `many bad elements do not cost their square`() throws {
        for element in ["{} {},", "{\"a\":},", ",", "[[[["] {
            let body = "[{}," + String(repeating: element, count: 100_000) + "{}]"
            let outcome = try ingest(body, as: .json)
            #expect(outcome.accepted + outcome.rejectedCount > 1)
        }
    }
}
