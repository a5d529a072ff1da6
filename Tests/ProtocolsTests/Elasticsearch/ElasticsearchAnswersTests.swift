// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Testing

@testable import Protocols

struct ElasticsearchAnswersTests {
    @Test(arguments: [
        (Status.serviceUnavailable, "unavailable"), (.unauthorized, "security_exception"),
        (.contentTooLarge, "content_too_long_exception"),
        (.notFound, "illegal_argument_exception"),
    ])
    func `a refusal is for the whole request, and keeps its status`(
        status: Status, type: String
    ) throws {
        var refusal = Refusal(
            status, "code", "why", headers: ResponseHeaders(retryAfterSeconds: 1))
        let protocols = ElasticsearchProtocol(version: "8.19.0", keepsActions: true)
        var text = ByteBuffer()
        let answer = protocols.answer(&refusal, Span(), into: &text)
        let response = try #require(answer)
        let said = String(text)
        #expect(said == #"{"error":{"type":"\#(type)","reason":"why"},"status":\#(status.code)}"#)
        #expect(response.status == status && refusal.headers.retryAfterSeconds == 1)
        #expect(response.fields.map { "\($0)" } == "X-Elastic-Product: Elasticsearch\r\n")
    }
}
