// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

struct JSONLogsTests {
    private func outcome(_ text: String, isPausing: Bool = false) throws -> OTLPOutcome {
        try OTLPOutcome(Array(text.utf8), .json, isPausing: isPausing)
    }

    /// A request with one record that has these members.
    private func request(_ members: String) -> String {
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{\#(members)}]}]}]}"#
    }

    /// The message of `ProtobufLogsTests`, with the resource and schemas behind the records.
    static let full = #"""
        {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1763904335123456789",
        "observedTimeUnixNano":1000000000,"severityNumber":10,"body":{"stringValue":"a\nb"},
        "eventName":"paid","traceId":"000102030405060708090A0B0C0D0E0F","spanId":"f0f1f2f3f4f5f6f7",
        "flags":257,"droppedAttributesCount":"3","attributes":[{"key":"i","value":{"intValue":"-5"}},
        {"value":{"doubleValue":1.5},"key":"d"},
        {"key":"a","value":{"arrayValue":{"values":[{"boolValue":true},{}]}}}]}],
        "scope":{"name":"lib","version":"1.0"},"schemaUrl":"https://scope"}],
        "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
        "resource":{"droppedAttributesCount":4,"entityRefs":[{"type":"service","idKeys":["id"]}]},
        "schemaUrl":"https://resource"}]}
        """#

    @Test
    func `the line is that of protobuf`() throws {
        let outcome = try outcome(Self.full)
        #expect(outcome.lines == [ProtobufLogsTests.line] && outcome.rejected.isEmpty)
    }

    @Test
    func `names may be those of the schema`() throws {
        let snake = [
            "resourceLogs", "scopeLogs", "logRecords", "timeUnixNano", "observedTimeUnixNano",
            "severityNumber", "stringValue", "eventName", "traceId", "spanId", "intValue",
            "droppedAttributesCount", "doubleValue", "arrayValue", "boolValue", "schemaUrl",
            "entityRefs", "idKeys",
        ]
        var text = Self.full
        for name in snake {
            let other = name.reduce(into: "") {
                $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)"
            }
            text = text.split(separator: "\"\(name)\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\(other)\"")
        }
        #expect(!text.contains("resourceLogs") && text.contains("time_unix_nano"))
        #expect(try outcome(text).lines == [ProtobufLogsTests.line])
    }

    @Test(
        arguments: [
            ("{}", "null"), ("null", "null"), (#"{"stringValue":""}"#, #""""#),
            (#"{"stringValue":"\u0041\/\u00e9\""}"#, #""A/é\"""#),
            // Half of a surrogate pair is no text.
            (#"{"stringValue":"\ud800"}"#, #"{"base64":"7aCA"}"#),
            (#"{"intValue":"9223372036854775807"}"#, "9223372036854775807"),
            (#"{"intValue":-9223372036854775808}"#, "-9223372036854775808"),
            (#"{"intValue":"007"}"#, "7"), (#"{"boolValue":false}"#, "false"),
            (#"{"doubleValue":1}"#, "1.0"), (#"{"doubleValue":"1e3"}"#, "1000.0"),
            (#"{"doubleValue":0.1}"#, "0.1"), (#"{"doubleValue":-0}"#, "-0.0"),
            (#"{"doubleValue":123456789012345678901234567890}"#, "1.2345678901234568e+29"),
            (#"{"doubleValue":"NaN"}"#, #""NaN""#),
            (#"{"doubleValue":"-Infinity"}"#, #""-Infinity""#),
            (#"{"bytesValue":"AP8="}"#, #"{"base64":"AP8="}"#),
            (#"{"bytesValue":"AP8"}"#, #"{"base64":"AP8="}"#),
            (#"{"bytesValue":"-_8="}"#, #"{"base64":"+/8="}"#),
            (#"{"arrayValue":{}}"#, "[]"), (#"{"kvlistValue":{"values":null}}"#, "{}"),
            (
                #"{"kvlistValue":{"values":[{"key":"k","value":{"intValue":1}},{"key":"k"},{}]}}"#,
                #"{"k":1,"k":null,"":null}"#
            ),
            (#"{"stringValue":"a","intValue":2}"#, "2"),
            (#"{"stringValue":null,"intValue":2}"#, "2"),
            // What is not of its type stays as it came.
            (
                #"{"intValue":"9223372036854775808"}"#,
                #"{"unknown_fields":{"intValue":"9223372036854775808"}}"#
            ),
            (#"{"intValue":1.5}"#, #"{"unknown_fields":{"intValue":1.5}}"#),
            (#"{"doubleValue":1e999}"#, #"{"unknown_fields":{"doubleValue":1e999}}"#),
            (#"{"bytesValue":"!"}"#, #"{"unknown_fields":{"bytesValue":"!"}}"#),
            (#"{"boolValue":"yes"}"#, #"{"unknown_fields":{"boolValue":"yes"}}"#),
            (
                #"{"intValue":1,"newValue":[1, 2]}"#,
                #"{"value":1,"unknown_fields":{"newValue":[1, 2]}}"#
            ),
            (#""plain""#, #""plain""#),
        ])
    func `each value is written as what it is`(value: String, expected: String) throws {
        let text = request(#""attributes":[{"key":"v","value":\#(value)}]"#)
        #expect(try outcome(text).lines == [#"{"attributes":{"v":"# + expected + "}}"])
    }

    @Test(
        arguments: [
            (#""body":{}"#, #""body":null"#), (#""body":null"#, ""),
            (#""body":{"stringValue":"a"}"#, #""message":"a""#),
            (#""body":"a""#, #""body":"a""#),
            (#""timeUnixNano":"yesterday""#, #""time_raw":"yesterday""#),
            (#""timeUnixNano":1.7e18"#, #""time_raw":1.7e18"#), (#""timeUnixNano":"0""#, ""),
            (
                #""observedTimeUnixNano":"18446744073709551616""#,
                #""observed_time_raw":"18446744073709551616""#
            ),
            (
                #""severityNumber":"SEVERITY_NUMBER_WARN2""#,
                #""level":"WARN2","severity_number":14"#
            ),
            (#""severityNumber":"loud""#, #""unknown_fields":{"severityNumber":"loud"}"#),
            (#""traceId":"0Af7""#, #""trace_id":"0af7""#), (#""traceId":"""#, ""),
            (#""traceId":"no digits""#, #""trace_id":"no digits""#),
            // The digits of digits, as protobuf has them where bytes belong.
            (#""spanId":"62376164366237313639323033333331""#, #""span_id":"b7ad6b7169203331""#),
            (#""flags":"1""#, #""flags":1"#), (#""flags":-1"#, #""unknown_fields":{"flags":-1}"#),
            (#""attributes":{"a":1}"#, #""unknown_fields":{"attributes":{"a":1}}"#),
            (#""new":{"a": [1]}"#, #""unknown_fields":{"new":{"a": [1]}}"#),
        ])
    func `each member of a record is written as what it is`(
        member: String, expected: String
    ) throws {
        #expect(try outcome(request(member)).lines == ["{\(expected)}"])
    }

    @Test
    func `unknown members of the objects around are kept with their names`() throws {
        let text = #"""
            {"a":1,"resourceLogs":[{"b":2,"resource":{"c":3},"scopeLogs":[{"scope":{"d":4},"logRecords":[{}],"e":5}]}],"f":6}
            """#
        #expect(
            try outcome(text).lines == [
                #"{"scope":{"unknown_fields":{"d":4}},"scope_logs":{"unknown_fields":{"e":5}},"#
                    + #""resource":{"unknown_fields":{"c":3}},"resource_logs":{"unknown_fields":{"b":2}},"#
                    + #""request":{"unknown_fields":{"a":1,"f":6}}}"#
            ])
    }

    @Test
    func `each record has the resource and scope of its group`() throws {
        func scope(_ name: String, _ count: Int) -> String {
            let records = (0..<count).map { #"{"flags":\#($0 + 1)}"# }.joined(separator: ",")
            return #"{"logRecords":[\#(records)],"scope":{"name":"\#(name)"}}"#
        }
        func group(_ url: String, _ scopes: String...) -> String {
            #"{"scopeLogs":[\#(scopes.joined(separator: ","))],"schemaUrl":"\#(url)"}"#
        }
        let groups = [
            group("x", scope("a", 2), scope("e", 0), scope("b", 1)), group("y"),
            group("z", scope("c", 1)),
        ]
        let text = #"{"resourceLogs":[\#(groups.joined(separator: ","))]}"#
        let lines = [("1", "a", "x"), ("2", "a", "x"), ("1", "b", "x"), ("1", "c", "z")].map {
            #"{"flags":\#($0),"scope":{"name":"\#($1)"},"resource":{"schema_url":"\#($2)"}}"#
        }
        #expect(try outcome(text).lines == lines)
        #expect(try outcome(text, isPausing: true).lines == lines)
    }

    @Test(
        arguments: [
            ("1", RejectionReason.notAnObject), ("null", .notAnObject),
            (#"{"attributes":[1]}"#, .malformed),
            (#"{"body":\#(nested(64))}"#, .tooDeep),
        ])
    func `a bad record among good ones costs only itself`(
        bad: String, reason: RejectionReason
    ) throws {
        let text =
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":1},\#(bad),{"flags":2}]}]}]}"#
        let outcome = try outcome(text)
        #expect(outcome.lines == [#"{"flags":1}"#, #"{"flags":2}"#])
        #expect(outcome.reasons == [reason] && !outcome.isMalformed)
        #expect(outcome.rejected.count == 1)
    }

    @Test
    func `values may be nested as deeply as the limit says`() throws {
        #expect(try outcome(request(#""body":\#(Self.nested(63))"#)).lines.count == 1)
    }

    /// Text in arrays, `depth` of them.
    static func nested(_ depth: Int) -> String {
        (0..<depth).reduce(#"{"stringValue":"deep"}"#) { value, _ in
            #"{"arrayValue":{"values":[\#(value)]}}"#
        }
    }

    @Test
    func `a scope that is malformed, or over the limit, stays as it came`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 24
        for scope in [#"{"attributes":[1]}"#, #"{"name":"a very long name"}"#] {
            let text = #"{"resourceLogs":[{"scopeLogs":[{"scope":\#(scope),"logRecords":[{}]}]}]}"#
            #expect(
                try OTLPOutcome(Array(text.utf8), .json, limits: limits).lines
                    == [#"{"scope_logs":{"unknown_fields":{"scope":\#(scope)}}}"#])
        }
    }

    @Test
    func `a record over the limit is rejected`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 12
        let text =
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":1},{"flags":123456}]}]}]}"#
        let outcome = try OTLPOutcome(Array(text.utf8), .json, limits: limits)
        #expect(outcome.lines == [#"{"flags":1}"#] && outcome.reasons == [.tooLarge])
    }

    @Test(
        arguments: [
            "[]", "", " ", "1", #"{"logs":[]}"#, "{} x", #"{"logs":null}"#, #"{"resourceLogs":1}"#,
            #"{"resourceLogs":[1]}"#,
            #"{"resourceLogs":[{"scopeLogs":{}}]}"#, #"{"resourceLogs":[]} x"#,
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":1},{"flags":01}]}]}]}"#,
        ])
    func `what is no export is malformed, and kept whole`(text: String) throws {
        let outcome = try outcome(text)
        #expect(outcome.isMalformed && outcome.lines.isEmpty && outcome.reasons == [.malformed])
        #expect(outcome.rejected.count == 1)
    }

    @Test(
        arguments: [
            "{}", " { } ", #"{"resourceLogs":[]}"#, #"{"resourceLogs":null}"#,
            #" {"resourceLogs":[{}]} "#,
            "\u{FEFF}{\"resourceLogs\":[{\"scopeLogs\":[{}]}]}",
        ])
    func `a request without records is no mistake`(text: String) throws {
        let outcome = try outcome(text)
        #expect(!outcome.isMalformed && outcome.lines.isEmpty && outcome.rejected.isEmpty)
    }

    @Test
    func `no truncation is taken for the whole`() throws {
        let body = Array(Self.full.utf8)
        for end in 0..<body.count {
            let outcome = try OTLPOutcome(Array(body[..<end]), .json)
            #expect(outcome.isMalformed && outcome.lines.isEmpty, "\(end)")
        }
    }

    @Test
    func `a reader that pauses reads the same`() throws {
        let text = String(repeating: "x", count: 9000)
        let records = (0..<20).map { #"{"body":{"stringValue":"\#($0) \#(text)"}}"# }
        let group =
            #"{"scopeLogs":[{"logRecords":[\#(records.joined(separator: ","))],"schemaUrl":"u"}]}"#
        let body = #"{"resourceLogs":[\#(group),{},\#(group)]}"#
        let whole = try outcome(body)
        #expect(whole.lines.count == 40)
        #expect(try outcome(body, isPausing: true) == whole)
    }

    /// The first byte decides where the type says nothing.
    @Test
    func `JSON is known by its brace`() throws {
        let body = Array(Self.full.utf8)
        #expect(try OTLPOutcome(body, .unknown).lines == [ProtobufLogsTests.line])
        #expect(try OTLPOutcome(body, .protobuf).lines == [ProtobufLogsTests.line])
        #expect(
            try OTLPOutcome(ProtobufLogsTests.full, .unknown).lines == [ProtobufLogsTests.line])
    }
}
