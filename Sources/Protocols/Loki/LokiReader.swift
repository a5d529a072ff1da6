// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Reads the bodies of pushes.
final class LokiReader: ProtocolReader {
    private var context = LokiContext()
    private var format = BodyFormat.unknown
    private var place = Place.start
    private let keptByteCount: Int

    private enum Place {
        case start
        case protobuf(LokiProtobuf)
        case json(LokiJSON)
        case end
    }

    init(_ limits: IngestLimits) { keptByteCount = limits.keptScratchByteCount }

    func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>) {
        context.readTenant(bytes.extracting(head[.xScopeOrgid]))
    }

    func begin(_ format: BodyFormat) {
        self.format = format
        place = .start
        context.begin()
    }

    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        if case .start = place { place = beginning(of: body) }
        while true {
            guard sink.tryReserve() else { throw .outOfMemory }
            let isEnd: Bool
            switch place {
            case .protobuf(var reading):
                isEnd = try reading.readPart(body, &context, into: &sink)
                place = .protobuf(reading)
            case .json(var reading):
                isEnd = try reading.readPart(body, &context, into: &sink)
                place = .json(reading)
            case .start, .end: isEnd = true
            }
            if isEnd { return true }
            guard sink.mayGoOn(until: deadline) else { return false }
        }
    }

    /// Of the two encodings, the first byte decides, because types are hints; but a message may begin
    /// with a line feed.
    private func beginning(of body: Span<UInt8>) -> Place {
        var start = 0
        if format == .json {
            if body.count >= 3, body[0] == 0xEF, body[1] == 0xBB, body[2] == 0xBF { start = 3 }
            while start < body.count, body[start].isJSONSpace { start += 1 }
        } else {
            while start < body.count, body[start].isJSONSpace { start += 1 }
            if start < body.count, body[start] != .openBrace || !body.endsLikeAnObject {
                start = 0
            }
        }
        guard start < body.count else { return .end }
        if format == .json || body[start] == .openBrace { return .json(LokiJSON(from: start)) }
        return .protobuf(LokiProtobuf(body, &context))
    }

    func appendNotes(to notes: inout ByteBuffer) {
        if context.hasMistake { notes.append("!") }
    }

    func shrink() { context.shrink(to: keptByteCount) }

    var heldByteCount: Int { context.byteCount }
}

extension Span<UInt8> {
    fileprivate var endsLikeAnObject: Bool {
        var end = count
        while end > 0, self[end - 1].isJSONSpace { end -= 1 }
        return end > 0 && self[end - 1] == .closeBrace
    }
}
