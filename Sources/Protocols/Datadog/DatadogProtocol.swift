// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Datadog's intake of logs.
///
/// Source: Datadog's page "Send logs", and its clients: the agent, the Lambda extension, Fluent Bit,
/// Vector.
package struct DatadogProtocol: IngestProtocol {
    package init() {}

    package var name: StaticString? { "datadog" }

    package var paths: [IngestPath] {
        let records: MethodSet = [.post, .head, .options]
        return [
            IngestPath(.exact("/api/v2/logs"), records), IngestPath(.exact("/v1/input"), records),
            IngestPath(.template("/v1/input/{key}"), records),
            IngestPath(.exact("/api/v1/validate"), [.get, .head, .options]),
        ]
    }

    package var credentials: CredentialPlaces {
        CredentialPlaces(
            field: .ddApiKey, parameters: ["dd-api-key", "token"], pathPrefix: "/v1/input/")
    }

    package func purpose(
        of head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>
    ) -> RequestPurpose {
        // With it clients ask whether their key is valid.
        path.equals("/api/v1/validate") && head.method == .get
            ? .setUp(0, isOpen: false) : .ordinary
    }

    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        BodyForm(try head.contentEncoding.coding(), .unknown)
    }

    package var hasReader: Bool { true }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader {
        DatadogReader()
    }

    // MARK: Answers

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        // The query asked for all or nothing.
        if report.rejected(for: .withheld) > 0 {
            text.append("{\"errors\":[\"Some entries cannot be used; none is written.\"]}")
            return Response(.badRequest, "application/json")
        }
        // Some clients compare it byte by byte.
        text.append("{}")
        return Response(.accepted, "application/json")
    }

    package func answer(
        setUp number: UInt8, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response {
        text.append("{\"valid\":true}")
        return .json
    }

    package func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? {
        text.append("{\"errors\":[\"")
        text.append(refusal.message)
        text.append("\"]}")
        return Response(refusal.status, "application/json")
    }
}
