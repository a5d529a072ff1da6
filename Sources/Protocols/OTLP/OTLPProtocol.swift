// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Logs of OpenTelemetry's SDKs and Collector: OTLP/HTTP, in protobuf and in JSON.
///
/// Answers are in the encoding of the request, or else clients take what was written for lost.
/// Source: opentelemetry-proto, `docs/specification.md`, OTLP/HTTP.
package struct OTLPProtocol: IngestProtocol {
    package init() {}

    package var name: StaticString? { "otlp" }

    package var paths: [IngestPath] {
        // The second is that of clients which were set up for Loki.
        ["/v1/logs", "/otlp/v1/logs"].map { IngestPath(.exact($0), [.post, .head, .options]) }
    }

    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        let coding = try head.contentEncoding.coding()
        return BodyForm(coding, BodyFormat(OTLPEncoding(head.mediaType)))
    }

    package var hasReader: Bool { true }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader {
        OTLPReader(limits)
    }

    package func keep(
        _ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>, into kept: inout ByteBuffer
    ) {
        kept.append(OTLPEncoding(head.mediaType).rawValue)
    }

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        let note = OTLPNote(facts.notes)
        var encoding = OTLPEncoding(kept: facts.kept)
        if encoding == .unknown { encoding = note.contains(.isJSON) ? .json : .protobuf }
        if note.contains(.isMalformed) {
            text.append(status: Self.malformed, encoding)
            return Response(.badRequest, encoding.mediaType)
        }
        if report.rejected(for: .withheld) > 0 {
            text.append(status: Self.withheld, encoding)
            return Response(.badRequest, encoding.mediaType)
        }
        if report.rejected > 0 {
            text.append(partialSuccess: report, encoding)
        } else if encoding == .json {
            text.append("{}")
            return .json
        }
        return Response(.ok, encoding.mediaType)
    }

    package func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? {
        // SDKs try for ten seconds, and double their wait from one second on: with two seconds, the
        // last try is the latest.
        if refusal.status == .serviceUnavailable { refusal.headers.retryAfterSeconds = 2 }
        let encoding = OTLPEncoding(kept: kept)
        text.append(status: refusal.message, encoding)
        return Response(refusal.status, encoding.mediaType)
    }

    private static var malformed: StaticString {
        "The body is not an ExportLogsServiceRequest; it is kept as rejected."
    }

    private static var withheld: StaticString {
        "The query asks for all records or none, and some cannot be used: none is written."
    }
}

/// How a request is encoded, and its answer.
enum OTLPEncoding: UInt8 {
    /// The type is missing or another one: the first byte of the body decides.
    case unknown
    case json, protobuf

    init(_ type: MediaType) {
        switch type {
        case .json: self = .json
        // Among them is `application/x-protobuf`.
        case .binary: self = .protobuf
        default: self = .unknown
        }
    }

    /// The encoding that the protocol has kept of the head.
    init(kept: Span<UInt8>) {
        self = kept.isEmpty ? .unknown : OTLPEncoding(rawValue: kept[0]) ?? .unknown
    }

    var mediaType: StaticString {
        self == .protobuf ? "application/x-protobuf" : "application/json"
    }
}

extension BodyFormat {
    fileprivate init(_ encoding: OTLPEncoding) {
        switch encoding {
        case .json: self = .json
        case .protobuf: self = .protobuf
        case .unknown: self = .unknown
        }
    }
}

/// What the reader notes of a body for the answer.
struct OTLPNote: OptionSet {
    let rawValue: UInt8

    static let isJSON = OTLPNote(rawValue: 1)
    /// The body is not OTLP, and is kept as a rejected record.
    static let isMalformed = OTLPNote(rawValue: 2)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ notes: Span<UInt8>) { self.init(rawValue: notes.isEmpty ? 0 : notes[0]) }
}
