// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What the answer says of each action beside its result, in runs of equal ones.
///
/// The index of the path comes first: a varint of its length and its bytes. A run is a byte with its
/// kind and flags, a varint of its length, and, where it is another than that of the run before, the
/// text of its index like that of the path. The notes are hardly larger than the action lines that
/// they are made of, and mostly a few bytes in all.
struct ItemNotes: ~Copyable {
    private var bytes = ByteBuffer()
    private var kind = BulkActionKind.index
    private var isWritten = true
    private var count = 0
    /// The text of the last index that an action named.
    private var index = ByteBuffer(capacity: 64)
    private var isIndexNew = false
    /// Whether the actions name no index, so that the path's counts.
    private var isOfPath = true
    private var pathIndexByteCount = 0

    /// How many actions there are.
    private(set) var itemCount = 0
    /// Bytes of the answer, at most.
    private(set) var answerByteCount = 0

    /// The longest name of an index that Elasticsearch allows, in bytes; a longer one is not repeated
    /// in the answer.
    static let indexByteLimit = 255

    /// Forgets all, for another request.
    ///
    /// - Parameter pathIndex: the index that the path names, as the inside of a JSON string.
    mutating func begin(pathIndex: borrowing ByteBuffer) {
        bytes.removeAll()
        index.removeAll()
        isIndexNew = false
        count = 0
        itemCount = 0
        answerByteCount = 0
        pathIndexByteCount = pathIndex.count > Self.indexByteLimit ? 0 : pathIndex.count
        bytes.append(varint: pathIndexByteCount)
        if pathIndexByteCount > 0 { bytes.append(pathIndex) }
    }

    /// Says what the actions are that `add` counts from now on.
    ///
    /// - Parameters:
    ///   - index: the inside of a JSON string; nil for the index of the path.
    ///   - isWritten: whether each has a line in the file, and therefore a result.
    mutating func beginRun(_ kind: BulkActionKind, index next: Span<UInt8>?, isWritten: Bool) {
        var text = Span<UInt8>()
        if let next, next.count <= Self.indexByteLimit { text = next }
        let isOfPath = next == nil
        let isAnother = !isOfPath && !Self.equals(index, text)
        if !isAnother, isOfPath == self.isOfPath, kind == self.kind, isWritten == self.isWritten {
            return
        }
        endRun()
        self.kind = kind
        self.isWritten = isWritten
        self.isOfPath = isOfPath
        guard isAnother else { return }
        index.removeAll()
        index.append(text)
        isIndexNew = true
    }

    /// Counts an action.
    mutating func add(isRejected: Bool = false) {
        count += 1
        itemCount += 1
        answerByteCount += isRejected ? Self.rejectedItemByteCount : Self.itemByteCount
        answerByteCount += isOfPath ? pathIndexByteCount : index.count
    }

    /// Appends all that was noted.
    mutating func append(to notes: inout ByteBuffer) {
        endRun()
        notes.append(bytes)
    }

    /// Gives back memory beyond `byteCount`.
    mutating func shrink(to byteCount: Int) {
        if bytes.capacity > byteCount { bytes = ByteBuffer() }
    }

    /// Bytes of memory that the notes take.
    var heldByteCount: Int { bytes.count }

    fileprivate static let newIndexFlag: UInt8 = 4
    fileprivate static let unwrittenFlag: UInt8 = 8
    fileprivate static let pathFlag: UInt8 = 16
    private static let itemByteCount = 40
    private static let rejectedItemByteCount = 190

    private mutating func endRun() {
        guard count > 0 else { return }
        let isIndexNew = isIndexNew && !isOfPath
        var flags = kind.rawValue
        if isIndexNew { flags |= Self.newIndexFlag }
        if !isWritten { flags |= Self.unwrittenFlag }
        if isOfPath { flags |= Self.pathFlag }
        bytes.append(flags)
        bytes.append(varint: count)
        count = 0
        guard isIndexNew else { return }
        bytes.append(varint: index.count)
        bytes.append(index)
        self.isIndexNew = false
    }

    /// The buffer is lent whole: a span of a property counts as an access to its owner.
    private static func equals(_ buffer: borrowing ByteBuffer, _ text: Span<UInt8>) -> Bool {
        buffer.span.equals(text)
    }
}

/// Reads notes run by run.
struct ItemNotesReader {
    private var at = 0
    private(set) var kind = BulkActionKind.index
    private(set) var isWritten = true
    private(set) var count = 0
    private var pathIndex = 0..<0
    private var namedIndex = 0..<0
    private var isOfPath = true

    /// Where the text of the run's index is in the notes.
    var index: Range<Int> { isOfPath ? pathIndex : namedIndex }

    init(_ notes: Span<UInt8>) {
        guard !notes.isEmpty else { return }
        pathIndex = text(notes)
    }

    /// Reads the next run; false at the end.
    mutating func next(_ notes: Span<UInt8>) -> Bool {
        guard at < notes.count else { return false }
        let flags = notes[at]
        at += 1
        kind = BulkActionKind(rawValue: flags & 3) ?? .index
        isWritten = flags & ItemNotes.unwrittenFlag == 0
        isOfPath = flags & ItemNotes.pathFlag != 0
        count = notes.varint(at: &at)
        if flags & ItemNotes.newIndexFlag != 0 { namedIndex = text(notes) }
        return true
    }

    private mutating func text(_ notes: Span<UInt8>) -> Range<Int> {
        let length = notes.varint(at: &at)
        defer { at += length }
        return at..<at + length
    }
}

extension ByteBuffer {
    /// Appends a number of which no byte but the last has its top bit clear, lowest bits first.
    mutating func append(varint value: Int) {
        var rest = value
        while rest > 0x7F {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

extension Span<UInt8> {
    /// Reads what `append(varint:)` has written.
    func varint(at place: inout Int) -> Int {
        var value = 0
        var shift = 0
        while true {
            let byte = self[place]
            place += 1
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }
}
