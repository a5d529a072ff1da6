// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Linux

/// Delivery to an HTTP endpoint by Amazon Data Firehose (AWS: request and response specifications).
///
/// A body is JSON with records in Base64, each of which is read as the service's own paths read a
/// body. Every answer is JSON that repeats the id of the request: to Firehose anything else is a failed
/// delivery, which it sends again.
package struct FirehoseProtocol: IngestProtocol {
    package init() {}

    package var name: StaticString? { "firehose" }

    package var paths: [IngestPath] {
        [IngestPath(.exact("/firehose"), [.post, .head, .options])]
    }

    package var credentials: CredentialPlaces { CredentialPlaces(field: .xAmzFirehoseAccessKey) }

    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        BodyForm(try head.contentEncoding.coding(), .json)
    }

    package var hasReader: Bool { true }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader { FirehoseReader(limits) }

    package func keep(
        _ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>, into kept: inout ByteBuffer
    ) { kept.append(bytes.extracting(head[.xAmzFirehoseRequestId])) }

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        let requestID = facts.kept.isEmpty ? facts.notes : facts.kept
        let refusal = report.atomicRefusal
        Self.append(requestID, refusal, to: &text)
        return refusal.map { Response($0.status, "application/json") } ?? .json
    }

    package func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? {
        Self.append(kept, refusal, to: &text)
        return Response(refusal.status, "application/json")
    }

    private static func append(
        _ requestID: Span<UInt8>, _ refusal: Refusal?, to text: inout ByteBuffer
    ) {
        text.append("{\"requestId\":\"")
        text.append(jsonEscaping: requestID)
        text.append("\",\"timestamp\":")
        text.append(decimal: Int(Clock.epochNanoseconds() / 1_000_000))
        if let refusal {
            text.append(",\"errorMessage\":\"")
            text.append(refusal.code)
            text.append(": ")
            text.append(refusal.message)
            text.append("\"")
        }
        text.append("}")
    }
}
