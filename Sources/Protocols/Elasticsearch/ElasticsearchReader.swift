// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Reads the bodies of requests that bring documents: pairs of lines, or one document.
final class ElasticsearchReader: ProtocolReader {
    private var bulk: BulkReader
    private var document: DocumentReader
    private var isBulk = true
    /// The index and the id that the path names, as the insides of JSON strings.
    private var index = ByteBuffer(capacity: 64)
    private var id = ByteBuffer()
    private var scratch = ByteBuffer()

    /// - Parameter keepsActions: whether lines get `_bulk`, with the action.
    init(_ limits: IngestLimits, keepsActions: Bool) {
        bulk = BulkReader(limits, keepsActions: keepsActions)
        document = DocumentReader(limits, keepsActions: keepsActions)
    }

    var wantsResults: Bool { true }

    func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>) { read(path) }

    /// Reads what the path names, for the body that comes next.
    func read(_ path: Span<UInt8>) {
        index.removeAll()
        id.removeAll()
        switch ElasticsearchPath(path) {
        case .document(let kind, let index, let id):
            isBulk = false
            self.index.append(segment: path.extracting(index), using: &scratch)
            self.id.append(segment: path.extracting(id), using: &scratch)
            document.begin(kind, index: self.index, id: self.id)
        case .bulk(let index):
            isBulk = true
            self.index.append(segment: path.extracting(index), using: &scratch)
            bulk.begin(pathIndex: self.index)
        case .root, .license, .index, .setUp, .unknown:
            // `purpose` lets no body of theirs come here.
            isBulk = true
            bulk.begin(pathIndex: index)
        }
    }

    func begin(_ format: BodyFormat) {}

    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        guard isBulk else {
            try document.read(body, into: &sink)
            return true
        }
        repeat {
            if try bulk.step(body, into: &sink) { return true }
        } while sink.mayGoOn(until: deadline)
        return false
    }

    /// Appends what the answer needs: `bulkNotes` or `documentNotes`, and the notes of that reader.
    func appendNotes(to notes: inout ByteBuffer) {
        notes.append(isBulk ? Self.bulkNotes : Self.documentNotes)
        if isBulk { bulk.appendNotes(to: &notes) } else { document.appendNotes(to: &notes) }
    }

    static let bulkNotes: UInt8 = 0
    static let documentNotes: UInt8 = 1

    func shrink() {
        bulk.shrink()
        document.shrink()
    }

    var heldByteCount: Int { isBulk ? bulk.heldByteCount : document.heldByteCount }
}
