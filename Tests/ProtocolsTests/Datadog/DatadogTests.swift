// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Testing

@testable import Protocols

@Suite struct DatadogTests {
    private static func read(
        _ body: String, _ request: String = "POST /api/v2/logs",
        _ options: BodyRun.Options = BodyRun.Options()
    ) throws -> BodyRun {
        try BodyRun(request, Array(body.utf8), by: DatadogProtocol(), options)
    }

    @Test(arguments: [
        (#"[{"message":"a","ddtags":"x:1,lone"},{"message":{"b":2}}]"#, 2),
        (#"{"message":"a"}"#, 1), ("{}", 0), ("[]", 0), ("[{}]", 0), ("[ { \n } ]", 0),
        (#"[{"message":"a"},{}]"#, 1), (#"{"message":"a"}{"message":"b"}"#, 2),
        ("{\"message\":\"a\"}\n{\"message\":\"b\"}\n", 2),
    ])
    func `entries are written byte for byte`(body: String, count: Int) throws {
        let read = try Self.read(body)
        #expect(read.lines.count == count && read.rejected.isEmpty)
        for line in read.lines { #expect(body.contains(line)) }
        #expect(read.status == 202 && read.answer == "{}")
    }

    @Test func `line breaks between tokens are left out`() throws {
        let read = try Self.read("[\n  {\n    \"message\": \"a\\n\"\r\n  }\n]\n")
        #expect(read.lines == [#"{    "message": "a\n"  }"#])
    }

    @Test func `what the query says stands behind the members`() throws {
        let request = "POST /v1/input?ddtags=a%3Ab%2Clone&ddsource=s&x=1&service=v+w&hostname=%22h"
        let dd = #""_dd":{"ddtags":"a:b,lone","ddsource":"s","service":"v w","hostname":"\"h"}"#
        let read = try Self.read(#"[{"message":"a","_dd":"forged"},{},{"n":1 }]"#, request)
        #expect(
            read.lines == ["{\"message\":\"a\",\"_dd\":\"forged\",\(dd)}", "{\"n\":1 ,\(dd)}"])
        var options = BodyRun.Options()
        options.stamp = #""stamp":1}"#
        let stamped = try Self.read(#"{"n":1}"#, request, options)
        #expect(stamped.lines == ["{\"n\":1,\(dd),\"stamp\":1}"])
        #expect(try Self.read(#"{"n":1}"#).lines == [#"{"n":1}"#])
        let ill = try Self.read(#"{"n":1}"#, "POST /v1/input?ddtags=%FF")
        #expect(ill.lines == [#"{"n":1,"_dd":{"ddtags":{"base64":"/w=="}}}"#])
    }

    @Test(arguments: [
        (#"{"message":"a" "b"}"#, RejectionReason.invalidJSON), ("7", .notAnObject),
        ("\"text\"", .notAnObject), (#"{"message":"line "two""}"#, .invalidJSON),
        (#"{"message":"a,"status":{"x":[{"y":1},{"z":2}]}}"#, .invalidJSON),
        (
            String(repeating: "{\"a\":", count: 129) + "1" + String(repeating: "}", count: 129),
            .tooDeep
        ),
    ])
    func `a bad entry costs itself alone`(bad: String, reason: RejectionReason) throws {
        let read = try Self.read("[{\"n\":1},\(bad),{\"message\":\"last\",\"n\":2}]")
        #expect(read.lines == [#"{"n":1}"#, #"{"message":"last","n":2}"#])
        #expect(read.reasons == [reason] && read.status == 202 && read.answer == "{}")
        let alone = try Self.read(bad)
        #expect(alone.lines.isEmpty && alone.rejected.count == 1 && alone.status == 202)
    }

    @Test func `a body without anything is an error`() throws {
        #expect(try Self.read("").error == .emptyBody)
        #expect(try Self.read(" \n").error == .emptyBody)
        #expect(try Self.read("\u{1F}").error == nil)
    }

    @Test func `an atomic request with a bad entry is rejected`() throws {
        var options = BodyRun.Options()
        options.isAtomic = true
        let read = try Self.read(#"[{"n":1},7]"#, "POST /api/v2/logs", options)
        #expect(read.status == 400 && read.answer.hasPrefix(#"{"errors":[""#))
    }

    @Test func `reading with pauses gives the same`() throws {
        var body = "["
        for number in 0..<4000 {
            body += number % 10 == 0 ? #"{"message":"line "two"","n":1},"# : ""
            body += "{\"message\":\"\(number)\",\"n\":[\(number)]},\n"
        }
        body += "{}]"
        let whole = try Self.read(body)
        var options = BodyRun.Options()
        options.isPausing = true
        var paused = try Self.read(body, "POST /api/v2/logs", options)
        #expect(whole.visits == 1 && paused.visits > 3)
        paused.visits = 1
        #expect(whole == paused && whole.lines.count == 4000 && whole.rejected.count == 400)
    }

    @Test func `every truncation keeps the entries in front of it`() throws {
        let entries = [#"{"message":"a é","n":[1]}"#, #"{"message":"b","o":{}}"#]
        let body = Array("[\(entries.joined(separator: ",")),{\"last\":null}]".utf8)
        for count in 1...body.count {
            let read = try BodyRun(
                "POST /api/v2/logs", Array(body[..<count]), by: DatadogProtocol())
            let whole = count < 27 ? 0 : count < 50 ? 1 : count < 64 ? 2 : 3
            #expect(read.status == 202)
            #expect(read.lines.count == whole, "\(count)")
            #expect(Array(read.lines.prefix(2)) == Array(entries.prefix(whole)))
        }
    }

    @Test func `the key is asked for, and paths have one`() throws {
        let ingest = DatadogProtocol()
        let bytes = Array("GET /api/v1/validate HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(bytes.span, .service))
        let purpose = ingest.purpose(of: head, path: bytes.span.extracting(head.path), bytes.span)
        #expect(purpose == .setUp(0, isOpen: false))
        var text = ByteBuffer()
        let response = ingest.answer(setUp: 0, Span(), into: &text)
        #expect(response.status.code == 200 && String(text) == #"{"valid":true}"#)
        #expect(ingest.credentials.field == .ddApiKey)

        let input = Array(
            "POST /v1/input/SECRET HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n".utf8)
        var other = RequestParser(limits: Limits())
        let keyed = try #require(try other.parse(input.span, .service))
        let secret = ingest.credentials.secretInURL(keyed, path: keyed.path, input.span)
        #expect(String(decoding: input[secret], as: UTF8.self) == "SECRET")
    }

    @Test func `a rejected request has errors`() throws {
        var refusal = Refusal(.contentTooLarge, "batch_too_large", "Send less.")
        var text = ByteBuffer()
        let response = DatadogProtocol().answer(&refusal, Span(), into: &text)
        #expect(response?.status.code == 413 && String(text) == #"{"errors":["Send less."]}"#)
    }
}
