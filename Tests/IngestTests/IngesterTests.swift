// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import Ingest

@Suite struct IngesterTests {
    @Test func `an atomic body is written whole or not at all`() throws {
        let body = "{\"a\":1}\n{\"b\":}\n{\"c\":3}\n"
        let outcome = try ingest(body, as: .ndjson, atomic: true)
        #expect(outcome.lines.isEmpty && outcome.accepted == 0)
        #expect(outcome.rejectedCount == 3 && outcome.indices == [1])
        #expect(try outcome.raw() == ["{\"b\":}"])
        #expect(try ingest("{\"a\":1}\n{\"b\":2}", as: .ndjson, atomic: true).accepted == 2)
    }

    @Test func `withheld records are counted as such`() throws {
        var report = IngestReport()
        report.accepted = 5
        report.reject(index: 2, reason: .tooDeep)
        report.withhold()
        #expect(report.rejected == 6 && report.accepted == 0)
        #expect(report.rejected(for: .withheld) == 5 && report.rejected(for: .tooDeep) == 1)
        #expect(RejectionReason.allCases.map { report.rejected(for: $0) }.reduce(0, +) == 6)
    }

    @Test func `ten errors are listed and all are counted`() throws {
        let body = (0..<40).map { $0 % 2 == 0 ? "{\"a\":\($0)}" : "nope" }.joined(separator: "\n")
        let outcome = try ingest(body, as: .ndjson)
        #expect(outcome.accepted == 20 && outcome.rejectedCount == 20)
        #expect(outcome.indices == [1, 3, 5, 7, 9, 11, 13, 15, 17, 19])
        #expect(outcome.rejected.count == 20)
    }

