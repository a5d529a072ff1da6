// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// The service's own paths: `/logs` and its relatives, and `/log` for forms and queries.
package struct NativeProtocol: IngestProtocol {
    package init() {}

    package var name: StaticString? { nil }

    package var paths: [IngestPath] {
        [
            IngestPath(.exact("/logs"), Self.methods), IngestPath(.exact("/"), Self.methods),
            IngestPath(.stream, Self.methods),
            // One record from the query or a form, as Python's `HTTPHandler` sends it.
            IngestPath(.exact("/log"), [.get, .post, .head, .options]),
        ]
    }

    private static var methods: MethodSet { [.post, .put, .head, .options] }

    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        if head.method == .get { return BodyForm(.identity, .query, isQuery: true) }
        let coding = try head.contentEncoding.coding()
        guard head.mediaType.isSupported else { throw head.mediaType.refusal }
        return BodyForm(coding, BodyFormat(head.mediaType))
    }

    package func fitsRawStreams(_ path: Span<UInt8>) -> Bool { true }

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        guard report.accepted == 0, report.rejected > 0 else {
            text.append("{")
            Self.append(report, to: &text)
            return .json
        }
        let isWithheld = report.rejected(for: .withheld) > 0
        text.append(
            isWithheld
                ? "{\"error\":{\"code\":\"atomic_refused\",\"message\":\"The query asks for all records or none, and some cannot be used: none is written.\"},"
                : "{\"error\":{\"code\":\"nothing_usable\",\"message\":\"None of the records can be used; they are kept as rejected.\"},"
        )
        Self.append(report, to: &text)
        return Response(.badRequest, "application/json")
    }

    /// Appends the rest of an object: the results of the records.
    private static func append(_ report: borrowing IngestReport, to text: inout ByteBuffer) {
        text.append("\"accepted\":")
        text.append(decimal: report.accepted)
        text.append(",\"rejected\":")
        text.append(decimal: report.rejected)
        if report.rejected > 0 { appendErrors(of: report, to: &text) }
        if report.truncated > 0 {
            text.append(",\"truncated\":")
            text.append(decimal: report.truncated)
        }
        if report.unkept > 0 {
            text.append(",\"unkept\":")
            text.append(decimal: report.unkept)
        }
        if report.strayCommas > 0 {
            text.append(",\"stray_commas\":{\"count\":")
            text.append(decimal: report.strayCommas)
            text.append(",\"offset\":")
            text.append(decimal: report.strayCommaOffset)
            text.append("}")
        }
        text.append("}\n")
    }

    private static func appendErrors(of report: borrowing IngestReport, to text: inout ByteBuffer) {
        text.append(",\"errors\":[")
        for position in 0..<report.errorCount {
            let error = report.error(at: position)
            text.append(position > 0 ? ",{\"index\":" : "{\"index\":")
            text.append(decimal: error.index)
            text.append(",\"reason\":\"")
            text.append(error.reason.code)
            text.append("\",\"offset\":")
            text.append(decimal: error.offset)
            text.append("}")
        }
        text.append("]")
    }
}

extension BodyFormat {
    /// The form of the body according to its media type, which is only a hint.
    package init(_ type: MediaType) {
        switch type {
        case .json: self = .json
        case .ndjson: self = .ndjson
        case .sequence: self = .sequence
        case .form: self = .form
        case .text: self = .text
        // Unsupported types have been rejected before.
        case .missing, .other, .multipart, .binary, .foreignText: self = .unknown
        }
    }
}
