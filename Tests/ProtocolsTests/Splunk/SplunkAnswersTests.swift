// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Testing

@testable import Protocols

@Suite struct SplunkAnswersTests {
    private static let channel = "\r\nX-Splunk-Request-Channel: c\r\n"

    @Test func `requests with a channel are numbered if acknowledgements are on`() throws {
        let ingest = SplunkProtocol(isAcknowledging: true)
        let body = Array(#"{"event":1}"#.utf8)
        let answers = try [
            "/services/collector" + Self.channel, "/services/collector",
            "/services/collector/raw?channel=c",
        ].map { try BodyRun("POST \($0)", body, by: ingest).answer }
        #expect(
            answers == [
                #"{"text":"Success","code":0,"ackId":0}"#, #"{"text":"Success","code":0}"#,
                #"{"text":"Success","code":0,"ackId":1}"#,
            ])
        let request = "POST /services/collector" + Self.channel
        let off = try BodyRun(request, body, by: SplunkProtocol())
        #expect(off.answer == #"{"text":"Success","code":0}"#)
    }

    @Test(arguments: [
        (#"{"acks":[0,1,12]}"#, #"{"acks":{"0":true,"1":true,"12":true}}"#),
        (#" {"x":{},"acks":[ 7 ]} "#, #"{"acks":{"7":true}}"#), (#"{"acks":[]}"#, #"{"acks":{}}"#),
        (#"{"acks":["0",null,-1,2]}"#, #"{"acks":{"2":true}}"#), ("text", #"{"acks":{}}"#),
        (#"{"acks":3}"#, #"{"acks":{}}"#),
    ])
    func `every number is acknowledged`(body: String, answer: String) throws {
        let ingest = SplunkProtocol(isAcknowledging: true)
        let request = "POST /services/collector/ack" + Self.channel
        let read = try BodyRun(request, Array(body.utf8), by: ingest)
        #expect(read.answer == answer && read.status == 200 && read.lines.isEmpty)
    }

    @Test func `an atomic request with a bad event is rejected`() throws {
        var options = BodyRun.Options()
        options.isAtomic = true
        let read = try BodyRun(
            "POST /services/collector", Array("{\"event\":1}{\"event\":}".utf8),
            by: SplunkProtocol(), options)
        #expect(read.status == 400 && read.answer == #"{"text":"Invalid data format","code":6}"#)
    }

    private static func head(_ request: String) throws -> (RequestHead, [UInt8]) {
        let bytes = Array("\(request)\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        return (try #require(try parser.parse(bytes.span, .service)), bytes)
    }

    @Test(arguments: [
        ("GET", "/services/collector/health", false, 200, #"{"text":"HEC is healthy","code":17}"#),
        (
            "GET", "/services/collector/health/1.0", true, 200,
            #"{"text":"HEC is healthy","code":17}"#
        ),
        ("HEAD", "/services/collector/health", true, 200, #"{"text":"HEC is healthy","code":17}"#),
        ("POST", "/services/collector/ack", false, 400, #"{"text":"ACK is disabled","code":14}"#),
        (
            "POST", "/services/collector/ack", true, 400,
            #"{"text":"Data channel is missing","code":10}"#
        ),
        ("POST", "/services/collector/ack?channel=c", true, 0, ""),
        ("POST", "/services/collector", true, 0, ""),
        ("POST", "/services/collector/raw", true, 0, ""),
        ("OPTIONS", "/services/collector/ack", false, 0, ""),
        ("POST", "/services/collector/health", false, 0, ""),
    ])
    func `requests without records have answers of their own`(
        method: String, path: String, isAcknowledging: Bool, status: UInt16, answer: String
    ) throws {
        let ingest = SplunkProtocol(isAcknowledging: isAcknowledging)
        let (head, bytes) = try Self.head("\(method) \(path) HTTP/1.1\r\nHost: a\r\n")
        let purpose = ingest.purpose(of: head, path: bytes.span.extracting(head.path), bytes.span)
        guard case .setUp(let number, let isOpen) = purpose else {
            #expect(purpose == .ordinary && answer.isEmpty)
            return
        }
        #expect(isOpen == path.contains("health"))
        var text = ByteBuffer()
        let response = ingest.answer(setUp: number, Span(), into: &text)
        #expect(response.status.code == status && String(text) == answer)
    }

    @Test(arguments: [
        (Status.unauthorized, "missing_token", "", 401, 2),
        (.unauthorized, "missing_token", "Digest x", 401, 3),
        (.unauthorized, "wrong_token", "Splunk x", 403, 4),
        (.unauthorized, "expired_token", "Splunk x", 403, 4),
        (.forbidden, "stream_not_allowed", "Splunk x", 403, 4),
        (.badRequest, "empty_body", "", 400, 5),
        (.badRequest, "corrupt_body", "", 400, 6),
        (.contentTooLarge, "batch_too_large", "", 413, 6),
        (.tooManyRequests, "too_many_wrong_tokens", "", 429, 9),
        (.serviceUnavailable, "disk_low", "", 503, 9),
        (.methodNotAllowed, "method_not_allowed", "", 405, 6),
    ])
    func `a rejected request has a code of Splunk's`(
        status: Status, code: String, authorization: String, answered: UInt16, number: Int
    ) throws {
        let field = authorization.isEmpty ? "" : "Authorization: \(authorization)\r\n"
        let (head, bytes) = try Self.head(
            "POST /services/collector HTTP/1.1\r\nHost: a\r\n\(field)")
        let ingest = SplunkProtocol()
        var kept = ByteBuffer()
        ingest.keep(
            head, path: bytes.span.extracting(head.path), bytes.span, into: &kept)
        var refusal = Self.refusal(status, code)
        refusal.headers.wwwAuthenticate = "Basic"
        var text = ByteBuffer()
        let response = try #require(ingest.answer(&refusal, kept.span, into: &text))
        #expect(response.status.code == answered && refusal.status.code == answered)
        #expect((refusal.headers.wwwAuthenticate == nil) == (status.code == 401 && answered == 403))
        #expect(String(text).contains("\"code\":\(number)"))
        #expect(String(text).contains(code) == (number == 6))
        if number == 9 { #expect(String(text) == #"{"text":"Server is busy","code":9}"#) }
    }

    private static func refusal(_ status: Status, _ code: String) -> Refusal {
        let codes: [StaticString] = [
            "missing_token", "wrong_token", "expired_token", "stream_not_allowed", "empty_body",
            "corrupt_body", "batch_too_large", "too_many_wrong_tokens", "disk_low",
            "method_not_allowed",
        ]
        return Refusal(status, codes.first { "\($0)" == code } ?? "unknown", "A sentence.")
    }
}
