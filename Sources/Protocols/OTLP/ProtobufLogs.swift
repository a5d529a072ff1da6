// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// Reads an `ExportLogsServiceRequest` in protobuf, record by record.
///
/// It keeps its place as offsets, so that it can pause between any two records.
struct ProtobufLogs: ~Copyable {
    private var group = OTLPGroup()
    /// Members for the request's own unknown fields.
    private var request = ByteBuffer()
    private var groups = ProtobufFields(in: 0..<0)
    private var scopes = ProtobufFields(in: 0..<0)
    private var records = ProtobufFields(in: 0..<0)
    private var stage = Stage.start

    private enum Stage {
        case start, groups, scopes, records
    }

    /// Where in the body reading has come to.
    var progress: Int {
        switch stage {
        case .start: 0
        case .groups: groups.end
        case .scopes: scopes.end
        case .records: records.end
        }
    }

    var heldByteCount: Int { group.byteCount + request.capacity }

    mutating func begin() { stage = .start }

    mutating func shrink(to byteCount: Int) {
        group.shrink(to: byteCount)
        if request.capacity > byteCount { request = ByteBuffer() }
    }

    /// Reads the next record, or the next message around records.
    mutating func step(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) -> OTLPStep {
        let next: Next
        do throws(ProtobufError) {
            next = try self.next(in: body, limit: sink.limits.recordByteCount)
        } catch {
            return .malformed(at: error.offset)
        }
        switch next {
        case .end: return .end
        case .other: return .more
        case .record:
            try append(recordOf: body, to: &sink)
            return .more
        }
    }

    private enum Next {
        case record, other, end
    }

    /// Goes to the next record, or to the next message around records.
    ///
    /// - Throws: if the messages around records cannot be told apart.
    private mutating func next(
        in body: Span<UInt8>, limit: Int
    ) throws(ProtobufError) -> Next {
        switch stage {
        case .start:
            try begin(body)
            stage = .groups
        case .groups:
            guard try groups.next(in: body) else { return .end }
            guard groups.number == 1, groups.type == .length else { break }
            try group.makeResource(at: groups.contents, in: body, limit: limit, request: request)
            scopes = ProtobufFields(in: groups.contents)
            stage = .scopes
        case .scopes:
            guard try scopes.next(in: body) else {
                stage = .groups
                break
            }
            guard scopes.number == 2, scopes.type == .length else { break }
            try group.makeScope(at: scopes.contents, in: body, limit: limit)
            records = ProtobufFields(in: scopes.contents)
            stage = .records
        case .records:
            guard try records.next(in: body) else {
                stage = .scopes
                break
            }
            if records.number == 2, records.type == .length { return .record }
        }
        return .other
    }

    /// Reads the fields of the request itself.
    ///
    /// A body that is not empty but has no resources is no export of logs.
    private mutating func begin(_ body: Span<UInt8>) throws(ProtobufError) {
        request.removeAll()
        groups = ProtobufFields(in: 0..<body.count)
        var fields = groups
        var hasUnknown = false
        var hasGroups = false
        while try fields.next(in: body) {
            if fields.number == 1, fields.type == .length {
                hasGroups = true
            } else {
                hasUnknown = true
            }
        }
        guard hasUnknown else { return }
        guard hasGroups else { throw ProtobufError(.wireType, at: 0) }
        request.append("\"request\":{")
        try request.append(unknownFieldsOf: .request, at: 0..<body.count, in: body)
        request.closeObject()
        request.append(",")
    }

    /// Appends the line of the record to which `next` has gone, or rejects it.
    private func append(recordOf body: Span<UInt8>, to sink: inout RecordSink) throws(IngestError) {
        let range = records.contents
        let source = body.extracting(range)
        guard sink.fits(source) else {
            return sink.reject(source, .tooLarge, from: range.lowerBound)
        }
        sink.beginLine()
        var hasTime = false
        do throws(ProtobufError) {
            let record = try ProtobufRecord(at: range, in: body)
            hasTime = record.hasTime
            try record.append(to: &sink.line, from: body)
        } catch {
            sink.dropLine()
            // The offset may be one in a copy, of a message that was sent in parts.
            let mistake = range.contains(error.offset) ? error.offset - range.lowerBound : 0
            return sink.reject(
                source, error.reason == .tooDeep ? .tooDeep : .malformed, from: range.lowerBound,
                mistakeAt: mistake)
        }
        group.append(to: &sink.line)
        try sink.endLine(of: source, from: range.lowerBound, hasTime: hasTime)
    }
}
