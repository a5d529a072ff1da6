// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import HTTP
import Ingest
import Protocols
import Testing

/// What became of a push.
struct Pushed: Equatable {
    var lines: [String] = []
    /// The bytes of the rejected records, as text.
    var rejected: [String] = []
    var reasons: [String] = []
    var status: UInt16 = 0
    var answer = ""
    /// How often the body was visited.
    var visits = 0

    /// Reads `body` as the service does.
    ///
    /// - Parameter isSliced: whether the reader pauses as often as it can.
    init(
        _ body: [UInt8], as format: BodyFormat = .unknown, coding: ContentCoding = .identity,
        tenant: String = "", isSliced: Bool = false, limits: IngestLimits = IngestLimits(),
        isAtomic: Bool = false
    ) throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\n\(tenant)Content-Length: 0\r\n\r\n"
        var parser = RequestParser(limits: Limits())
        let bytes = Array(text.utf8)
        let head = try #require(try parser.parse(bytes.span, .service))
        let reader = LokiProtocol().makeReader(limits, NoStreams())
        reader.read(head, path: Span(), bytes.span)
        var ingester = Ingester(limits: limits)
        var source = ByteBuffer()
        source.append(body.span)
        var batch = ByteBuffer()
        var kept = ByteBuffer()
        ingester.begin(
            coding: coding, format: format, reader: reader, streamFormat: .json, atomic: isAtomic,
            context: RejectionContext(timeMilliseconds: 0, stream: Span(), peer: Span()))
        var done: IngestReport?
        while done == nil {
            visits += 1
            done = try ingester.proceed(
                source.span, into: &batch, rejected: &kept, until: isSliced ? 0 : .max)
        }
        let report = try #require(done)
        lines = Self.lines(batch)
        #expect(lines.count == report.accepted)
        rejected = try Self.lines(kept).map { try Self.raw($0) }
        reasons = (0..<report.errorCount).map { "\(report.error(at: $0).reason.code)" }
        var notes = ByteBuffer()
        reader.appendNotes(to: &notes)
        var answer = ByteBuffer()
        let response = LokiProtocol().answer(
            report, AnswerFacts(results: Span(), notes: notes.span, kept: Span()), into: &answer)
        status = response.status.code
        self.answer = String(answer)
    }

    init(_ json: String, as format: BodyFormat = .json, isSliced: Bool = false) throws {
        try self.init(Array(json.utf8), as: format, isSliced: isSliced)
    }

    private static func lines(_ buffer: borrowing ByteBuffer) -> [String] {
        let text = String(buffer)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    private static func raw(_ line: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if let raw = object?["raw"] as? String { return raw }
        return "base64:\(object?["raw_base64"] as? String ?? "none")"
    }
}

/// Lets no record go to another stream.
final class NoStreams: BatchSelector {
    func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
}
