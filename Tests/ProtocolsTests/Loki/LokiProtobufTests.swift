// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Ingest
import Protocols
import Testing

private func entry(_ second: Int64, _ line: String) -> [UInt8] {
    Protobuf.entry((second, 0), Array(line.utf8))
}

struct LokiProtobufTests {
    @Test func `a line has the time, text, labels, metadata and tenant of an entry`() throws {
        let push = Protobuf.push([
            Protobuf.stream(
                #"{app="shop", host="a"}"#,
                [
                    Protobuf.entry((1_795_440_335, 123_456_789), Array("one \"1\"\n".utf8)),
                    Protobuf.entry(
                        (1_795_440_335, 5), Array("two".utf8), [("id", "7"), ("id", "8")]),
                    Protobuf.entry((0, 0), []),
                ]),
            Protobuf.stream("{}", [entry(1, "{\"a\":1}")]),
        ])
        let pushed = try Pushed(push, tenant: "X-Scope-OrgID: team\r\n")
        #expect(
            pushed.lines == [
                #"{"time":"2026-11-23T13:25:35.123456789Z","message":"one \"1\"\n","labels":{"app":"shop","host":"a"},"tenant":"team"}"#,
                #"{"time":"2026-11-23T13:25:35.000000005Z","message":"two","labels":{"app":"shop","host":"a"},"metadata":{"id":"7","id":"8"},"tenant":"team"}"#,
                #"{"message":"","labels":{"app":"shop","host":"a"},"tenant":"team"}"#,
                #"{"time":"1970-01-01T00:00:01.000000000Z","message":"{\"a\":1}","labels":{},"tenant":"team"}"#,
            ])
        #expect(pushed.status == 204 && pushed.answer == "" && pushed.rejected == [])
    }

    @Test func `labels may follow the entries, and the last ones count`() throws {
        let stream =
            Protobuf.field(2, entry(1, "a")) + Protobuf.field(1, #"{a="1"}"#)
            + Protobuf.field(2, entry(2, "b")) + Protobuf.field(1, #"{a="2"}"#)
        #expect(
            try Pushed(Protobuf.push([stream])).lines == [
                #"{"time":"1970-01-01T00:00:01.000000000Z","message":"a","labels":{"a":"2"}}"#,
                #"{"time":"1970-01-01T00:00:02.000000000Z","message":"b","labels":{"a":"2"}}"#,
            ])
    }

    @Test func `bytes that are no UTF-8 are kept in Base64`() throws {
        let push = Protobuf.push([Protobuf.stream("{\u{7F}}", [Protobuf.entry((1, 0), [0xFF, 0])])])
        #expect(
            try Pushed(push).lines == [
                "{\"time\":\"1970-01-01T00:00:01.000000000Z\",\"message\":{\"base64\":\"/wA=\"},\"labels\":\"{\u{7F}}\"}"
            ])
    }

    @Test(arguments: [
        (Int64(-1), Int64(999_999_999), #""time":"1969-12-31T23:59:59.999999999Z""#),
        (253_402_300_799, 0, #""time":"9999-12-31T23:59:59.000000000Z""#),
        (253_402_300_800, 0, #""time_raw":{"seconds":253402300800,"nanos":0}"#),
        (1, -1, #""time_raw":{"seconds":1,"nanos":-1}"#),
        (1, 1_000_000_000, #""time_raw":{"seconds":1,"nanos":1000000000}"#),
        (.min, 1, #""time_raw":{"seconds":-9223372036854775808,"nanos":1}"#),
    ])
    func `what is no time stays as it was sent`(
        seconds: Int64, nanoseconds: Int64, member: String
    ) throws {
        let entry = Protobuf.entry((seconds, nanoseconds), [])
        let lines = try Pushed(Protobuf.push([Protobuf.stream("{}", [entry])])).lines
        #expect(lines == [#"{\#(member),"message":"","labels":{}}"#])
    }

    @Test func `unknown fields of every message are kept`() throws {
        let entry =
            Protobuf.field(1, Protobuf.time(1, 0) + Protobuf.field(3, 9)) + Protobuf.field(2, "a")
            + Protobuf.field(3, Protobuf.field(1, "k") + Protobuf.field(7, "x"))
            + Protobuf.field(4, Protobuf.field(1, "p") + Protobuf.field(2, "q"))
            + Protobuf.field(5, 1) + Protobuf.field(2, 6)
        let stream =
            Protobuf.stream("{}", [entry]) + Protobuf.field(3, .max) + Protobuf.field(9, "s")
            + Protobuf.field(8, 1)
        let push =
            Protobuf.push([stream]) + Protobuf.field(2, "zipkin") + Protobuf.field(4, 1)
            + Protobuf.field(5, 2)
        #expect(
            try Pushed(push).lines == [
                #"{"time":"1970-01-01T00:00:01.000000000Z","message":"a","labels":{},"metadata":{"k":""},"parsed":{"p":"q"},"format":"zipkin","hash":18446744073709551615,"push_unknown_fields":{"4":"IAE=","5":"KAI="},"stream_unknown_fields":{"9":"SgFz","8":"QAE="},"unknown_fields":{"1.3":"GAk=","3.7":"OgF4","5":"KAE=","2":"EAY="}}"#
            ])
    }

    @Test func `a bad entry costs only itself`() throws {
        let bad = Protobuf.field(1, [0x08]) + Protobuf.field(2, "b")
        let push = Protobuf.push([Protobuf.stream("{}", [entry(1, "a"), bad, entry(2, "c")])])
        let pushed = try Pushed(push)
        #expect(pushed.lines.count == 2 && pushed.lines.allSatisfy { !$0.contains("\"b\"") })
        #expect(pushed.rejected.count == 1 && pushed.reasons == ["malformed"])
        #expect(pushed.status == 204)
    }

    @Test func `what is behind a mistake in a stream or in the push is kept`() throws {
        let good = Protobuf.stream(#"{a="b"}"#, [entry(1, "a")])
        let broken = Protobuf.stream("{}", [entry(2, "b")]) + [0x07, 1, 2, 3]
        let pushed = try Pushed(Protobuf.push([broken, good]) + [0x0A, 0xFF, 0x7F])
        #expect(pushed.lines.count == 2 && pushed.status == 204)
        #expect(pushed.rejected == ["\u{7}\u{1}\u{2}\u{3}", "base64:Cv9/"])
    }

    @Test(arguments: [[0x0A, 0x05], [0xFF], Array("no protobuf".utf8)] as [[UInt8]])
    func `a body that is no push is 400, and kept`(body: [UInt8]) throws {
        let pushed = try Pushed(body)
        #expect(pushed.status == 400 && pushed.answer.hasSuffix("rejected records.\n"))
        #expect(pushed.lines == [] && pushed.rejected.count == 1)
    }

    @Test func `nothing is nothing`() throws {
        #expect(try Pushed([UInt8]()).status == 204)
        #expect(try Pushed(Protobuf.push([[], []])).status == 204)
        #expect(try Pushed([0], coding: .snappy).status == 204)
    }

    /// Every record is in a line or rejected, wherever a body ends.
    @Test func `a body cut anywhere loses nothing that is whole`() throws {
        let first = Protobuf.push([
            Protobuf.stream(#"{app="a"}"#, [entry(1, "one"), entry(2, "two")])
        ])
        let push = first + Protobuf.push([Protobuf.stream("{}", [entry(3, "three")])])
        let whole = try Pushed(push).lines
        // The first byte alone is a line feed, and nothing.
        for count in 0..<push.count {
            let pushed = try Pushed(Array(push.prefix(count)))
            #expect(pushed.lines == (count < first.count ? [] : Array(whole.prefix(2))), "\(count)")
            #expect(pushed.rejected.isEmpty == (count <= 1 || count == first.count), "\(count)")
        }
    }

    @Test func `every change of a byte keeps lines valid`() throws {
        let push = Protobuf.push([
            Protobuf.stream(
                #"{app="a",b="\x41\u00e9\n"}"#,
                [Protobuf.entry((1, 2), Array("one".utf8), [("k", "v")]), entry(2, "two")])
        ])
        for index in push.indices {
            for change: UInt8 in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                var changed = push
                changed[index] ^= change
                for line in try Pushed(changed).lines {
                    let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                    #expect(object is [String: Any], "\(line)")
                }
            }
        }
    }

    @Test func `pauses change nothing`() throws {
        let streams = (0..<3).map { stream in
            Protobuf.stream(
                "{stream=\"\(stream)\"}",
                (0..<1500).map { entry(Int64($0), "line \($0) \(stream)") })
        }
        let push = Protobuf.push(streams) + Protobuf.field(2, "f") + [0x0A, 0x7F]
        let sliced = try Pushed(push, isSliced: true)
        var whole = try Pushed(push)
        #expect(sliced.visits > 2 && whole.visits == 1 && whole.lines.count == 4500)
        whole.visits = sliced.visits
        #expect(sliced == whole)
    }

    @Test func `the repeated labels are limited`() throws {
        var limits = IngestLimits()
        limits.expandedByteCount = 1 << 20
        let labels = "{a=\"\(String(repeating: "x", count: 10_000))\"}"
        let push = Protobuf.push([Protobuf.stream(labels, Array(repeating: [], count: 200))])
        #expect(push.count < 20_000)
        #expect(throws: IngestError.batchTooLarge(limit: 1 << 20)) {
            try Pushed(push, limits: limits)
        }
    }

    @Test func `an entry over the limit is rejected`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 100
        let push = Protobuf.push([
            Protobuf.stream("{}", [entry(1, "a"), entry(2, String(repeating: "b", count: 100))])
        ])
        let pushed = try Pushed(push, limits: limits)
        #expect(pushed.lines.count == 1 && pushed.reasons == ["record_too_large"])
        #expect(pushed.status == 204)
    }

    @Test func `all or none is 400 where some cannot be used`() throws {
        let push = Protobuf.push([Protobuf.stream("{}", [entry(1, "a"), [0x0A]])])
        let pushed = try Pushed(push, isAtomic: true)
        #expect(pushed.lines == [] && pushed.status == 400)
    }
}
