// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Grafana Loki's push protocol: what Promtail, Alloy and the Loki outputs of other collectors send.
///
/// Bodies are protobuf in Snappy, or JSON in one of two forms. Sources: grafana/loki, push.proto and
/// *HTTP API*.
package struct LokiProtocol: IngestProtocol {
    package init() {}

    package var name: StaticString? { "loki" }

    package var paths: [IngestPath] {
        [
            IngestPath(.exact("/loki/api/v1/push"), [.post, .head, .options]),
            // Before Loki 1.0.
            IngestPath(.exact("/api/prom/push"), [.post, .head, .options]),
            // Vector asks before it sends.
            IngestPath(.exact("/ready"), [.get, .head, .options]),
        ]
    }

    package func purpose(
        of head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>
    ) -> RequestPurpose {
        let isQuestion = head.method == .get || head.method == .head
        return isQuestion && path.equals("/ready") ? .setUp(0, isOpen: true) : .ordinary
    }

    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        let format: BodyFormat
        switch head.mediaType {
        case .json, .ndjson, .sequence: format = .json
        default: format = .unknown
        }
        switch head.contentEncoding {
        case .snappy: return BodyForm(.snappy, format)
        // Protobuf is always in Snappy, whether the head says so or not.
        case .identity where format == .unknown: return BodyForm(.snappy, format)
        default: return BodyForm(try head.contentEncoding.coding(), format)
        }
    }

    package var hasReader: Bool { true }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader {
        LokiReader(limits)
    }

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        if report.rejected(for: .withheld) > 0 {
            text.append("The query asks for all records or none, and some cannot be used.\n")
            return Self.plain(.badRequest)
        }
        if report.accepted == 0, !facts.notes.isEmpty {
            text.append("The body is no push of Loki's; it is kept with the rejected records.\n")
            return Self.plain(.badRequest)
        }
        // Some clients take anything else for a failure. Records that are rejected are kept.
        return Response(.noContent, "")
    }

    package func answer(
        setUp number: UInt8, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response {
        text.append("ready\n")
        return Self.plain(.ok)
    }

    package func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? {
        text.append(refusal.message)
        text.append("\n")
        return Self.plain(refusal.status)
    }

    private static func plain(_ status: Status) -> Response {
        Response(status, "text/plain; charset=utf-8")
    }
}
