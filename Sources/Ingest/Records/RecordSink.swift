import Bytes

/// Where the records of one body go: the batch, or the rejected ones.
package struct RecordSink: ~Copyable {
    let limits: IngestLimits
    var streamFormat = StreamFormat.json
    package internal(set) var report = IngestReport()

    // The caller's buffers, for as long as a body is read.
    var batch = ByteBuffer()
    var rejected = ByteBuffer()
    private var batchStart = 0
    private(set) var rejectedStart = 0
    /// Bytes of rejected records that are kept.
    private(set) var rejectedLimit = 0

    // Members for each record, with the closing brace; empty: none.
    private var stamp = ByteBuffer(capacity: 256)

    // What is noted beside a rejected record.
    private(set) var timeMilliseconds: Int64 = 0
    private(set) var stream = ByteBuffer(capacity: 64)
    private(set) var peer = ByteBuffer(capacity: 64)
    private(set) var token = ByteBuffer(capacity: 64)
    /// The beginning of their lines, which is the same for all of a request; empty: not made yet.
    var rejectedHead = ByteBuffer(capacity: 256)
    /// What a JSON string stands for, while it is written as a line of its own.
    private var text = ByteBuffer()

    init(limits: IngestLimits) { self.limits = limits }

    /// Notes what is known of a request and asked of its records.
    mutating func note(_ context: borrowing RejectionContext, stamp: Span<UInt8>) {
        timeMilliseconds = context.timeMilliseconds
        stream.removeAll()
        stream.append(context.stream)
        peer.removeAll()
        peer.append(context.peer)
        token.removeAll()
        token.append(context.token)
        rejectedHead.removeAll()
        self.stamp.removeAll()
        self.stamp.append(stamp)
    }

    /// Begins a body whose records are appended to what the buffers hold.
    mutating func begin(_ request: IngestRequest, bodyByteCount: Int) {
        streamFormat = request.streamFormat
        report = IngestReport()
        batchStart = batch.count
        rejectedStart = rejected.count
        rejectedLimit = min(
            limits.rejectedByteCount, request.rejectedRoom,
            limits.rejectedBaseByteCount + limits.rejectedBytesPerByte * bodyByteCount)
        // A line of a raw stream is what came and nothing else.
        if streamFormat == .raw { stamp.removeAll() }
    }

    /// Whether lines of one object each are copied as they come.
    var copiesLines: Bool { streamFormat == .json && stamp.isEmpty }

    /// Takes back all that was accepted.
    mutating func withhold() {
        batch.truncate(to: batchStart)
        report.withhold()
    }

    /// Takes back everything, as if the body had not been read.
    mutating func rollBack() {
        batch.truncate(to: batchStart)
        rejected.truncate(to: rejectedStart)
        let decodedByteCount = report.decodedByteCount
        report = IngestReport()
        report.decodedByteCount = decodedByteCount
    }

    /// Gives back memory that only an unusually large record needed.
    mutating func shrink(to byteCount: Int) {
        if text.capacity > byteCount { text = ByteBuffer() }
    }

    /// What has been accepted up to now, to come back to.
    func mark() -> Mark {
        Mark(batch: batch.count, accepted: report.accepted, truncated: report.truncated)
    }

    /// Takes back what was accepted since `mark`.
    mutating func goBack(to mark: Mark) {
        batch.truncate(to: mark.batch)
        report.accepted = mark.accepted
        report.truncated = mark.truncated
    }

    struct Mark {
        let batch: Int
        let accepted: Int
        let truncated: Int
    }

    /// Whether there is memory for what a window of a large body may add.
    ///
    /// Small buffers grow without being asked about: what they need is there as long as large ones
    /// leave some.
    package mutating func tryReserve() -> Bool {
        (batch.count < Self.largeByteCount || batch.tryReserve(Self.windowRoom))
            && (rejected.count < Self.largeByteCount || rejected.tryReserve(Self.windowRoom))
    }

    private static let largeByteCount = 1 << 20
    private static let windowRoom = 4 << 20

    /// Moves what was written to the end of the caller's buffers into others.
    mutating func detach(
        from batch: inout ByteBuffer, and rejected: inout ByteBuffer,
        into ownBatch: inout ByteBuffer, and ownRejected: inout ByteBuffer
    ) {
        Self.move(from: &batch, at: &batchStart, into: &ownBatch)
        Self.move(from: &rejected, at: &rejectedStart, into: &ownRejected)
    }

    private static func move(
        from buffer: inout ByteBuffer, at start: inout Int, into own: inout ByteBuffer
    ) {
        if start == 0, own.isEmpty {
            swap(&buffer, &own)
        } else {
            own.append(buffer.span.extracting(start...))
            buffer.truncate(to: start)
        }
        start = 0
    }

    /// The position in the body of the record that comes next.
    package var nextIndex: Int { report.accepted + report.rejected }

    /// Appends lines that each hold one object and nothing else.
    mutating func append(lines: Span<UInt8>, count: Int) {
        batch.append(lines)
        report.accepted += count
    }

    /// Appends a valid object; `hasLineBreaks` says whether CR or LF stand between its tokens.
    ///
    /// `place` is where it stands in the body; an object that was made here is not limited again.
    package mutating func append(
        object: Span<UInt8>, hasLineBreaks: Bool, isLimited: Bool = true, from place: Int
    ) throws(IngestError) {
        guard !isLimited || fits(object) else { return try handleOversize(object, from: place) }
        if streamFormat == .json && !hasLineBreaks {
            batch.append(object)
        } else {
            appendWithoutLineBreaks(object)
        }
        if !stamp.isEmpty { addStamp(isEmptyObject: object.isEmptyObject) }
        try endLine()
    }

    /// Appends a valid JSON string, quotes included, that stands where a record belongs.
    package mutating func append(string: Span<UInt8>, from place: Int) throws(IngestError) {
        guard fits(string) else { return try handleOversize(string, from: place) }
        switch streamFormat {
        case .json:
            batch.append("{\"message\":")
            batch.append(string)
            batch.append(.closeBrace)
            if !stamp.isEmpty { addStamp() }
        case .raw:
            text.removeAll()
            text.append(insideOfString: string.extracting(1..<string.count - 1))
            batch.append(rawText: text)
        }
        try endLine()
    }

    /// Appends text that is no JSON, but UTF-8.
    package mutating func append(text: Span<UInt8>, from place: Int) throws(IngestError) {
        guard fits(text) else { return try handleOversize(text, from: place) }
        appendText(text, mark: false)
        try endLine()
    }

    /// Truncates or rejects a record over the limit, as configured.
    mutating func handleOversize(
        _ record: Span<UInt8>, from place: Int
    ) throws(IngestError) {
        guard limits.oversize == .truncate else { return reject(record, .tooLarge, from: place) }
        guard record.isUTF8 else {
            let mistake = record.validPrefixCount
            return reject(record, .invalidUTF8, from: place, mistakeAt: mistake)
        }
        let end = record.characterBoundary(atOrBefore: limits.recordByteCount)
        appendText(record.extracting(0..<end), mark: true)
        report.truncated += 1
        try endLine()
    }

    package func fits(_ record: Span<UInt8>) -> Bool { record.count <= limits.recordByteCount }

    private mutating func appendText(_ text: Span<UInt8>, mark: Bool) {
        switch streamFormat {
        case .json:
            batch.append("{\"message\":\"")
            batch.append(jsonEscaping: text)
            batch.append(mark ? "\",\"truncated\":true}" : "\"}")
            if !stamp.isEmpty { addStamp() }
        case .raw:
            batch.append(rawText: text)
            if mark { batch.append(" [truncated]") }
        }
    }

    private mutating func appendWithoutLineBreaks(_ object: Span<UInt8>) {
        var start = 0
        while start < object.count {
            var end = start
            while end < object.count, object[end] != .lineFeed, object[end] != .carriageReturn {
                end += 1
            }
            let piece = object.extracting(start..<end)
            switch streamFormat {
            case .json: batch.append(piece)
            // Nothing but what stands in a string has to be escaped, and JSON has the same escapes.
            case .raw: batch.append(lineEscaping: piece, backslashes: false)
            }
            start = end + 1
        }
    }

    /// Puts the stamp in the place of the closing brace that was appended last.
    @inline(never)
    private mutating func addStamp(isEmptyObject: Bool = false) {
        batch.truncate(to: batch.count - 1)
        if !isEmptyObject { batch.append(.comma) }
        batch.append(stamp)
    }

    private mutating func endLine() throws(IngestError) {
        batch.append(.lineFeed)
        report.accepted += 1
        if batch.count - batchStart > limits.batchByteCount {
            throw .batchTooLarge(limit: limits.batchByteCount)
        }
    }
}

extension Span<UInt8> {
    /// Whether this valid object has no members: nothing but white space stands before its end.
    fileprivate var isEmptyObject: Bool {
        var index = count - 2
        while index > 0, self[index] == .space || self[index] == .tab || self[index].isLineBreak {
            index -= 1
        }
        return index == 0
    }
}

extension UInt8 {
    fileprivate var isLineBreak: Bool { self == .lineFeed || self == .carriageReturn }
}
