// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// The records of a group that were read, until the members that they have in common are known.
struct PendingLines: ~Copyable {
    private struct Entry {
        /// Where the record is in the body.
        let source: Range<UInt32>
        /// Where its members end in `heads`, and begin where those of the record before end.
        let headEnd: Int
        let hasTime: Bool
        /// Why it is rejected, and where that shows.
        let rejection: RejectionReason?
        let mistake: UInt32
    }

    private struct Scope {
        /// How many entries there are when it ends.
        let entryCount: Int
        /// Where its members end in `scopes`.
        let end: Int
    }

    private var entries: [Entry] = []
    private var heads = ByteBuffer()
    private var scopes: [Scope] = []
    private var scopeMembers = ByteBuffer()
    /// The members of the resource, and of the request.
    private var resource = ByteBuffer()
    // The entry and the scope that are written next.
    private var nextEntry = 0
    private var nextScope = 0

    /// Bytes of what is kept, which is at most what becomes of it.
    var contentByteCount: Int { heads.count + entries.count * MemoryLayout<Entry>.stride }

    /// Bytes of memory that it takes.
    var byteCount: Int {
        heads.capacity + scopeMembers.capacity + resource.capacity
            + entries.capacity * MemoryLayout<Entry>.stride
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        heads.removeAll()
        scopes.removeAll(keepingCapacity: true)
        scopeMembers.removeAll()
        resource.removeAll()
        nextEntry = 0
        nextScope = 0
    }

    mutating func shrink(to byteCount: Int) {
        if self.byteCount > byteCount { self = PendingLines() }
    }

    // MARK: Reading

    /// Adds a record.
    mutating func append(
        _ record: borrowing JSONRecord, from text: Span<UInt8>, at range: Range<Int>
    ) {
        record.append(to: &heads, from: text)
        append(at: range, hasTime: record.hasTime, nil)
    }

    /// Adds a record that cannot be used.
    mutating func append(rejected mistake: JSONMistake, at range: Range<Int>) {
        append(at: range, hasTime: false, mistake)
    }

    private mutating func append(at range: Range<Int>, hasTime: Bool, _ mistake: JSONMistake?) {
        let source = UInt32(range.lowerBound)..<UInt32(range.upperBound)
        entries.append(
            Entry(
                source: source, headEnd: heads.count, hasTime: hasTime,
                rejection: mistake?.reason,
                mistake: UInt32(max(0, (mistake?.offset ?? 0) - range.lowerBound))))
    }

    /// Ends the records of a scope.
    mutating func append(_ scope: borrowing JSONSubject, from text: Span<UInt8>) {
        scope.append(to: &scopeMembers, from: text)
        scopes.append(Scope(entryCount: entries.count, end: scopeMembers.count))
    }

    /// Ends the records of a resource.
    mutating func append(resource subject: borrowing JSONSubject, from text: Span<UInt8>) {
        subject.append(to: &resource, from: text)
    }

    /// Adds the unknown members of the request to the records that are kept.
    mutating func append(request unknown: borrowing ByteBuffer) {
        resource.append("\"request\":{")
        resource.append(unknownMembers: unknown)
        resource.closeObject()
        resource.append(",")
    }

    // MARK: Writing

    /// Writes the line of the next record, or rejects it; false, with nothing kept any more, if there
    /// is none.
    mutating func writeNext(
        _ body: Span<UInt8>, into sink: inout RecordSink, _ written: inout Int
    ) throws(IngestError) -> Bool {
        guard nextEntry < entries.count else {
            removeAll()
            return false
        }
        while scopes[nextScope].entryCount <= nextEntry { nextScope += 1 }
        let entry = entries[nextEntry]
        let headStart = nextEntry > 0 ? entries[nextEntry - 1].headEnd : 0
        nextEntry += 1
        let source = body.extracting(Int(entry.source.lowerBound)..<Int(entry.source.upperBound))
        let place = Int(entry.source.lowerBound)
        written += 64 + entry.headEnd - headStart + resource.count
        if let rejection = entry.rejection {
            sink.reject(source, rejection, from: place, mistakeAt: Int(entry.mistake))
            return true
        }
        let scopeStart = nextScope > 0 ? scopes[nextScope - 1].end : 0
        sink.beginLine()
        sink.line.append(heads, headStart..<entry.headEnd)
        sink.line.append(scopeMembers, scopeStart..<scopes[nextScope].end)
        sink.line.append(resource)
        try sink.endLine(of: source, from: place, hasTime: entry.hasTime)
        return true
    }
}

extension ByteBuffer {
    /// Appends a part of another buffer, which is borrowed whole.
    fileprivate mutating func append(_ other: borrowing ByteBuffer, _ range: Range<Int>) {
        append(other.span.extracting(range))
    }
}
