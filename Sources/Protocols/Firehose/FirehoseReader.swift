// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Reads `{"requestId":"…","timestamp":1,"records":[{"data":"Base64"}]}`.
///
/// The data of a record is text or its gzip, in which there may be many records of the service.
final class FirehoseReader: ProtocolReader {
    private let limits: IngestLimits
    private var inner: InnerBodyReader
    private var origin = FirehoseOrigin()
    /// The id in the body, if the head has none.
    private var bodyID = ByteBuffer()
    /// `"_firehose":{…}`.
    private var member = ByteBuffer()

    /// What is next, at `at` in the body, where `depth` objects and arrays are open.
    private var place = Place.start
    private var at = 0
    private var depth = 0
    private var hasRecords = false
    /// The data of the record that is read now.
    private var data = ByteBuffer()
    /// Bytes of the data of all records up to now, decoded.
    private var decodedByteCount = 0

    private enum Place {
        case start, member, record, data, separator, end
    }

    init(_ limits: IngestLimits) {
        self.limits = limits
        inner = InnerBodyReader(limits: limits)
    }

    func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>) {
        origin.read(head, bytes)
        bodyID.removeAll()
    }

    func begin(_ format: BodyFormat) {
        place = .start
        at = 0
        depth = 0
        hasRecords = false
        decodedByteCount = 0
    }

    func appendNotes(to notes: inout ByteBuffer) { notes.append(bodyID) }

    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        if place == .start { beginRecords(body, &sink) }
        repeat {
            guard sink.tryReserve() else { throw .outOfMemory }
            let end = at + Self.stepByteCount
            while place != .end, at < end {
                if place == .data {
                    guard try readData(into: &sink, until: deadline) else { return false }
                    place = .separator
                } else {
                    try step(body, into: &sink)
                }
            }
            if place == .end { return true }
        } while sink.mayGoOn(until: deadline)
        return false
    }

    /// How much is read before the clock is.
    private static let stepByteCount = 32 << 10

    private func beginRecords(_ body: Span<UInt8>, _ sink: inout RecordSink) {
        if origin.requestID.isEmpty { Self.findRequestID(in: body, &bodyID) }
        member.removeAll()
        origin.append(bodyID: bodyID, to: &member)
        Self.add(member, to: &sink)
    }

    // Buffers are lent whole: the span of a property cannot leave it.

    private static func add(_ member: borrowing ByteBuffer, to sink: inout RecordSink) {
        if !member.isEmpty { sink.addToStamps(member.span) }
    }

    /// The records name the id, even if it is behind them.
    private static func findRequestID(in body: Span<UInt8>, _ requestID: inout ByteBuffer) {
        var json = JSONScanner(body)
        do throws(JSONMistake) {
            var more = try json.openObject()
            while more {
                let name = try json.readKey()
                if json.isEqual(name, "requestId"), json.peek() == UInt8(ascii: "\"") {
                    return json.append(textOf: try json.readString(), to: &requestID)
                }
                _ = try json.skipValue()
                more = try json.continueObject()
            }
        } catch {
            // The body is rejected when it is read.
        }
    }

    // MARK: The body

    /// Reads on to the next place.
    private func step(_ body: Span<UInt8>, into sink: inout RecordSink) throws(IngestError) {
        var json = JSONScanner(body, at: at, depth: depth)
        do throws(JSONMistake) {
            switch place {
            case .start: place = try json.openObject() ? .member : .end
            case .member: try readMember(&json)
            case .record: try readRecord(&json, into: &sink)
            case .separator:
                if try json.continueArray() { place = .record } else { try endMember(&json) }
            case .data, .end: break
            }
            if place == .end, !hasRecords || !json.isAtEnd() { throw json.mistake() }
        } catch {
            throw .malformed
        }
        at = json.offset
        depth = json.depth
    }

    private func readMember(_ json: inout JSONScanner) throws(JSONMistake) {
        let name = try json.readKey()
        if json.isEqual(name, "records"), json.peek() == UInt8(ascii: "[") {
            hasRecords = true
            if try json.openArray() { place = .record } else { try endMember(&json) }
        } else {
            _ = try json.skipValue()
            try endMember(&json)
        }
    }

    private func endMember(_ json: inout JSONScanner) throws(JSONMistake) {
        place = try json.continueObject() ? .member : .end
    }

    /// Reads an element of `records` up to its data, which is read next.
    private func readRecord(
        _ json: inout JSONScanner, into sink: inout RecordSink
    ) throws(JSONMistake) {
        place = .separator
        let isObject = json.peek() == UInt8(ascii: "{")
        let start = json.offset
        var encoded: JSONString?
        if isObject {
            var more = try json.openObject()
            while more {
                let name = try json.readKey()
                if json.isEqual(name, "data"), json.peek() == UInt8(ascii: "\"") {
                    encoded = try json.readString()
                } else {
                    _ = try json.skipValue()
                }
                more = try json.continueObject()
            }
        } else {
            _ = try json.skipValue()
        }
        data.removeAll()
        guard let encoded, Self.decode(encoded, of: json, into: &data) else {
            return sink.reject(json.bytes(start..<json.offset), .malformed, from: start)
        }
        place = .data
        inner.begin(at: start, into: &sink)
    }

    private static func decode(
        _ encoded: JSONString, of json: borrowing JSONScanner, into data: inout ByteBuffer
    ) -> Bool {
        guard encoded.hasEscapes else {
            return Base64.decode(json.bytes(encoded.range), into: &data)
        }
        // Some encoders escape the slash.
        var text = ByteBuffer(capacity: encoded.range.count)
        json.append(textOf: encoded, to: &text)
        return Base64.decode(text.span, into: &data)
    }

    // MARK: The data of a record

    private func readData(
        into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        let limit = limits.decodedByteCount
        guard decodedByteCount + data.count <= limit else { throw .decodedTooLarge(limit: limit) }
        let isRead: Bool
        do throws(IngestError) {
            isRead = try Self.read(
                data, with: &inner, decodingAtMost: limit - decodedByteCount - data.count,
                into: &sink, until: deadline)
        } catch {
            if case .decodedTooLarge = error { throw .decodedTooLarge(limit: limit) }
            throw error
        }
        if isRead { decodedByteCount += data.count + inner.decodedByteCount }
        return isRead
    }

    private static func read(
        _ data: borrowing ByteBuffer, with inner: inout InnerBodyReader,
        decodingAtMost limit: Int, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        try inner.proceed(data.span, decodingAtMost: limit, into: &sink, until: deadline)
    }

    func shrink() {
        inner.shrink()
        data.clear(keeping: limits.keptScratchByteCount)
    }

    var heldByteCount: Int { data.count + inner.heldByteCount }
}
