// SPDX-License-Identifier: Apache-2.0

import Bytes
import Compression
import Foundation
import HTTP
import Ingest
import Protocols
import Testing

struct FirehoseTests {
    private static let fields =
        "X-Amz-Firehose-Request-Id: r1\r\nX-Amz-Firehose-Source-Arn: arn:aws:firehose:x\r\n"
        + "X-Amz-Firehose-Common-Attributes: {\"commonAttributes\":{\"deployment\":\"prod\"}}\r\n"
    private static let member =
        #""_firehose":{"request_id":"r1","source_arn":"arn:aws:firehose:x","common_attributes":{"deployment":"prod"}}}"#

    private static func base64(_ data: [UInt8]) -> String { Data(data).base64EncodedString() }

    /// The body that delivers these data.
    private static func body(_ data: [[UInt8]]) -> String {
        let records = data.map { #"{"data":"\#(base64($0))"}"# }.joined(separator: ",")
        return #"{"requestId":"r1","timestamp":1578090901599,"records":[\#(records)]}"#
    }

    private static func body(_ texts: String...) -> String { body(texts.map { Array($0.utf8) }) }

    private static func send(
        _ body: String, _ fields: String = fields, isPaused: Bool = false,
        limits: IngestLimits = IngestLimits(), stamp: String = ""
    ) throws -> Exchange {
        try Exchange(
            FirehoseProtocol(), "/firehose", fields: fields, Array(body.utf8), isPaused: isPaused,
            limits: limits, stamp: stamp)
    }

    // MARK: Records

    @Test(arguments: [
        (#"{"a":1}"#, [#"{"a":1,"#]), (#"{"a":1}{"b":[ 2 ]}"#, [#"{"a":1,"#, #"{"b":[ 2 ],"#]),
        ("{\"a\":1}\n{\"b\":2}\n", [#"{"a":1,"#, #"{"b":2,"#]), ("{ }", ["{ "]),
        ("[{\"a\":1},{\"b\":2}]", [#"{"a":1,"#, #"{"b":2,"#]),
        ("{\"a\":\n1}", [#"{"a":1,"#]), (#"{"logs":[{"a":1}]}"#, [#"{"a":1,"#]),
        // What only begins like such an object is one itself.
        (#"{"logs":[{"a":1}],"b":2}"#, [#"{"logs":[{"a":1}],"b":2,"#]),
        (
            #"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1"}]}"#,
            [#"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1"}],"#]
        ),
        ("text", [#"{"message":"text","#]),
        ("two\nlines\n", [#"{"message":"two","#, #"{"message":"lines","#]),
        ("[12:00] é", [#"{"message":"[12:00] é","#]), ("", []), (" \n", []),
    ])
    func `the data of a record is read as a body is`(text: String, lines: [String]) throws {
        let exchange = try Self.send(Self.body("x", text, "y"))
        let expected = ["{\"message\":\"x\","] + lines + ["{\"message\":\"y\","]
        #expect(exchange.lines == expected.map { $0 + Self.member })
        #expect(exchange.rejected == [] && exchange.status == 200)
        // As gzip, in one member and in two.
        let data = Array(text.utf8)
        let members = [data.prefix(data.count / 2), data.suffix((data.count + 1) / 2)]
        for compressed in [
            Deflater.compress(data, as: .gzip),
            members.flatMap { Deflater.compress(Array($0), as: .gzip) },
        ] {
            let body = Self.body([Array("x".utf8), compressed, Array("y".utf8)])
            #expect(try Self.send(body).lines == exchange.lines)
        }
    }

    @Test
    func `a record that cannot be used costs only itself`() throws {
        let gzip = Deflater.compress(Array(repeating: 97, count: 100), as: .gzip)
        var damaged = gzip
        damaged[gzip.count - 8] ^= 1
        let bad: [(String, String)] = [
            (#"{"data":"YQ"}"#, #""raw":"{\"data\":\"YQ\"}""#), (#"{"data":7}"#, #"{\"data\":7}"#),
            ("{}", #""raw":"{}""#), ("7", #""raw":"7""#), (#"[{"data":"YQ=="}]"#, "malformed"),
            (#"{"data":"\#(Self.base64(Array(gzip.dropLast())))"}"#, "raw_base64"),
            (#"{"data":"\#(Self.base64(damaged))"}"#, "raw_base64"),
            (#"{"data":"\#(Self.base64(gzip + [1]))"}"#, "raw_base64"),
            (#"{"data":"\#(Self.base64(Deflater.compress(gzip, as: .gzip)))"}"#, "raw_base64"),
            (#"{"data":"\#(Self.base64([0x1F, 0x8B]))"}"#, "raw_base64"),
            (#"{"data":"\#(Self.base64([0xFF]))"}"#, "invalid_utf8"),
            (#"{"data":"\#(Self.base64(Array(#"{"a":}"#.utf8)))"}"#, "invalid_json"),
        ]
        for (record, kept) in bad {
            let front = #"{"records":[{"data":"YQ=="},"#
            let exchange = try Self.send(front + record + #",{"data":"Yg=="}]}"#)
            #expect(exchange.lines == ["a", "b"].map { #"{"message":"\#($0)","# + Self.member })
            #expect(exchange.rejected.count == 1 && exchange.status == 200, "\(record)")
            let line = try #require(exchange.rejected.first)
            #expect(line.contains(kept), "\(line)")
            // Where the record is in the body.
            #expect(line.contains(#""offset":\#(front.utf8.count),"#), "\(line)")
        }
    }

    @Test
    func `escapes in Base64, other members and white space do not matter`() throws {
        let body =
            #" { "records" : [ { "x":{"data":[]}, "data" : "YT8\/Pw==" } ] , "more":[1,{}] } "#
        #expect(try Self.send(body).lines == [#"{"message":"a???","# + Self.member])
        #expect(try Self.send(#"{"records":[]}"#).status == 200)
    }

    @Test(arguments: [
        "", " ", "{", "{}", "7", "[]", #"{"records":7}"#, #"{"records":"#, #"{"records":["#,
        #"{"records":[{"data":"YQ=="}"#, #"{"records":[{"data":"YQ=="}]"#,
        #"{"records":[{"data":"YQ=="}]}x"#, #"{"records":[{"data":"YQ=="},]}"#,
        #"{"records":[{"data":"YQ=="}{}]}"#, #"{"records":[{"data":"YQ=="}],}"#, #"{"a":1}"#,
        "{\"a\":1}\n{\"b\":2}",
    ])
    func `nothing is written of a body that is no delivery`(body: String) throws {
        let exchange = try Self.send(body)
        #expect(exchange.error == .malformed && exchange.lines == [] && exchange.rejected == [])
    }

    // MARK: The member beside a record

    @Test(arguments: [
        ("", #"{"message":"a"}"#),
        (
            "X-Amz-Firehose-Source-Arn: \"x\\\r\n",
            #"{"message":"a","_firehose":{"source_arn":"\"x\\"}}"#
        ),
        (
            "X-Amz-Firehose-Common-Attributes: {\"commonAttributes\":{ }}\r\n",
            #"{"message":"a","_firehose":{"common_attributes":{ }}}"#
        ),
        (
            "X-Amz-Firehose-Common-Attributes: {\"commonAttributes\":{},\"b\":1}\r\n",
            #"{"message":"a","_firehose":{"common_attributes":{"commonAttributes":{},"b":1}}}"#
        ),
        (
            "X-Amz-Firehose-Common-Attributes: {}}\r\n",
            #"{"message":"a","_firehose":{"common_attributes":"{}}"}}"#
        ),
    ])
    func `a record has beside it what the head says`(fields: String, line: String) throws {
        #expect(try Self.send(#"{"records":[{"data":"YQ=="}]}"#, fields).lines == [line])
    }

    @Test
    func `without an id in the head the one in the body counts`() throws {
        for body in [
            #"{"requestId":"é\n","records":[{"data":"YQ=="}]}"#,
            #"{"records":[{"data":"YQ=="}],"requestId":"é\n"}"#,
        ] {
            let exchange = try Self.send(body, "")
            #expect(exchange.lines == [#"{"message":"a","_firehose":{"request_id":"é\n"}}"#])
            #expect(exchange.answer.hasPrefix(#"{"requestId":"é\n","timestamp":"#))
        }
    }

    @Test
    func `the stamp is behind it, and a cut record has it too`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 8
        limits.oversize = .truncate
        let exchange = try Self.send(
            Self.body(#"{"a":1}"#, "123456789"), limits: limits, stamp: #""at":1}"#)
        let stamped = String(Self.member.dropLast()) + #","at":1}"#
        #expect(
            exchange.lines == [
                #"{"a":1,"# + stamped, #"{"message":"12345678","truncated":true,"# + stamped,
            ])
        // The next request of the same service has no member.
        #expect(try Self.send(Self.body("a"), "", stamp: #""at":1}"#).lines.count == 1)
    }

    // MARK: Limits

    @Test
    func `the data of all records together is limited`() throws {
        var limits = IngestLimits()
        let zeros = Deflater.compress([UInt8](repeating: 32, count: 1000), as: .gzip)
        let body = Self.body([zeros, zeros])
        limits.decodedByteCount = 2000 + 2 * zeros.count
        #expect(try Self.send(body, limits: limits).error == nil)
        limits.decodedByteCount -= 1
        #expect(
            try Self.send(body, limits: limits).error
                == .decodedTooLarge(limit: limits.decodedByteCount))
    }

    @Test
    func `so are the lines`() throws {
        var limits = IngestLimits()
        limits.expandedByteCount = 10_000
        let body = Self.body(String(repeating: "{}\n", count: 500))
        let exchange = try Self.send(body, limits: limits)
        #expect(exchange.error == .batchTooLarge(limit: 10_000) && exchange.lines == [])
    }

    // MARK: Answers

    @Test
    func `the answer repeats the id and has the time`() throws {
        let before = Int(Date().timeIntervalSince1970 * 1000)
        let exchange = try Self.send(Self.body("a"))
        #expect(exchange.status == 200 && exchange.contentType == "application/json")
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(exchange.answer.utf8)) as? [String: Any])
        #expect(answer["requestId"] as? String == "r1" && answer.count == 2)
        let time = try #require(answer["timestamp"] as? Int)
        #expect(time >= before && time < before + 60_000)
    }

    @Test
    func `so does a refusal, with the reason`() {
        var refusal = Refusal(.contentTooLarge, "body_too_large", "The body is over the limit.")
        var text = ByteBuffer()
        let response = FirehoseProtocol().answer(&refusal, Array("r\"1".utf8).span, into: &text)
        #expect(response?.status.code == 413)
        let parts = String(text).split(separator: ",")
        #expect(parts.count == 3 && parts[0] == #"{"requestId":"r\"1""#)
        #expect(parts.last == #""errorMessage":"body_too_large: The body is over the limit."}"#)
    }

    // MARK: What was sent can be rebuilt

    /// Data as producers put it, and the records in it.
    private static func data(_ random: inout SplitMix64) -> (data: [UInt8], records: [NSDictionary])
    {
        let count = random.below(4)
        let values = (0..<count).map { _ in random.below(1000) }
        let isText = random.below(2) == 0
        let separator = isText ? "\n" : ["", "\n", " "][random.below(3)]
        let texts = values.map {
            isText ? "é \"\($0)\"" : #"{"n":\#($0),"t":"\#(String(repeating: "x", count: $0))"}"#
        }
        let records = values.map { value -> NSDictionary in
            let beside = ["request_id": "r1"]
            return isText
                ? ["message": "é \"\(value)\"", "_firehose": beside]
                : ["n": value, "t": String(repeating: "x", count: value), "_firehose": beside]
        }
        let data = Array(texts.joined(separator: separator).utf8)
        let isCompressed = random.below(3) == 0
        return (isCompressed ? Deflater.compress(data, as: .gzip) : data, records)
    }

    @Test
    func `any data can be rebuilt from the lines, however often reading pauses`() throws {
        var random = SplitMix64(state: 1)
        let fields = "X-Amz-Firehose-Request-Id: r1\r\n"
        for round in 0..<20 {
            let all = (0..<300).map { _ in Self.data(&random) }
            // A large one is read in several visits.
            let large = Array(String(repeating: "{\"a\":1}\n", count: 10_000 + round).utf8)
            let body = Self.body(all.map(\.data) + [large, Deflater.compress(large, as: .gzip)])
            let exchange = try Self.send(body, fields)
            let records = try exchange.records
            let expected = all.flatMap(\.records)
            #expect(Array(records.prefix(expected.count)) == expected)
            #expect(records.count == expected.count + 2 * (10_000 + round))
            var paused = try Self.send(body, fields, isPaused: true)
            #expect(paused.pauses > 5)
            paused.pauses = 0
            paused.answer = exchange.answer
            #expect(paused == exchange)
        }
    }

    @Test
    func `every truncation of a body is rejected whole`() throws {
        let gzip = Deflater.compress(Array("{\"a\":1}{\"b\":2}".utf8), as: .gzip)
        let body = Self.body([gzip, Array("text".utf8), Array("{\"a\":1".utf8)])
        let bytes = Array(body.utf8)
        for count in 0..<bytes.count {
            let exchange = try Exchange(FirehoseProtocol(), "/firehose", Array(bytes[..<count]))
            #expect(exchange.error == .malformed && exchange.lines == [] && exchange.rejected == [])
        }
        #expect(try Exchange(FirehoseProtocol(), "/firehose", bytes).accepted == 3)
    }
}
