// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ingest
import Testing

struct LokiJSONTests {
    @Test func `values have nanoseconds, a line and metadata`() throws {
        let pushed = try Pushed(
            """
            {"streams": [{"stream": {"app": "shop", "n": "\\u00e9"}, "values": [
              ["1795440335123456789", "one \\"1\\"\\n"],
              ["1795440335000000000", "two", {"id": "7"}], ["0", ""]]},
             {"stream": {}, "values": []}, {"stream": {}, "values": [["1", "{\\"a\\":1}"]]}]}

            """)
        #expect(
            pushed.lines == [
                #"{"time":"2026-11-23T13:25:35.123456789Z","message":"one \"1\"\n","labels":{"app": "shop", "n": "\u00e9"}}"#,
                #"{"time":"2026-11-23T13:25:35.000000000Z","message":"two","labels":{"app": "shop", "n": "\u00e9"},"metadata":{"id": "7"}}"#,
                #"{"message":"","labels":{"app": "shop", "n": "\u00e9"}}"#,
                #"{"time":"1970-01-01T00:00:00.000000001Z","message":"{\"a\":1}","labels":{}}"#,
            ])
        #expect(pushed.status == 204 && pushed.rejected == [])
    }

    @Test func `the older form has labels as text, and times of RFC 3339`() throws {
        let pushed = try Pushed(
            #"{"streams":[{"labels":"{app=\"a\"}","entries":[{"ts":"2026-11-23T15:25:35.5+02:00","line":"one"},{"line":"two","ts":"x","more":1}]}]}"#
        )
        #expect(
            pushed.lines == [
                #"{"time":"2026-11-23T13:25:35.5Z","message":"one","labels":{"app":"a"}}"#,
                #"{"time_raw":"x","message":"two","labels":{"app":"a"},"entry_extra":{"more":1}}"#,
            ])
    }

    @Test func `labels and other members may follow the entries`() throws {
        let pushed = try Pushed(
            """
            {"x":1,"streams":[{"values":[["1","a"]],"loki_metadata":{"a":\n1},"stream":{"k":"v"},
            "message_in_json_format":true,"stream":2}]}
            """)
        #expect(
            pushed.lines == [
                #"{"time":"1970-01-01T00:00:00.000000001Z","message":"a","labels":{"k":"v"},"push_extra":{"x":1},"stream_extra":{"loki_metadata":{"a":1},"message_in_json_format":true,"stream":2}}"#
            ])
    }

    @Test(arguments: [
        (#""1700000000123456789""#, #""time":"2023-11-14T22:13:20.123456789Z""#),
        ("1700000000", #""time":"2023-11-14T22:13:20Z""#),
        ("1700000000123", #""time":"2023-11-14T22:13:20.123Z""#),
        ("1700000000123456", #""time":"2023-11-14T22:13:20.123456Z""#),
        ("1700000000123456789", #""time":"2023-11-14T22:13:20.123456789Z""#),
        ("1700000000.5", #""time":"2023-11-14T22:13:20.5Z""#),
        ("1700000000.123456789", #""time":"2023-11-14T22:13:20.123456789Z""#),
        (#""-1""#, #""time":"1969-12-31T23:59:59.999999999Z""#),
        (#""9223372036854775807""#, #""time":"2262-04-11T23:47:16.854775807Z""#),
        (#""9223372036854775808""#, #""time_raw":"9223372036854775808""#),
        ("1e9", #""time_raw":1e9"#), ("-1.5", #""time_raw":-1.5"#), ("true", #""time_raw":true"#),
        ("1700000000.1234567891", #""time_raw":1700000000.1234567891"#),
        (#""2026-02-29T00:00:00Z""#, #""time_raw":"2026-02-29T00:00:00Z""#),
        (#""2024-02-29T23:59:59-00:30""#, #""time":"2024-03-01T00:29:59Z""#),
        (#""2024-02-29T23:59:60Z""#, #""time_raw":"2024-02-29T23:59:60Z""#),
    ])
    func `a time is converted digit by digit, or kept as it came`(
        sent: String, member: String
    ) throws {
        let pushed = try Pushed(#"{"streams":[{"stream":{},"values":[[\#(sent),"a"]]}]}"#)
        #expect(pushed.lines == [#"{\#(member),"message":"a","labels":{}}"#])
    }

    @Test(arguments: ["null", #""""#, "0", #""0""#])
    func `a time that is absent or 0 is absent`(sent: String) throws {
        let pushed = try Pushed(#"{"streams":[{"stream":{},"values":[[\#(sent),"a"]]}]}"#)
        #expect(pushed.lines == [#"{"message":"a","labels":{}}"#])
    }

    @Test func `a bad entry or stream costs only itself`() throws {
        let pushed = try Pushed(
            #"{"streams":[7,{"stream":{},"values":[["1"],[],{"ts":"1"},8,["2","b"],["3",4,null,5,6]]},{"foo":1},{}]}"#
        )
        #expect(
            pushed.lines == [
                #"{"time":"1970-01-01T00:00:00.000000002Z","message":"b","labels":{}}"#,
                #"{"time":"1970-01-01T00:00:00.000000003Z","body":4,"labels":{},"entry_extra":[5,6]}"#,
            ])
        #expect(pushed.rejected == ["7", #"["1"]"#, "[]", #"{"ts":"1"}"#, "8", #"{"foo":1}"#])
        #expect(pushed.reasons.allSatisfy { $0 == "malformed" } && pushed.status == 204)
    }

    @Test(arguments: [
        (
            #"{"streams":[{"stream":{},"values":[["1","a"],["2","b" x],["3","c"]]}]}"#,
            #"["2","b" x]"#
        ),
        (#"{"streams":[{"stream":{},"values":[["1","a"]],"x":y}]}"#, #","x":y}]}"#),
        (#"{"streams":[{"stream":{},"values":[["1","a"]]} {}]}"#, "{}]}"),
        (#"{"streams":[{"stream":{},"values":[["1","a"]]},{"stream":z}]}"#, #"{"stream":z}]}"#),
        (#"{"streams":[{"stream":{},"values":[["1","a"]]}]}tail"#, "tail"),
    ])
    func `what is in front of a mistake is written, the rest is kept`(
        body: String, rest: String
    ) throws {
        let pushed = try Pushed(body)
        let line = #"{"time":"1970-01-01T00:00:00.000000001Z","message":"a","labels":{}}"#
        #expect(pushed.lines == [line] && pushed.status == 204)
        let kept = try #require(pushed.rejected.first)
        #expect(pushed.rejected.count == 1 && kept.trimmed.hasPrefix(rest), "\(kept)")
        #expect(pushed.reasons == ["invalid_json"])
    }

    @Test(arguments: ["{}", "[]", "7", #"{"streams":{}}"#, #"{"resourceLogs":[]}"#, "{", "x"])
    func `a body that is no push is 400, and kept`(body: String) throws {
        let pushed = try Pushed(body)
        #expect(pushed.status == 400 && pushed.lines == [] && pushed.rejected == [body])
    }

    @Test(arguments: [" \n", #"{"streams":[]}"#, #"{"streams":null}"#, #"{"streams":[{}]}"#])
    func `nothing is nothing`(body: String) throws {
        let pushed = try Pushed(body)
        #expect(pushed.status == 204 && pushed.lines == [] && pushed.rejected == [])
    }

    @Test func `the first byte decides where there is no type`() throws {
        let push = #"{"streams":[{"stream":{},"values":[["1","a"]]}]}"#
        for start in ["", " ", "\n", "\r\n\t"] {
            let body = Array((start + push).utf8)
            #expect(try Pushed(body, as: .unknown, coding: .snappy).lines.count == 1)
            #expect(try Pushed(body, as: .unknown).lines.count == 1)
        }
        let spaced = Array(#"{ "streams":[{"stream":{},"values":[["1","a"]]}]}"#.utf8)
        #expect(try Pushed(spaced, as: .unknown, coding: .snappy).lines.count == 1)
        // A message whose first field has 123 bytes begins like a line feed and a brace.
        let labels = "{a=\"\(String(repeating: "x", count: 113))\"}"
        let stream = Protobuf.stream(labels, [[]])
        #expect(stream.count == 123)
        #expect(try Pushed(Protobuf.push([stream])).lines.count == 1)
    }

    @Test func `pushes may follow one another`() throws {
        let push = #"{"streams":[{"stream":{},"values":[["1","a"]]}]}"#
        #expect(try Pushed(push + "\n" + push + push).lines.count == 3)
    }

    @Test func `nesting is limited`() throws {
        for (levels, count) in [(59, 1), (60, 0), (100_000, 0)] {
            let deep =
                String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            let pushed = try Pushed(
                #"{"streams":[{"stream":{},"values":[["1","a",\#(deep)],["2","b"]]}]}"#)
            #expect(pushed.lines.count == (count == 1 ? 2 : 0))
            #expect(pushed.reasons == (count == 1 ? [] : ["too_deep"]))
        }
    }

    @Test func `a body cut anywhere loses nothing that is whole`() throws {
        let push =
            #"{"streams":[{"stream":{"k":"v"},"values":[["1","a"],["2","b",{"m":"é"}]],"x":1},{"labels":"{}","entries":[{"ts":"3","line":"c"}]}]}"#
        let whole = try Pushed(push).lines
        #expect(whole.count == 3)
        let bytes = Array(push.utf8)
        for count in 1..<bytes.count {
            let pushed = try Pushed(Array(bytes.prefix(count)), as: .json)
            // Members behind the entries are not known yet.
            let lines = pushed.lines.map { $0.replacing(#","stream_extra":{"x":1}"#, with: "") }
            let expected = whole.map { $0.replacing(#","stream_extra":{"x":1}"#, with: "") }
            #expect(expected.starts(with: lines) && pushed.rejected.count == 1, "\(count)")
        }
    }

    @Test func `pauses change nothing`() throws {
        let values = (0..<2000).map { "[\"\($0)\",\"line \($0)\"]" }.joined(separator: ", ")
        let entries = (0..<2000).map { "{\"ts\":\"\($0)\",\"line\":\"line \($0)\"}" }
            .joined(separator: ",\n")
        let good =
            #"{"streams":[{"values":[\#(values)],"entries":[\#(entries)],"stream":{"a":"b"}},{"stream":{},"values":[\#(values)]}]}"#
        let broken = good.replacing("\"1500\",\"line 1500\"", with: "\"1500\" \"line\"")
        for (push, count) in [(good, 6000), (broken, 1500), (good + "x", 6000)] {
            let sliced = try Pushed(push, isSliced: true)
            var whole = try Pushed(push)
            #expect(sliced.visits > 1 && whole.visits == 1 && whole.lines.count == count)
            whole.visits = sliced.visits
            #expect(sliced == whole)
        }
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0.isWhitespace }) }
}
