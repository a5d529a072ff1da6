// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// The action that was read last, and what its documents get of it.
struct CurrentAction: ~Copyable {
    private(set) var kind = BulkActionKind.index
    /// The line as it came; empty if there is none yet.
    private var line = ByteBuffer(capacity: 256)
    /// `"_bulk":` and the action, with the index of the path if it names none.
    private var member = ByteBuffer(capacity: 256)
    /// Where the text of the index is in the line; nil if it names none.
    private var index: Range<Int>?
    /// The index that the path names, as the inside of a JSON string.
    private var pathIndex = ByteBuffer(capacity: 64)
    /// A line of an action alone.
    private var object = ByteBuffer()

    init() {}

    /// Forgets the action, for another body.
    mutating func begin(pathIndex: borrowing ByteBuffer) {
        line.removeAll()
        self.pathIndex.removeAll()
        self.pathIndex.append(pathIndex)
    }

    /// Whether this is the line of the action.
    func equals(_ text: Span<UInt8>) -> Bool {
        text.count == line.count && Self.span(line, equals: text)
    }

    /// Makes `text` the action.
    mutating func take(_ action: BulkAction, _ text: Span<UInt8>) {
        kind = action.kind
        index = action.index
        line.removeAll()
        line.append(text)
        member.removeAll()
        member.append("\"_bulk\":")
        guard index == nil, !pathIndex.isEmpty else { return appendToMember(text) }
        appendToMember(text.extracting(..<action.end))
        member.append(action.isEmpty ? "\"_index\":\"" : ",\"_index\":\"")
        member.append(pathIndex)
        member.append("\"")
        appendToMember(text.extracting(action.end...))
    }

    /// Begins a run of the action in the notes.
    func begin(_ notes: inout ItemNotes, isWritten: Bool) {
        Self.begin(&notes, kind, line, index, isWritten)
    }

    /// Writes a document with the action behind its members.
    func append(
        object text: Span<UInt8>, hasLineBreaks: Bool, from place: Int, to sink: inout RecordSink
    ) throws(IngestError) {
        try Self.append(text, hasLineBreaks, member, place, &sink)
    }

    /// Writes a line of the action alone.
    mutating func write(from place: Int, to sink: inout RecordSink) throws(IngestError) {
        object.removeAll()
        object.append("{")
        object.append(member)
        object.append("}")
        try Self.write(object, place, &sink)
    }

    /// Gives back memory beyond `byteCount`.
    mutating func shrink(to byteCount: Int) {
        if line.capacity > byteCount { line = ByteBuffer() }
        if member.capacity > byteCount { member = ByteBuffer() }
        if object.capacity > byteCount { object = ByteBuffer() }
    }

    /// CR may stand between tokens, but not in the middle of a line of the file.
    private mutating func appendToMember(_ text: Span<UInt8>) {
        var at = 0
        while at < text.count {
            let end = text.firstIndex(of: UInt8(ascii: "\r"), from: at)
            member.append(text.extracting(at..<end))
            at = end + 1
        }
    }

    // Buffers are lent whole: a span of a property counts as an access to all of its owner.

    /// Compares eight bytes at a time, of which the last eight may overlap those before.
    private static func span(_ line: borrowing ByteBuffer, equals text: Span<UInt8>) -> Bool {
        let left = line.span.bytes
        let right = text.bytes
        let last = text.count - 8
        guard last >= 0, line.count == text.count else { return line.span.equals(text) }
        var offset = 0
        while true {
            let word = left.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let other = right.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if word != other { return false }
            if offset == last { return true }
            offset = min(offset + 8, last)
        }
    }

    private static func begin(
        _ notes: inout ItemNotes, _ kind: BulkActionKind, _ line: borrowing ByteBuffer,
        _ index: Range<Int>?, _ isWritten: Bool
    ) {
        if let index {
            notes.beginRun(kind, index: line.span.extracting(index), isWritten: isWritten)
        } else {
            notes.beginRun(kind, index: nil, isWritten: isWritten)
        }
    }

    private static func append(
        _ text: Span<UInt8>, _ hasLineBreaks: Bool, _ member: borrowing ByteBuffer, _ place: Int,
        _ sink: inout RecordSink
    ) throws(IngestError) {
        try sink.append(
            object: text, hasLineBreaks: hasLineBreaks, adding: member.span, from: place)
    }

    private static func write(
        _ object: borrowing ByteBuffer, _ place: Int, _ sink: inout RecordSink
    ) throws(IngestError) {
        try sink.append(object: object.span, hasLineBreaks: false, isLimited: false, from: place)
    }
}
