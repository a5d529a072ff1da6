// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Reads events, which stand one behind the other with or without anything between them, lines of
/// text, or the numbers of a question about acknowledgements.
final class SplunkReader: ProtocolReader {
    private var path = SplunkPath.events
    private var query = SplunkQuery()
    private var event = SplunkEvent()
    private var objects = ObjectSequence(firstMembers: [
        "\"event\"", "\"time\"", "\"host\"", "\"source\"", "\"sourcetype\"", "\"index\"",
        "\"fields\"",
    ])
    /// Where the next line begins.
    private var at = 0
    private var hasRecord = false
    private var acknowledged = ByteBuffer()

    /// How much is read before the time is asked for.
    private static var visitByteCount: Int { 32 << 10 }

    func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>) {
        self.path = SplunkPath(path)
        query.read(head, bytes)
    }

    func begin(_ format: BodyFormat) {
        objects.begin()
        at = 0
        hasRecord = false
        if !acknowledged.isEmpty { acknowledged.clear(keeping: 4096) }
    }

    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        if at == 0, let compression = CompressedBody(of: body) { throw .compressed(compression) }
        switch path {
        case .acknowledgement:
            hasRecord = !body.isBlank
            readAcknowledgements(body)
        case .lines:
            while try readLines(body, into: &sink) {
                if !sink.mayGoOn(until: deadline) { return false }
            }
        case .events, .health:
            while try readEvents(body, into: &sink) {
                if !sink.mayGoOn(until: deadline) { return false }
            }
        }
        if !hasRecord { throw .emptyBody }
        return true
    }

    func appendNotes(to notes: inout ByteBuffer) { notes.append(acknowledged) }

    var heldByteCount: Int { acknowledged.count }

    // MARK: Events

    /// Reads some events; false at the end of the body.
    private func readEvents(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) -> Bool {
        let enough = objects.offset + Self.visitByteCount
        while objects.offset < enough {
            guard objects.findNext(body, into: &sink) else {
                hasRecord = objects.hasRecord
                return false
            }
            do throws(JSONMistake) {
                try event.read(body, at: objects.offset, depthLimit: sink.limits.depth)
            } catch {
                objects.reject(body, error, into: &sink)
                continue
            }
            try write(body, into: &sink)
            objects.skip(to: event.range.upperBound)
        }
        return true
    }

    private func write(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) {
        let source = body.extracting(event.range)
        let place = event.range.lowerBound
        guard event[.event] != nil else {
            return try Self.append(
                source, event.hasLineBreaks, query, from: place, into: &sink)
        }
        sink.beginLine()
        let hasTime = SplunkLine(body).append(event, query, to: &sink.line)
        try sink.endLine(of: source, from: place, hasTime: hasTime)
    }

    /// The query is lent whole, because a span of one of its buffers counts as an access to its owner.
    private static func append(
        _ object: Span<UInt8>, _ hasLineBreaks: Bool, _ query: borrowing SplunkQuery,
        from place: Int, into sink: inout RecordSink
    ) throws(IngestError) {
        try sink.append(
            object: object, hasLineBreaks: hasLineBreaks, adding: query.member.span, from: place)
    }

    // MARK: Lines

    /// Reads some lines of text; false at the end of the body.
    private func readLines(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) -> Bool {
        let enough = at + Self.visitByteCount
        while at < enough {
            if at == body.count { return false }
            let lineFeed = body.firstIndex(of: .lineFeed, from: at)
            let hasReturn = lineFeed > at && body[lineFeed - 1] == .carriageReturn
            let line = body.extracting(at..<(hasReturn ? lineFeed - 1 : lineFeed))
            if !line.isBlank {
                hasRecord = true
                try Self.append(line, query, from: at, into: &sink)
            }
            at = min(lineFeed + 1, body.count)
        }
        return at < body.count
    }

    private static func append(
        _ line: Span<UInt8>, _ query: borrowing SplunkQuery, from place: Int,
        into sink: inout RecordSink
    ) throws(IngestError) {
        guard sink.takesObjects else {
            guard line.isUTF8 else { return sink.reject(line, .invalidUTF8, from: place) }
            return try sink.append(text: line, from: place)
        }
        sink.beginLine()
        sink.line.append("\"message\":")
        sink.line.append(jsonText: line)
        sink.line.append(.comma)
        sink.line.append(query.all)
        try sink.endLine(of: line, from: place, hasTime: false)
    }

    // MARK: Acknowledgements

    /// Notes `"0":true` for each number of `{"acks":[0,1]}`, as far as it is that.
    private func readAcknowledgements(_ body: Span<UInt8>) {
        var json = JSONScanner(body)
        do throws(JSONMistake) {
            var more = try json.openObject()
            while more {
                let key = try json.readKey()
                if json.isEqual(key, "acks"), json.peek() == .openBracket {
                    var hasNumber = try json.openArray()
                    while hasNumber {
                        let value = try json.skipValue()
                        if value.kind.isDigit { noteAcknowledgement(json.bytes(value.range)) }
                        hasNumber = try json.continueArray()
                    }
                } else {
                    _ = try json.skipValue()
                }
                more = try json.continueObject()
            }
        } catch {}
    }

    private func noteAcknowledgement(_ number: Span<UInt8>) {
        if !acknowledged.isEmpty { acknowledged.append(.comma) }
        acknowledged.append(.quote)
        acknowledged.append(number)
        acknowledged.append("\":true")
    }
}