    @Test func `a rejected record is kept with its reason and place`() throws {
        let bytes = Array("{\"a\":1}\n\n\"x\": \t\"\u{7F}é\"\n".utf8)
        let outcome = try ingest(bytes, as: .ndjson)
        #expect(
            outcome.rejected == [
                #"{"time":"2026-11-23T13:25:35.123Z","stream":"app","peer":"192.0.2.7:4711","#
                    + #""index":2,"offset":12,"reason":"invalid_json","raw":": \t\""# + "\u{7F}é"
                    + #"\""}"#
            ])
        #expect(outcome.lines == [#"{"a":1}"#, #"{"message":"x"}"#])
    }

    @Test(
        arguments: [
            ([0xFF], "/w=="), ([0xFF, 0xFE], "//4="), ([0xFF, 0xFE, 0x3E], "//4+"),
            ([0xFF, 0x00, 0x10, 0x83], "/wAQgw=="),
        ] as [([UInt8], String)])
    func `a rejected record that is not text is kept in base64`(bytes: [UInt8], base64: String)
        throws
    {
        let outcome = try ingest(Array("{}\n".utf8) + bytes, as: .json)
        #expect(try outcome.raw() == ["base64:" + base64])
        #expect(outcome.reasons == ["invalid_utf8"])
    }

    @Test func `records over the limit are rejected or truncated, and counted`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 40
        limits.windowByteCount = 16
        let long = String(repeating: "x", count: 300)
        for body in [
            "{\"n\":1}\n{\"v\":\"\(long)\"}\n{\"n\":2}\n",
            "[{\"n\":1},{\"v\":\"\(long)\"},{\"n\":2}]",
        ] {
            limits.oversize = .reject
            let rejected = try ingest(body, as: .json, limits: limits)
            #expect(rejected.lines == ["{\"n\":1}", "{\"n\":2}"])
            #expect(rejected.reasons == ["record_too_large"] && rejected.indices == [1])
            #expect(try rejected.raw() == ["{\"v\":\"\(long)\"}"])
            limits.oversize = .truncate
            let truncated = try ingest(body, as: .json, limits: limits)
            #expect(truncated.lines.count == 3 && truncated.truncated == 1)
            let kept = #"{\"v\":\""# + long.prefix(34)
            #expect(truncated.lines[1] == "{\"message\":\"\(kept)\",\"truncated\":true}")
        }
    }

    @Test(arguments: [38, 39, 40, 41, 42])
    func `truncated text ends with a whole character`(count: Int) throws {
        var limits = IngestLimits()
        limits.recordByteCount = 40
        limits.oversize = .truncate
        let text = String(repeating: "a", count: count - 4) + "😀"
        let long = text + "b"
        let outcome = try ingest(long, as: .text, limits: limits)
        #expect(outcome.truncated == (count + 1 > 40 ? 1 : 0))
        let raw = try ingest(long, as: .text, into: .raw, limits: limits)
        let kept = count <= 40 ? text : String(repeating: "a", count: count - 4)
        #expect(raw.lines == [count + 1 > 40 ? kept + " [truncated]" : long])
    }

    @Test func `the kept rejected records are limited`() throws {
        var limits = IngestLimits()
        limits.rejectedByteCount = 400
        let outcome = try ingest(
            String(repeating: "nonsense\n", count: 50), as: .ndjson, limits: limits)
        #expect(outcome.rejectedCount == 50)
        #expect(outcome.rejected.count + outcome.unkept == 50 && outcome.rejected.count == 2)
    }

    @Test(arguments: [1 << 10, 3 << 20])
    func `a rejected record is kept whole as long as it fits`(count: Int) throws {
        var limits = IngestLimits()
        limits.recordByteCount = 1000
        for (start, filler) in [("{\"a\":\"", "x"), ("text ", "y")] {
            let record = start + String(repeating: filler, count: count)
            let outcome = try ingest(
                record, as: start.hasPrefix("{") ? .json : .text, limits: limits)
            #expect(outcome.rejectedCount == 1 && outcome.unkept == 0)
            #expect(try outcome.raw() == [record])
        }
    }

    @Test func `a rejected record that does not fit is kept in part, and the report says so`()
        throws
    {
        var limits = IngestLimits()
        limits.recordByteCount = 1000
        limits.rejectedByteCount = 10_000
        let record = "{\"a\":\"" + String(repeating: "x", count: 11_000)
        let outcome = try ingest(record, as: .json, limits: limits)
        #expect(outcome.rejectedCount == 1 && outcome.unkept == 1 && outcome.rejected.count == 1)
        #expect(outcome.rejected[0].hasSuffix("\",\"truncated\":true}"))
        let kept = try #require(outcome.raw().first)
        #expect(record.hasPrefix(kept) && kept.count > 1000)
    }

    @Test(arguments: [("1,", 0), ("\"\u{1}\",", 0), ("{]", 0)])
    func `the kept bytes are bounded by the received ones`(element: String, unused: Int) throws {
        let body = "[" + String(repeating: element, count: 2000) + "{}]"
        let outcome = try ingest(body, as: .json)
        let kept = outcome.rejected.reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(kept <= 64 << 10 + 64 * body.utf8.count)
        #expect(outcome.rejected.count + outcome.unkept >= outcome.rejectedCount)
    }

    @Test func `a request keeps no more than it has room for`() throws {
        var ingester = Ingester()
        var source = ByteBuffer()
        source.append(string: String(repeating: "nonsense\n", count: 1000))
        for room in [0, 100, 1000, 100_000] {
            var batch = ByteBuffer()
            var rejected = ByteBuffer()
            let name = Array("app".utf8)
            ingester.begin(
                format: .ndjson, streamFormat: .json, rejectedRoom: room,
                context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
            let report = try ingester.proceed(source.span, into: &batch, rejected: &rejected)
            #expect(rejected.count <= room && report?.rejected == 1000)
            #expect(rejected.copy.count { $0 == 10 } + (report?.unkept ?? 0) == 1000)
        }
    }

    @Test func `the token's name is noted beside a rejected record`() throws {
        var ingester = Ingester()
        var source = ByteBuffer()
        source.append("nope")
        var batch = ByteBuffer()
        var rejected = ByteBuffer()
        let name = Array("app".utf8)
        let token = Array("shop \"1\"".utf8)
        _ = try ingester.ingest(
            source.span, format: .json, streamFormat: .json, into: &batch, rejected: &rejected,
            context: RejectionContext(
                timeMilliseconds: 0, stream: name.span, peer: name.span, token: token.span))
        #expect(
            String(rejected) == #"{"time":"1970-01-01T00:00:00.000Z","stream":"app","peer":"app","#
                + #""token":"shop \"1\"","index":0,"offset":0,"reason":"invalid_json","raw":"nope"}"#
                + "\n")
    }

    @Test(
        arguments: [
            ("{\"a\":1}\n{\"b\":}\n", 13), ("[{\"a\":1},{\"b\" 2}]", 14), ("{\"a\":tru}", 5),
            ("{\"a\":1} x", 8), ("{\"a\":\"\u{1}\"}", 6), ("{\"a\":1}\n{\"a\":\"x", 15),
            ("{}\n\u{FF}", 3), ("[{}", 3), ("{\"a\":[1,2", 9),
        ] as [(String, Int)])
    func `a mistake has its place in the body`(body: String, offset: Int) throws {
        for format in [BodyFormat.json, .ndjson] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.errors.map(\.offset) == [offset], "\(body) \(format)")
            #expect(outcome.rejected[0].contains("\"offset\":\(offset),"))
        }
    }

    @Test func `bytes that are not text have their place in the body`() throws {
        let bytes = Array("{}\n{\"a\":\"".utf8) + [0x62, 0xFF] + Array("\"}\n".utf8)
        #expect(try ingest(bytes, as: .json).errors.map(\.offset) == [10])
        #expect(try ingest(bytes, as: .text).errors.map(\.offset) == [10])
    }

    @Test func `a batch that grows too large is rejected`() throws {
        var limits = IngestLimits()
        limits.batchByteCount = 1000
        let body = String(repeating: "x\n", count: 200)
        #expect(throws: IngestError.batchTooLarge(limit: 1000)) {
            try ingest(body, as: .text, limits: limits)
        }
    }

    @Test func `state does not leak from one body to the next`() throws {
        var ingester = Ingester()
        let bodies: [(String, BodyFormat)] = [
            ("{\"a\":\"\\n\"}\n{\"b\":}\n", .ndjson), ("[{\"a\":1},", .json), ("a=1&a=2", .form),
            ("text\r\n", .text), ("{\"a\":1}", .json), ("\"", .json),
        ]
        for _ in 0..<3 {
            for (body, format) in bodies {
                let outcome = try ingester.outcome(Array(body.utf8), as: format)
                #expect(outcome == (try ingest(body, as: format)))
            }
        }
    }
}
