// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// Reads bodies that are one document, on one line or several.
struct DocumentReader: ~Copyable {
    private let limits: IngestLimits
    private let keepsActions: Bool
    private var lines: JSONLines
    private var kind = BulkActionKind.index
    /// `"_bulk":` and the action that the path says.
    private var member = ByteBuffer()
    private var index = ByteBuffer()
    private var id = ByteBuffer()

    init(_ limits: IngestLimits, keepsActions: Bool) {
        self.limits = limits
        self.keepsActions = keepsActions
        lines = JSONLines(limits: limits)
    }

    /// Begins a body.
    ///
    /// - Parameters:
    ///   - index: as the inside of a JSON string.
    ///   - id: likewise; empty if the path has none.
    mutating func begin(
        _ kind: BulkActionKind, index: borrowing ByteBuffer, id: borrowing ByteBuffer
    ) {
        self.kind = kind
        lines.begin()
        self.index.removeAll()
        self.index.append(index)
        self.id.removeAll()
        self.id.append(id)
        member.removeAll()
        member.append("\"_bulk\":{\"")
        member.append(kind.name)
        member.append("\":{\"_index\":\"")
        member.append(index)
        if !id.isEmpty {
            member.append("\",\"_id\":\"")
            member.append(id)
        }
        member.append("\"}}")
    }

    /// Reads the document.
    mutating func read(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) {
        guard sink.tryReserve() else { throw .outOfMemory }
        let place = body.trimmed(from: body.beginningOfText)
        guard !place.isEmpty else { throw .emptyBody }
        let text = body.extracting(place)
        // The sink rejects or cuts it.
        let line =
            sink.fits(text) ? try lines.readAlone(text) : .object(hasLineBreaks: true)
        switch line {
        case .object(let hasLineBreaks):
            if keepsActions {
                try Self.append(text, hasLineBreaks, member, place.lowerBound, &sink)
            } else {
                try sink.append(
                    object: text, hasLineBreaks: hasLineBreaks, from: place.lowerBound)
            }
        case .bad(let reason, let mistake):
            sink.reject(text, reason, from: place.lowerBound, mistakeAt: mistake)
        }
    }

    /// Appends what the answer needs: the kind, and a varint of the length and the bytes of index and
    /// id.
    func appendNotes(to notes: inout ByteBuffer) {
        notes.append(kind.rawValue)
        notes.append(varint: index.count)
        notes.append(index)
        notes.append(varint: id.count)
        notes.append(id)
    }

    /// Gives back memory that only an unusually large document needed.
    mutating func shrink() { lines.shrink() }

    /// Bytes of memory that the request takes.
    var heldByteCount: Int { lines.heldByteCount }

    private static func append(
        _ text: Span<UInt8>, _ hasLineBreaks: Bool, _ member: borrowing ByteBuffer, _ place: Int,
        _ sink: inout RecordSink
    ) throws(IngestError) {
        try sink.append(
            object: text, hasLineBreaks: hasLineBreaks, adding: member.span, from: place)
    }
}
