// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

@Suite struct SplunkLinesTests {
    static func read(
        _ body: String, _ request: String = "POST /services/collector/event",
        _ options: BodyRun.Options = BodyRun.Options()
    ) throws -> BodyRun {
        try BodyRun(request, Array(body.utf8), by: SplunkProtocol(), options)
    }

    @Test(arguments: [
        (#"{"event":"hello"}"#, #"{"message":"hello"}"#),
        (#"{"event":"a \"b\" \u00e9\n"}"#, #"{"message":"a \"b\" \u00e9\n"}"#),
        (#"{"event":""}"#, #"{"message":""}"#),
        (#"{"event":7}"#, #"{"event":7}"#), (#"{"event":null}"#, #"{"event":null}"#),
        (#"{"event":[1,"line"]}"#, #"{"event":[1,"line"]}"#),
        (
            #"{"event":"metric","fields":{"_value":1}}"#,
            #"{"message":"metric","fields":{"_value":1}}"#
        ),
        (
            #"{"fields":{"z":"a"},"event":{"a":1},"index":"main","sourcetype":"st","source":"s","host":"h","time":1795888808}"#,
            #"{"time":"2026-11-28T18:00:08Z","host":"h","source":"s","sourcetype":"st","index":"main","event":{"a":1},"fields":{"z":"a"}}"#
        ),
        // Docker's three formats.
        (
            #"{"event":{"line":"x \"y\"","source":"stdout","tag":"t","attrs":{"a":"b"}},"time":"1795888808.123456","host":"d"}"#,
            #"{"time":"2026-11-28T18:00:08.123456Z","message":"x \"y\"","host":"d","event":{"source":"stdout","tag":"t","attrs":{"a":"b"}}}"#
        ),
        (
            #"{"event":{"line":{"id":1},"source":"stdout"},"time":"1795888808.000000"}"#,
            #"{"time":"2026-11-28T18:00:08.000000Z","event":{"line":{"id":1},"source":"stdout"}}"#
        ),
        (
            #"{"event":"tag env=prod text","time":"1795888808.5"}"#,
            #"{"time":"2026-11-28T18:00:08.5Z","message":"tag env=prod text"}"#
        ),
        // `line` may stand anywhere in the event.
        (#"{"event":{"line":"x"}}"#, #"{"message":"x","event":{}}"#),
        (#"{"event":{"a":1,"line":"x"}}"#, #"{"message":"x","event":{"a":1}}"#),
        (
            #"{"event":{"a":1 , "line" : "x" , "b":2}}"#,
            #"{"message":"x","event":{"a":1 ,  "b":2}}"#
        ),
        (#"{"event":{"a":1 , "line":"x" }}"#, #"{"message":"x","event":{"a":1 }}"#),
        (#"{"event":{"\u006cine":"x","b":2}}"#, #"{"message":"x","event":{"b":2}}"#),
        (#"{"event":{"line":"x","line":"y"}}"#, #"{"message":"x","event":{"line":"y"}}"#),
        (#"{"event":{"n":{"line":"x"}}}"#, #"{"event":{"n":{"line":"x"}}}"#),
        // Members that Splunk does not know, and those that come twice.
        (
            #"{"event":"a","message":"b","x":[1]}"#,
            #"{"message":"a","extra":{"message":"b","x":[1]}}"#
        ),
        (
            #"{"host":"a","event":"x","host":"b"}"#,
            #"{"message":"x","host":"b","extra":{"host":"a"}}"#
        ),
        (
            #"{"event":{"line":"x"},"event":"y"}"#,
            #"{"message":"y","extra":{"event":{"line":"x"}}}"#
        ),
        (#"{"ev\u0065nt":"x"}"#, #"{"message":"x"}"#),
        (#"{"event":"x","host":null,"source":5}"#, #"{"message":"x","host":null,"source":5}"#),
        // Objects without an event.
        (#"{"log":"a", "n":1}"#, #"{"log":"a", "n":1}"#), ("{}", "{}"),
        (#"{"time":1795888808,"host":"h"}"#, #"{"time":1795888808,"host":"h"}"#),
    ])
    func `an event is one line`(event: String, line: String) throws {
        let read = try Self.read(event)
        #expect(read.lines == [line] && read.rejected.isEmpty)
        #expect(read.status == 200 && read.answer == #"{"text":"Success","code":0}"#)
        // Line breaks between tokens are the only bytes that are left out.
        var pretty = event.replacing("{", with: "{\n").replacing("}", with: "\r\n}")
        pretty = pretty.replacing(",\"", with: ",\n\"")
        #expect(try Self.read(pretty).lines == [line])
    }

    @Test(arguments: [
        ("1795888808", #""time":"2026-11-28T18:00:08Z","#),
        ("\"1795888808.1\"", #""time":"2026-11-28T18:00:08.1Z","#),
        ("1795888808.123456789", #""time":"2026-11-28T18:00:08.123456789Z","#),
        ("1795888808.1234567890", #""time":"2026-11-28T18:00:08.123456789Z","#),
        (
            "1795888808.1234567891",
            #""time":"2026-11-28T18:00:08.123456789Z","time_raw":1795888808.1234567891,"#
        ),
        ("0", ""), ("\"0.000\"", ""), ("null", ""), ("0.5", #""time":"1970-01-01T00:00:00.5Z","#),
        ("253402300799", #""time":"9999-12-31T23:59:59Z","#),
        ("253402300800", #""time_raw":253402300800,"#),
        ("1795888808123", #""time_raw":1795888808123,"#),
        ("-1.5", #""time_raw":-1.5,"#), ("1.7e9", #""time_raw":1.7e9,"#),
        ("\"\"", #""time_raw":"","#), ("\"now\"", #""time_raw":"now","#),
        ("\"1795888808.\"", #""time_raw":"1795888808.","#), ("\".5\"", #""time_raw":".5","#),
        ("\" 1\"", #""time_raw":" 1","#), ("\"1.2.3\"", #""time_raw":"1.2.3","#),
        ("99999999999999999999", #""time_raw":99999999999999999999,"#),
        ("{\"a\":1}", #""time_raw":{"a":1},"#), ("true", #""time_raw":true,"#),
    ])
    func `the time is converted digit by digit, or kept`(time: String, members: String) throws {
        let read = try Self.read("{\"time\":\(time),\"event\":\"x\"}")
        #expect(read.lines == ["{\(members)\"message\":\"x\"}"])
    }

    @Test(arguments: [
        #"{"event":1}{"event":2}{"x":3}"#, "{\"event\":1}\n{\"event\":2}\r\n{\"x\":3}\n",
        #"[{"event":1},{"event":2},{"x":3}]"#, #" [ {"event":1} , {"event":2} ] {"x":3} "#,
        #"{"event":1},{"event":2},{"x":3},"#, #"[{"event":1},{"event":2},{"x":3}"#,
    ])
    func `events stand one behind the other, however separated`(body: String) throws {
        let read = try Self.read(body)
        #expect(read.lines == [#"{"event":1}"#, #"{"event":2}"#, #"{"x":3}"#])
        #expect(read.rejected.isEmpty && read.status == 200)
    }

    @Test(arguments: [
        // A template that does not escape.
        (#"{"event":"line "two""}"#, "\n", RejectionReason.invalidJSON),
        (#"{"event":"line "two""}"#, "", .invalidJSON), (#"{"event":"x",}"#, "", .invalidJSON),
        // A quote is missing.
        (#"{"event":"x}"#, "", .invalidJSON), (#"{"event":"x}"#, "\n", .invalidJSON),
        (#"{"event":"x"#, "\n", .invalidJSON), (#"{"event":}"#, "", .invalidJSON),
        ("{\"event\":\"\u{1}\"}", "", .invalidJSON), ("text", "\n", .invalidJSON),
        ("text", "", .invalidJSON), ("7", "\n", .notAnObject), ("\"text\"", "", .invalidJSON),
        ("\"text\"", ",", .notAnObject), ("null", " ", .notAnObject), ("nullx", " ", .invalidJSON),
        ("}", "", .invalidJSON), (#"{"event":{"a":[{"b":1},{"c":2}],}}"#, "", .invalidJSON),
        (#"{"event":"a"} x"#, "\n", .invalidJSON),
        (
            String(repeating: "{\"a\":", count: 129) + "1" + String(repeating: "}", count: 129), "",
            .tooDeep
        ),
    ])
    func `a bad event costs itself alone`(bad: String, separator: String, reason: RejectionReason)
        throws
    {
        let goods = [#"{"event":"first"}"#, #"{"time":1,"event":"last"}"#]
        let lines = [
            #"{"message":"first"}"#, #"{"time":"1970-01-01T00:00:01Z","message":"last"}"#,
        ]
        let isPartlyGood = bad.hasPrefix(#"{"event":"a"}"#)
        let expected = isPartlyGood ? [lines[0], #"{"message":"a"}"#, lines[1]] : lines
        let read = try Self.read(goods[0] + separator + bad + separator + goods[1])
        #expect(read.lines == expected)
        #expect(read.reasons == [reason] && read.status == 200)
        let raw = isPartlyGood ? "x" : bad
        var escaped = ByteBuffer()
        escaped.append(jsonString: raw)
        #expect(read.rejected[0].hasSuffix("\"raw\":\(String(escaped))}"))
        if isPartlyGood { return }
        // In an array too, if a brace ends it.
        guard bad.hasSuffix("}") || !bad.hasPrefix("{") else { return }
        let array = try Self.read("[" + goods[0] + "," + bad + "," + goods[1] + "]")
        #expect(array.lines == lines && array.rejected.count == 1)
        // Alone, too, nothing is to be repeated.
        let alone = try Self.read(bad)
        #expect(alone.lines.isEmpty && alone.rejected.count == 1 && alone.status == 200)
    }

    @Test func `an event that is not UTF-8 is kept as Base64`() throws {
        let bytes = Array("{\"event\":\"".utf8) + [0xFF] + Array("\"}{\"event\":\"x\"}".utf8)
        let read = try BodyRun("POST /services/collector", bytes, by: SplunkProtocol())
        #expect(read.lines == [#"{"message":"x"}"#] && read.reasons == [.invalidUTF8])
        #expect(read.rejected[0].contains("raw_base64"))
    }

    @Test func `an event over the limit costs itself alone`() throws {
        var options = BodyRun.Options()
        options.limits.recordByteCount = 40
        let long = "{\"event\":\"\(String(repeating: "x", count: 40))\"}"
        let body = "{\"event\":1}\(long){\"event\":2}"
        let read = try Self.read(body, "POST /services/collector", options)
        #expect(read.lines == [#"{"event":1}"#, #"{"event":2}"#] && read.reasons == [.tooLarge])
    }

    @Test(arguments: ["", " ", "\r\n\t", "[]", ",", "[[],\n]"])
    func `a body without anything is an error`(body: String) throws {
        #expect(try Self.read(body).error == .emptyBody)
    }

    @Test func `members of the query are added where the event has none`() throws {
        let request =
            "POST /services/collector/event?host=q%22h&source=s+p&sourcetype=t&index=i&x=1"
            + "\r\nX-Splunk-Request-Channel: c-1\r\n"
        let read = try Self.read(#"{"event":"x","host":"own"}{"a":1}{}"#, request)
        #expect(
            read.lines == [
                #"{"message":"x","host":"own","source":"s p","sourcetype":"t","index":"i","channel":"c-1"}"#,
                #"{"a":1,"_hec":{"host":"q\"h","source":"s p","sourcetype":"t","index":"i","channel":"c-1"}}"#,
                #"{"_hec":{"host":"q\"h","source":"s p","sourcetype":"t","index":"i","channel":"c-1"}}"#,
            ])
        // The next request has no query.
        #expect(try Self.read(#"{"event":"x"}"#).lines == [#"{"message":"x"}"#])
        let channel = try Self.read(#"{"event":"x"}"#, "POST /services/collector?channel=%C3%A9%FF")
        #expect(channel.lines == [#"{"message":"x","channel":{"base64":"w6n/"}}"#])
    }

    @Test func `a stamp stands behind the members`() throws {
        var options = BodyRun.Options()
        options.stamp = #""stamp":1}"#
        let body = #"{"time":1,"event":"x"}{"a":1}"#
        let read = try Self.read(body, "POST /services/collector?host=h", options)
        #expect(
            read.lines == [
                #"{"time":"1970-01-01T00:00:01Z","message":"x","host":"h","stamp":1}"#,
                #"{"a":1,"_hec":{"host":"h"},"stamp":1}"#,
            ])
    }
}
