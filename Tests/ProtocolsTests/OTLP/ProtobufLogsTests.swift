// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

struct ProtobufLogsTests {
    private typealias M = Message

    /// A request with a field of every kind, and its line.
    static let full: [UInt8] =
        M.message(
            1,
            // The resource comes behind its records, and in two parts.
            M.message(
                2,
                M.message(
                    2, M.fixed64(1, 1_763_904_335_123_456_789), M.fixed64(11, 1_000_000_000),
                    M.varint(2, 10), M.message(5, M.text(1, "a\nb")), M.text(12, "paid"),
                    M.bytes(9, Array(0..<16)), M.bytes(10, Array(240..<248)), M.fixed32(8, 257),
                    M.attribute("i", M.varint(3, UInt64(bitPattern: -5))),
                    M.attribute("d", M.fixed64(4, (1.5).bitPattern)), M.varint(7, 3),
                    M.attribute("a", M.message(5, M.message(1, M.varint(2, 1)), M.message(1)))),
                M.message(1, M.text(1, "lib"), M.text(2, "1.0")), M.text(3, "https://scope")),
            M.message(1, M.message(1, M.text(1, "service.name"), M.message(2, M.text(1, "shop")))),
            M.message(1, M.varint(2, 4), M.message(3, M.text(2, "service"), M.text(3, "id"))),
            M.text(3, "https://resource"))

    static let line =
        #"{"time":"2025-11-23T13:25:35.123456789Z","observed_time":"1970-01-01T00:00:01.000000000Z","#
        + #""level":"INFO2","severity_number":10,"message":"a\nb","event_name":"paid","#
        + #""trace_id":"000102030405060708090a0b0c0d0e0f","span_id":"f0f1f2f3f4f5f6f7","#
        + #""flags":257,"attributes":{"i":-5,"d":1.5,"a":[true,null]},"#
        + #""dropped_attributes_count":3,"#
        + #""scope":{"name":"lib","version":"1.0","schema_url":"https://scope"},"#
        + #""resource":{"attributes":{"service.name":"shop"},"dropped_attributes_count":4,"#
        + #""entity_refs":[{"type":"service","id_keys":["id"]}],"schema_url":"https://resource"}}"#

    @Test
    func `each field has its place in the line`() throws {
        let outcome = try OTLPOutcome(Self.full, .protobuf)
        #expect(outcome.lines == [Self.line] && outcome.rejected.isEmpty)
    }

