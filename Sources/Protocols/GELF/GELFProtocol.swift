// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// GELF over HTTP, as Graylog's clients send it: JSON objects, which pass byte for byte.
///
/// Neither a version nor a short message is demanded, because a record that says less is better than
/// none: most clients read no answer, and none of them sends again.
package struct GELFProtocol: IngestProtocol {
    package init() {}

    package var name: StaticString? { "gelf" }

    package var paths: [IngestPath] { [IngestPath(.exact("/gelf"), [.post, .head, .options])] }

    /// Clients that compress call that `gzip,deflate`, which is one of the two, usually in zlib's
    /// format.
    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        let isEither = head.contentEncoding == .several
        return BodyForm(isEither ? .detected : try head.contentEncoding.coding(), .json)
    }

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        if let refusal = report.atomicRefusal { return refusal.response(into: &text) }
        return Response(.accepted, "")
    }
}
