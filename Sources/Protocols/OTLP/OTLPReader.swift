// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// What came of reading a part of a body.
enum OTLPStep {
    /// More is to be read.
    case more
    /// All is read.
    case end
    /// The body is no export of logs; `at` is where that shows.
    case malformed(at: Int)
}

/// Reads the records of OTLP requests, in protobuf and in JSON.
final class OTLPReader: ProtocolReader {
    private var protobuf = ProtobufLogs()
    private var json = JSONLogs()
    private var format = BodyFormat.unknown
    private var isBegun = false
    private var note = OTLPNote(rawValue: 0)
    private let limits: IngestLimits

    init(_ limits: IngestLimits) { self.limits = limits }

    func begin(_ format: BodyFormat) {
        self.format = format
        isBegun = false
    }

    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        if !isBegun { beginReading(body) }
        var looked = progress
        while true {
            switch try step(body, into: &sink) {
            case .more: break
            case .end: return true
            case .malformed(let offset):
                note.insert(.isMalformed)
                sink.rollBack()
                sink.reject(body, .malformed, from: 0, mistakeAt: offset)
                return true
            }
            if deadline != .max, progress - looked >= Self.piece {
                looked = progress
                if Self.hasPassed(deadline) { return false }
            }
        }
    }

    /// Bytes that are read before the clock is looked at.
    private static let piece = 32 << 10

    private var progress: Int { isJSON ? json.progress : protobuf.progress }

    private var isJSON: Bool { note.contains(.isJSON) }

    private func step(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) -> OTLPStep {
        isJSON ? try json.step(body, into: &sink) : try protobuf.step(body, into: &sink)
    }

    private func beginReading(_ body: Span<UInt8>) {
        isBegun = true
        note = isJSON(body) ? .isJSON : []
        if isJSON { json.begin() } else { protobuf.begin() }
    }

    /// Whether the body is JSON: of a type that is missing or wrong the first byte decides.
    ///
    /// No protobuf message begins with a brace or bracket, which would be a group.
    private func isJSON(_ body: Span<UInt8>) -> Bool {
        if format == .json { return true }
        guard !body.isEmpty else { return false }
        return body[0] == .openBrace || body[0] == .openBracket
    }

    func appendNotes(to notes: inout ByteBuffer) {
        notes.append(note.rawValue)
    }

    func shrink() {
        protobuf.shrink(to: limits.keptScratchByteCount)
        json.shrink(to: limits.keptScratchByteCount)
    }

    var heldByteCount: Int { protobuf.heldByteCount + json.heldByteCount }
}