    @Test(
        arguments: [
            ([], "null"), (M.text(1, ""), #""""#), (M.varint(2, 0), "false"),
            (M.varint(3, 1 << 63), "-9223372036854775808"),
            (M.varint(3, (1 << 63) - 1), "9223372036854775807"),
            (M.fixed64(4, Double.nan.bitPattern), #""NaN""#),
            (M.fixed64(4, (-Double.infinity).bitPattern), #""-Infinity""#),
            (M.fixed64(4, (-0.0).bitPattern), "-0.0"), (M.fixed64(4, (1e300).bitPattern), "1e+300"),
            (M.bytes(7, [0, 255]), #"{"base64":"AP8="}"#), (M.message(5), "[]"),
            (M.message(6), "{}"), (M.bytes(1, [0xFF]), #"{"base64":"/w=="}"#),
            // Of several values the last counts; arrays go on.
            (M.text(1, "a") + M.varint(3, 1), "1"),
            (
                M.message(5, M.message(1, M.varint(3, 1)))
                    + M.message(5, M.message(1, M.varint(3, 2))),
                "[1,2]"
            ),
            (M.message(5, M.message(1)) + M.varint(3, 1) + M.message(5), "[]"),
            // Keys are repeated, and stay.
            (
                M.message(
                    6, M.message(1, M.text(1, "k"), M.message(2, M.varint(3, 1))),
                    M.message(1, M.message(2, M.varint(3, 2)), M.text(1, "k")),
                    M.message(1, M.text(1, "n")), M.message(1)),
                #"{"k":1,"k":2,"n":null,"":null}"#
            ),
            (M.varint(8, 5), #"{"unknown_fields":{"8":"QAU="}}"#),
            (M.varint(3, 1) + M.varint(8, 5), #"{"value":1,"unknown_fields":{"8":"QAU="}}"#),
            (
                M.message(6, M.message(1, M.text(1, "k"), M.varint(3, 5))),
                #"{"k":{"value":null,"unknown_fields":{"3":"GAU="}}}"#
            ),
            (
                M.message(5, M.varint(2, 1)),
                #"{"values":[],"unknown_fields":{"2":"EAE="}}"#
            ),
        ] as [([UInt8], String)])
    func `each value is written as what it is`(value: [UInt8], expected: String) throws {
        let record = M.attribute("v", value)
        let outcome = try OTLPOutcome(M.request(record), .protobuf)
        #expect(outcome.lines == [#"{"attributes":{"v":"# + expected + "}}"])
    }

    @Test(
        arguments: [
            (M.message(5), #""body":null"#), (M.message(5, M.text(1, "")), #""message":"""#),
            (M.message(5, M.bytes(1, [0xFF])), #""message":{"base64":"/w=="}"#),
            (M.message(5, M.varint(3, 5)), #""body":5"#),
            (M.message(5, M.varint(3, 5)) + M.message(5, M.text(1, "a")), #""message":"a""#),
            (M.message(5, M.fixed64(4, Double.nan.bitPattern)), #""body":"NaN""#),
            (M.text(3, "Notice") + M.varint(2, 9), #""level":"Notice","severity_number":9"#),
            (M.varint(2, 24), #""level":"FATAL4","severity_number":24"#),
            (M.varint(2, 25), #""severity_number":25"#), (M.varint(2, 0), ""),
            (M.varint(2, UInt64(bitPattern: -1)), #""severity_number":-1"#),
            // Ids of other lengths, and digits in the place of bytes.
            (M.bytes(9, [1, 2]), #""trace_id":"0102""#),
            (
                M.text(9, "0AF7651916CD43DD8448EB211C80319C"),
                #""trace_id":"0af7651916cd43dd8448eb211c80319c""#
            ),
            (M.text(10, "b7ad6b7169203331"), #""span_id":"b7ad6b7169203331""#),
            (M.text(10, "b7ad6b71"), #""span_id":"6237616436623731""#),
            (M.varint(13, 5), #""unknown_fields":{"13":"aAU="}"#),
            // A known number of another type is unknown.
            (M.varint(1, 5), #""unknown_fields":{"1":"CAU="}"#),
        ] as [([UInt8], String)])
    func `each field of a record is written as what it is`(
        record: [UInt8], expected: String
    ) throws {
        #expect(try OTLPOutcome(M.request(record), .protobuf).lines == ["{\(expected)}"])
    }

    @Test
    func `unknown fields of the messages around are kept with their names`() throws {
        let body =
            M.message(
                1, M.varint(1000, 1), M.message(1, M.varint(9, 1)),
                M.message(2, M.varint(9, 2), M.message(1, M.varint(9, 3)), M.message(2)))
            + M.varint(7, 4)
        #expect(
            try OTLPOutcome(body, .protobuf).lines == [
                #"{"scope":{"unknown_fields":{"9":"SAM="}},"scope_logs":{"unknown_fields":{"9":"SAI="}},"#
                    + #""resource":{"unknown_fields":{"9":"SAE="}},"#
                    + #""resource_logs":{"unknown_fields":{"1000":"wD4B"}},"#
                    + #""request":{"unknown_fields":{"7":"OAQ="}}}"#
            ])
    }

    @Test
    func `a resource that is malformed is kept as its bytes`() throws {
        let body = M.message(1, M.bytes(1, [0x0B]), M.message(2, M.message(2)))
        #expect(
            try OTLPOutcome(body, .protobuf).lines == [#"{"resource":{"base64":"Cw=="}}"#])
    }

    @Test
    func `a resource over the limit is kept as its bytes`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 8
        let resource = M.message(1, M.text(1, "a long name"))
        let body = M.message(1, M.bytes(1, resource), M.message(2, M.message(2)))
        let outcome = try OTLPOutcome(body, .protobuf, limits: limits)
        #expect(outcome.lines == [#"{"resource":{"base64":"Cg0KC2EgbG9uZyBuYW1l"}}"#])
    }

    @Test(
        arguments: [
            ([0x0B], RejectionReason.malformed), ([0x09, 1], .malformed),
            (M.attribute("k", [0x0A, 9]), .malformed), (M.attribute("k", M.nested(63)), .tooDeep),
        ] as [([UInt8], RejectionReason)])
    func `a bad record among good ones costs only itself`(
        bad: [UInt8], reason: RejectionReason
    ) throws {
        let good = M.message(5, M.text(1, "good"))
        let outcome = try OTLPOutcome(M.request(good, bad, good), .protobuf)
        #expect(outcome.lines == [#"{"message":"good"}"#, #"{"message":"good"}"#])
        #expect(outcome.reasons == [reason] && !outcome.isMalformed)
        #expect(outcome.rejected.count == 1)
    }

    @Test
    func `values may be nested as deeply as the limit says`() throws {
        let outcome = try OTLPOutcome(M.request(M.attribute("k", M.nested(62))), .protobuf)
        #expect(outcome.lines.count == 1)
    }

    @Test
    func `a record over the limit is rejected`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 16
        let body = M.request(
            M.message(5, M.text(1, "short")), M.message(5, M.text(1, "a text that is too long")))
        let outcome = try OTLPOutcome(body, .protobuf, limits: limits)
        #expect(outcome.lines == [#"{"message":"short"}"#])
        #expect(outcome.reasons == [.tooLarge])
    }

    @Test(
        arguments: [
            Array("hello".utf8), [0x0A], [0x0A, 5, 1], M.varint(7, 4),
            M.message(1, M.message(2, [0x12, 3])), M.request([]) + [0x0B],
        ])
    func `what is no export is malformed, and kept whole`(body: [UInt8]) throws {
        let outcome = try OTLPOutcome(body, .protobuf)
        #expect(outcome.isMalformed && outcome.lines.isEmpty && outcome.reasons == [.malformed])
        #expect(outcome.rejected.count == 1)
    }

    @Test(arguments: [[], M.message(1), M.message(1, M.message(2))])
    func `a request without records is no mistake`(body: [UInt8]) throws {
        let outcome = try OTLPOutcome(body, .protobuf)
        #expect(!outcome.isMalformed && outcome.lines.isEmpty && outcome.rejected.isEmpty)
    }

    /// A body that is cut is malformed, or is that of one record less where a message ends.
    @Test
    func `no truncation is taken for the whole`() throws {
        for end in 1..<Self.full.count {
            let outcome = try OTLPOutcome(Array(Self.full[..<end]), .protobuf)
            #expect(outcome.isMalformed && outcome.lines.isEmpty, "\(end)")
        }
    }

    /// The same within a record, whose length is then right.
    @Test
    func `a record that is cut never traps`() throws {
        let record = M.attribute("list", M.nested(3)) + M.fixed64(1, 5) + M.text(3, "level")
        for end in 0..<record.count {
            let outcome = try OTLPOutcome(M.request(Array(record[..<end])), .protobuf)
            #expect(outcome.lines.count + outcome.reasons.count == 1 && !outcome.isMalformed)
        }
    }

    @Test
    func `a reader that pauses reads the same`() throws {
        let text = String(repeating: "x", count: 9000)
        let records = (0..<20).map { M.message(2, M.message(5, M.text(1, "\($0) \(text)"))) }
        let body =
            M.message(1, M.bytes(2, records[..<10].flatMap(\.self)), M.bytes(2, records[10]))
            + M.message(1, M.bytes(2, records[11...].flatMap(\.self)), M.message(1)) + Self.full
        let whole = try OTLPOutcome(body, .protobuf)
        #expect(whole.lines.count > 19 && whole.lines.last == Self.line)
        #expect(try OTLPOutcome(body, .protobuf, isPausing: true) == whole)
    }
}
