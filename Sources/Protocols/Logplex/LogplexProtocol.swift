// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Heroku's Logplex, which delivers the lines of an app to a drain (heroku/logplex:
/// README.http_drains.md).
///
/// A body is frames of syslog, each behind its length. Logplex sends a frame twice in all and drops it
/// if the answer is 4xx, so every frame becomes a record, whatever it is, and the number of frames in
/// the head is no reason to reject any.
package struct LogplexProtocol: IngestProtocol {
    package init() {}

    package var name: StaticString? { "logplex" }

    package var paths: [IngestPath] {
        [IngestPath(.exact("/logplex"), [.post, .head, .options])]
    }

    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        BodyForm(try head.contentEncoding.coding(), .text)
    }

    package var hasReader: Bool { true }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader { LogplexReader() }

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        if let refusal = report.atomicRefusal { return refusal.response(into: &text) }
        return Response(.noContent, "")
    }
}
