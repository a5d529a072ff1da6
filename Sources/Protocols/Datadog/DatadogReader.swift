// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Reads entries, objects in an array or one alone, which are written as they are.
final class DatadogReader: ProtocolReader {
    private var objects = ObjectSequence(firstMembers: [
        "\"message\"", "\"status\"", "\"timestamp\"", "\"hostname\"", "\"service\"",
        "\"ddsource\"", "\"ddtags\"",
    ])
    /// The member that each entry gets of the query; empty if there is none.
    private var member = ByteBuffer()
    private var value = ByteBuffer()

    /// How much is read before the time is asked for.
    private static var visitByteCount: Int { 32 << 10 }

    func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>) {
        if !member.isEmpty { member.removeAll() }
        var query = QueryParameters(head.query)
        while let parameter = query.next(in: bytes) {
            for name: StaticString in ["ddtags", "ddsource", "service", "hostname"]
            where QueryParameters.matches(parameter.name, of: bytes, name) {
                append(name, bytes, parameter.value)
            }
        }
        if !member.isEmpty { member.append(.closeBrace) }
    }

    private func append(_ name: StaticString, _ bytes: Span<UInt8>, _ encoded: Range<Int>) {
        value.removeAll()
        var index = encoded.lowerBound
        while index < encoded.upperBound {
            value.append(bytes.formByte(at: &index, before: encoded.upperBound))
        }
        member.append(member.isEmpty ? "\"_dd\":{\"" : ",\"")
        member.append(name)
        member.append("\":")
        member.append(jsonText: value)
    }

    func begin(_ format: BodyFormat) { objects.begin() }

    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        if objects.offset == 0, let compression = CompressedBody(of: body) {
            throw .compressed(compression)
        }
        while try readEntries(body, into: &sink) {
            if !sink.mayGoOn(until: deadline) { return false }
        }
        if !objects.hasRecord, body.isBlank { throw .emptyBody }
        return true
    }

    /// Reads some entries; false at the end of the body.
    private func readEntries(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) -> Bool {
        let enough = objects.offset + Self.visitByteCount
        while objects.offset < enough {
            guard objects.findNext(body, into: &sink) else { return false }
            let entry: JSONValue
            do throws(JSONMistake) {
                var json = JSONScanner(body, at: objects.offset, depthLimit: sink.limits.depth)
                entry = try json.skipValue()
            } catch {
                objects.reject(body, error, into: &sink)
                continue
            }
            try Self.append(body, entry, member, into: &sink)
            objects.skip(to: entry.range.upperBound)
        }
        return true
    }

    /// The member is lent whole, because a span of a property counts as an access to its owner.
    private static func append(
        _ body: Span<UInt8>, _ entry: JSONValue, _ member: borrowing ByteBuffer,
        into sink: inout RecordSink
    ) throws(IngestError) {
        let object = body.extracting(entry.range)
        // With an object of nothing the agent asks at each start whether it can send.
        if object.isEmptyObject { return }
        try sink.append(
            object: object, hasLineBreaks: entry.hasLineBreaks, adding: member.span,
            from: entry.range.lowerBound)
    }
}

extension Span<UInt8> {
    /// Whether this valid object has no members.
    fileprivate var isEmptyObject: Bool {
        var index = 1
        while self[index].isJSONSpace { index += 1 }
        return self[index] == .closeBrace
    }
}
