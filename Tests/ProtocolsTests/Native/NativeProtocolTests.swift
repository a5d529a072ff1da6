// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Protocols
import Testing

struct NativeProtocolTests {
    private static func head(_ text: String) throws -> RequestHead {
        var parser = RequestParser(limits: Limits())
        return try #require(try parser.parse(Array(text.utf8).span, .service))
    }

    @Test(arguments: [
        ("POST /logs", "", BodyForm(.identity, .unknown)),
        ("POST /logs", "Content-Type: application/json\r\n", BodyForm(.identity, .json)),
        (
            "PUT /logs", "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n",
            BodyForm(.gzip, .ndjson)
        ),
        ("POST /logs", "Content-Encoding: deflate\r\n", BodyForm(.deflate, .unknown)),
        ("POST /logs", "Content-Encoding: zlib\r\n", BodyForm(.deflate, .unknown)),
        ("POST /logs", "Content-Encoding: zstd\r\n", BodyForm(.zstd, .unknown)),
        // The query of a GET is a form, however its body would be described.
        (
            "GET /log?a=b", "Content-Type: image/png\r\nContent-Encoding: br\r\n",
            BodyForm(.identity, .query, isQuery: true)
        ),
    ])
    func `the head gives the form of the body`(line: String, fields: String, form: BodyForm) throws
    {
        let head = try Self.head(
            "\(line) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\(fields)\r\n")
        #expect(try NativeProtocol().form(of: head, path: Span()) == form)
    }

    @Test(arguments: [
        ("Content-Encoding: br\r\n", "unsupported_encoding", "Accept-Encoding: "),
        ("Content-Encoding: snappy\r\n", "unsupported_encoding", "Accept-Encoding: "),
        ("Content-Encoding: gzip, gzip\r\n", "unsupported_encoding", "Accept-Encoding: "),
        ("Content-Type: multipart/form-data; boundary=x\r\n", "unsupported_type", "Accept: "),
        ("Content-Type: image/png\r\n", "unsupported_type", "Accept: "),
        ("Content-Type: text/plain; charset=latin1\r\n", "unsupported_charset", "Accept: "),
    ])
    func `an unsupported body is rejected with the list of supported ones`(
        fields: String, code: String, accepted: String
    ) throws {
        let head = try Self.head(
            "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\(fields)\r\n")
        let refusal = try #require(
            #expect(throws: Refusal.self) { try NativeProtocol().form(of: head, path: Span()) })
        #expect(refusal.status == .unsupportedMediaType && "\(refusal.code)" == code)
        #expect("\(try #require(refusal.headers.fields))".hasPrefix(accepted))
    }

    @Test(arguments: [
        ("{\"a\":1}\n{\"a\":2}", false, 200, "{\"accepted\":2,\"rejected\":0}\n"),
        (
            "{\"a\":1}\n{\"a\":", false, 200,
            "{\"accepted\":1,\"rejected\":1,\"errors\":[{\"index\":1,\"reason\":\"invalid_json\",\"offset\":13}]}\n"
        ),
        (
            "7", false, 400,
            "{\"error\":{\"code\":\"nothing_usable\",\"message\":\"None of the records can be used; they are kept as rejected.\"},\"accepted\":0,\"rejected\":1,\"errors\":[{\"index\":0,\"reason\":\"not_an_object\",\"offset\":0}]}\n"
        ),
        (
            "{\"a\":1}\n7", true, 400,
            "{\"error\":{\"code\":\"atomic_refused\",\"message\":\"The query asks for all records or none, and some cannot be used: none is written.\"},\"accepted\":0,\"rejected\":2,\"errors\":[{\"index\":1,\"reason\":\"not_an_object\",\"offset\":8}]}\n"
        ),
    ])
    func `the answer has the result of each record`(
        body: String, isAtomic: Bool, status: UInt16, answer: String
    ) throws {
        var ingester = Ingester()
        var bytes = ByteBuffer()
        var batch = ByteBuffer()
        var rejected = ByteBuffer()
        bytes.append(string: body)
        let report = try ingester.ingest(
            bytes.span, format: .ndjson, streamFormat: .json, atomic: isAtomic, into: &batch,
            rejected: &rejected,
            context: RejectionContext(timeMilliseconds: 0, stream: Span(), peer: Span()))
        var text = ByteBuffer()
        let response = NativeProtocol().answer(
            report, AnswerFacts(results: Span(), notes: Span(), kept: Span()), into: &text)
        #expect(
            response.status.code == status && response.contentType.description == "application/json"
        )
        #expect(String(text) == answer)
        #expect(response.isPrepared == (status == 200))
    }
}
