// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Testing

@testable import Protocols

struct OTLPProtocolTests {
    private func bytes(_ buffer: borrowing ByteBuffer) -> [UInt8] {
        (0..<buffer.count).map { buffer.span[$0] }
    }

    private func refusal(_ status: Status, _ kept: [UInt8]) -> (Refusal, Response?, [UInt8]) {
        var refusal = Refusal(
            status, "code", "Not now.", headers: ResponseHeaders(retryAfterSeconds: 1))
        var text = ByteBuffer()
        let response = OTLPProtocol().answer(&refusal, kept.span, into: &text)
        return (refusal, response, bytes(text))
    }

    @Test(arguments: [OTLPEncoding.unknown, .json])
    func `a refusal is a status in JSON`(encoding: OTLPEncoding) throws {
        let (refusal, response, text) = refusal(.serviceUnavailable, [encoding.rawValue])
        #expect(String(decoding: text, as: UTF8.self) == #"{"message":"Not now."}"#)
        #expect(try #require(response).contentType.description == "application/json")
        #expect(refusal.headers.retryAfterSeconds == 2)
    }

    @Test
    func `a refusal is a status in protobuf`() throws {
        let (refusal, response, text) = refusal(.contentTooLarge, [OTLPEncoding.protobuf.rawValue])
        #expect(text == Message.text(2, "Not now."))
        #expect(try #require(response).contentType.description == "application/x-protobuf")
        #expect(refusal.headers.retryAfterSeconds == 1)
    }
}
