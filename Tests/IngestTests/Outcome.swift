// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation

@testable import Ingest

/// What became of one body, in a form that tests can compare.
struct Outcome: Equatable {
    var lines: [String]
    var rejected: [String]
    var accepted: Int
    var rejectedCount: Int
    var errors: [ListedError]
    var truncated: Int
    var unkept: Int
    var bytes: [UInt8]
    var strayCommas = 0
    var strayCommaOffset = 0

    var reasons: [String] { errors.map { "\($0.reason.code)" } }
    var indices: [Int] { errors.map(\.index) }

    /// The kept text of the rejected records.
    func raw() throws -> [String] {
        try rejected.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let fields = object as? [String: Any] ?? [:]
            return fields["raw"] as? String ?? "base64:\(fields["raw_base64"] ?? "")"
        }
    }
}

/// Ingests `body` with fresh state.
func ingest(
    _ body: [UInt8], coding: ContentCoding = .identity, as format: BodyFormat = .unknown,
    into stream: StreamFormat = .json, atomic: Bool = false,
    limits: IngestLimits = IngestLimits(), stamp: String = ""
) throws(IngestError) -> Outcome {
    var ingester = Ingester(limits: limits)
    return try ingester.outcome(
        body, coding: coding, as: format, into: stream, atomic: atomic, stamp: stamp)
}

func ingest(
    _ body: String, as format: BodyFormat = .unknown, into stream: StreamFormat = .json,
    atomic: Bool = false, limits: IngestLimits = IngestLimits(), stamp: String = ""
) throws(IngestError) -> Outcome {
    try ingest(
        Array(body.utf8), as: format, into: stream, atomic: atomic, limits: limits, stamp: stamp)
}

extension Ingester {
    /// Ingests `body` behind contents that must stay as they are.
    mutating func outcome(
        _ body: [UInt8], coding: ContentCoding = .identity, as format: BodyFormat = .unknown,
        into stream: StreamFormat = .json, atomic: Bool = false, stamp: String = ""
    ) throws(IngestError) -> Outcome {
        var buffer = ByteBuffer(capacity: body.count)
        buffer.append(body.span)
        var batch = ByteBuffer()
        batch.append("earlier\n")
        var rejected = ByteBuffer()
        rejected.append("earlier\n")
        let name = Array("app".utf8)
        let peer = Array("192.0.2.7:4711".utf8)
        let context = RejectionContext(
            timeMilliseconds: 1_795_440_335_123, stream: name.span, peer: peer.span)
        let stampBytes = Array(stamp.utf8)
        let report: IngestReport
        do throws(IngestError) {
            report = try ingest(
                buffer.span, coding: coding, format: format, streamFormat: stream, atomic: atomic,
                into: &batch, rejected: &rejected, context: context, stamp: stampBytes.span,
                textStamp: stampBytes.span)
        } catch {
            precondition(batch.copy == Array("earlier\n".utf8))
            precondition(rejected.copy == Array("earlier\n".utf8))
            throw error
        }
        return Outcome(report, batch: batch.copy, rejected: rejected.copy)
    }
}

extension Outcome {
    init(_ report: IngestReport, batch: [UInt8], rejected: [UInt8]) {
        precondition(batch.starts(with: "earlier\n".utf8))
        precondition(rejected.starts(with: "earlier\n".utf8))
        let bytes = Array(batch.dropFirst(8))
        self.init(
            lines: Self.lines(bytes), rejected: Self.lines(Array(rejected.dropFirst(8))),
            accepted: report.accepted, rejectedCount: report.rejected,
            errors: (0..<report.errorCount).map { report.error(at: $0) },
            truncated: report.truncated, unkept: report.unkept, bytes: bytes,
            strayCommas: report.strayCommas, strayCommaOffset: report.strayCommaOffset)
    }

    /// The lines of a file; the last one, too, must be ended.
    private static func lines(_ bytes: [UInt8]) -> [String] {
        precondition(bytes.isEmpty || bytes.last == .lineFeed)
        return bytes.split(separator: .lineFeed, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}

extension ByteBuffer {
    var copy: [UInt8] {
        let span = span
        return (0..<span.count).map { span[$0] }
    }
}
