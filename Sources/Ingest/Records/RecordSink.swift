// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Where the records of one body go: the batch, or the rejected ones.
package struct RecordSink: ~Copyable {
    package let limits: IngestLimits
    package internal(set) var report = IngestReport()

    /// Where the records go now.
    ///
    /// Its buffers are the caller's, for as long as a body is read.
    var target = RecordTarget()
    private var others = OtherBatches()
    /// The name of the request's own stream.
    private var own = ByteBuffer(capacity: 64)
    /// Bytes that may be added to the batch.
    private var batchLimit = Int.max
    /// Bytes of rejected records that are kept.
    private(set) var rejectedLimit = 0
    /// What became of each record: 0, or its reason and one; empty where nobody asks.
    private(set) var results = ByteBuffer()
    private var keepsResults = false

    // Members for each record, with the closing brace, if it is an object or if it is made of text;
    // empty: none.
    private var stamp = ByteBuffer(capacity: 256)
    private var textStamp = ByteBuffer(capacity: 256)

    // What is noted beside a rejected record.
    private(set) var timeMilliseconds: Int64 = 0
    private(set) var peer = ByteBuffer(capacity: 64)
    private(set) var token = ByteBuffer(capacity: 64)
    /// What a JSON string stands for, while it is written as a line of its own, or a longer stamp.
    private var text = ByteBuffer()

    /// Where the line begins that is being built.
    private var lineStart = 0

    /// What there was in front of the body that is read now.
    private(set) var origin = RecordOrigin()

    init(limits: IngestLimits) { self.limits = limits }

    /// Notes what is known of a request and asked of its records.
    mutating func note(
        _ context: borrowing RejectionContext, stamp: Span<UInt8>, textStamp: Span<UInt8>
    ) {
        timeMilliseconds = context.timeMilliseconds
        own.removeAll()
        own.append(context.stream)
        target.stream.removeAll()
        target.stream.append(context.stream)
        peer.removeAll()
        peer.append(context.peer)
        token.removeAll()
        token.append(context.token)
        target.rejectedHead.removeAll()
        self.stamp.removeAll()
        self.stamp.append(stamp)
        self.textStamp.removeAll()
        self.textStamp.append(textStamp)
    }

    /// Begins a body whose records are appended to what the buffers hold.
    mutating func begin(_ request: IngestRequest, bodyByteCount: Int) {
        target.format = request.streamFormat
        report = IngestReport()
        others.removeAll()
        results.removeAll()
        keepsResults = request.keepsResults
        batchLimit = request.batchLimit
        origin = RecordOrigin()
        target.batchStart = target.batch.count
        target.rejectedStart = target.rejected.count
        rejectedLimit = min(
            limits.rejectedByteCount, request.rejectedRoom,
            limits.rejectedBaseByteCount + limits.rejectedBytesPerByte * bodyByteCount)
    }

    /// Whether the lines are objects, and not text as it came.
    package var takesObjects: Bool { target.format == .json }

    /// Whether objects get a stamp: a line of a raw stream is what came and nothing else.
    private var hasStamp: Bool { target.format == .json && !stamp.isEmpty }

    /// Whether lines of one object each are copied as they come.
    var copiesLines: Bool { target.format == .json && stamp.isEmpty }

    /// Takes back all that was accepted.
    mutating func withhold() {
        others.choose(nil, &target, report)
        others.withhold()
        target.truncateBatch()
        report.withhold()
        withholdResults()
    }

    /// Takes back everything, as if the body had not been read.
    package mutating func rollBack() {
        others.choose(nil, &target, report)
        others.removeAll()
        target.rollBack()
        results.removeAll()
        let decodedByteCount = report.decodedByteCount
        report = IngestReport()
        report.decodedByteCount = decodedByteCount
    }

    // MARK: Bodies inside a body

    /// Puts a member in front of the stamps of all records of the request, so that each has it behind
    /// its own members.
    ///
    /// - Parameter member: name and value, such as `"_firehose":{"request_id":"1"}`, without line
    ///   breaks.
    package mutating func addToStamps(_ member: Span<UInt8>) {
        Self.add(member, to: &stamp, by: &text)
        Self.add(member, to: &textStamp, by: &text)
    }

    /// A stamp ends with the brace of its record; an empty one is none.
    private static func add(
        _ member: Span<UInt8>, to stamp: inout ByteBuffer, by scratch: inout ByteBuffer
    ) {
        scratch.removeAll()
        scratch.append(member)
        scratch.append(stamp.isEmpty ? .closeBrace : .comma)
        scratch.append(stamp)
        swap(&stamp, &scratch)
    }

    /// Begins a body that is at `place` in another one.
    mutating func beginInnerBody(at place: Int) {
        origin = RecordOrigin(
            batchByteCount: target.batchByteCount, rejectedByteCount: target.rejectedByteCount,
            resultCount: results.count, report: report, place: place)
    }

    /// Ends it: the rest belongs to the one around it.
    mutating func endInnerBody() { origin = RecordOrigin() }

    /// Takes back all of the body that is read now, which is then read as something else.
    mutating func startOver() {
        target.batch.truncate(to: target.batchStart + origin.batchByteCount)
        target.rejected.truncate(to: target.rejectedStart + origin.rejectedByteCount)
        results.truncate(to: origin.resultCount)
        let decodedByteCount = report.decodedByteCount
        report = origin.report
        report.decodedByteCount = decodedByteCount
    }

    // MARK: Several streams, and what became of each record

    /// Sends the records that follow to the stream of this name; empty: to the request's own.
    ///
    /// - Returns: whether `selector` lets records go there; if not, they go where they went.
    package mutating func select(_ stream: Span<UInt8>, by selector: any BatchSelector) -> Bool {
        if stream.isEmpty || stream.equals(own.span) {
            selectOwn()
            return true
        }
        guard let batch = others.batch(of: stream, selector) else { return false }
        others.choose(batch, &target, report)
        return true
    }

    /// Sends the records that follow to the request's own stream.
    mutating func selectOwn() { others.choose(nil, &target, report) }

    /// What was written for other streams, once the body is read.
    mutating func takeOtherBatches() -> [OtherBatch] { others.takeAll() }

    /// Bytes that are kept of the request beside the caller's buffers.
    var heldByteCount: Int { others.batchByteCount + others.rejectedByteCount + results.count }

    /// Bytes of rejected records that the request has added.
    var rejectedByteCount: Int { target.rejectedByteCount + others.rejectedByteCount }

    /// Records a rejected record, if that is asked for.
    mutating func noteResult(_ reason: RejectionReason) {
        if keepsResults { results.append(reason.rawValue + 1) }
    }

    private mutating func withholdResults() {
        if results.isEmpty { return }
        var withheld = ByteBuffer(capacity: results.count)
        for index in 0..<results.count {
            let result = results.span[index]
            withheld.append(result == 0 ? RejectionReason.withheld.rawValue + 1 : result)
        }
        swap(&results, &withheld)
    }

    /// Gives back memory that only an unusually large record needed.
    mutating func shrink(to byteCount: Int) {
        if text.capacity > byteCount { text = ByteBuffer() }
    }

    /// What has been accepted up to now, to come back to.
    package func mark() -> Mark {
        Mark(batch: target.batch.count, accepted: report.accepted, truncated: report.truncated)
    }

    /// Takes back what was accepted since `mark`.
    package mutating func goBack(to mark: Mark) {
        target.batch.truncate(to: mark.batch)
        report.accepted = mark.accepted
        report.truncated = mark.truncated
    }

    package struct Mark {
        let batch: Int
        let accepted: Int
        let truncated: Int
    }

    /// Whether there is memory for what a window of a large body may add.
    ///
    /// Small buffers grow without being asked about: what they need is there as long as large ones
    /// leave some.
    package mutating func tryReserve() -> Bool {
        (target.batch.count < Self.largeByteCount || target.batch.tryReserve(Self.windowRoom))
            && (target.rejected.count < Self.largeByteCount
                || target.rejected.tryReserve(Self.windowRoom))
    }

    private static let largeByteCount = 1 << 20
    private static let windowRoom = 4 << 20

    /// Moves what was written to the end of the caller's buffers into others.
    mutating func detach(
        from batch: inout ByteBuffer, and rejected: inout ByteBuffer,
        into ownBatch: inout ByteBuffer, and ownRejected: inout ByteBuffer
    ) {
        Self.move(from: &batch, at: &target.batchStart, into: &ownBatch)
        Self.move(from: &rejected, at: &target.rejectedStart, into: &ownRejected)
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
        target.batch.append(lines)
        report.accepted += count
    }

    /// Appends a valid object; `hasLineBreaks` says whether CR or LF stand between its tokens.
    ///
    /// `place` is where it stands in the body; an object that was made here is not limited again.
    package mutating func append(
        object: Span<UInt8>, hasLineBreaks: Bool, isLimited: Bool = true, from place: Int
    ) throws(IngestError) {
        guard !isLimited || fits(object) else { return try handleOversize(object, from: place) }
        if target.format == .json && !hasLineBreaks {
            target.batch.append(object)
        } else {
            appendWithoutLineBreaks(object)
        }
        if hasStamp { addStamp(isEmptyObject: object.isEmptyObject) }
        try endLine()
    }

    /// Appends a valid object as above, with a member behind its own.
    ///
    /// - Parameter member: name and value, such as `"_dd":{"ddtags":"a:b"}`, without line breaks;
    ///   empty: none. A stream of raw lines gets the object alone.
    package mutating func append(
        object: Span<UInt8>, hasLineBreaks: Bool, adding member: Span<UInt8>, from place: Int
    ) throws(IngestError) {
        guard !member.isEmpty, target.format == .json else {
            return try append(object: object, hasLineBreaks: hasLineBreaks, from: place)
        }
        guard fits(object) else { return try handleOversize(object, from: place) }
        let body = object.extracting(..<(object.count - 1))
        if hasLineBreaks { appendWithoutLineBreaks(body) } else { target.batch.append(body) }
        if !object.isEmptyObject { target.batch.append(.comma) }
        target.batch.append(member)
        target.batch.append(.closeBrace)
        if hasStamp { addStamp(isEmptyObject: false) }
        try endLine()
    }

    // MARK: Records that are built here

    /// Begins the line of an object; its members are then appended to `line`.
    package mutating func beginLine() {
        lineStart = target.batch.count
        target.batch.append(.openBrace)
    }

    /// The line that was begun, behind the lines before it.
    ///
    /// Each member is appended with a comma behind it, and without line breaks.
    package var line: ByteBuffer {
        _read { yield target.batch }
        _modify { yield &target.batch }
    }

    /// Ends the line that was begun.
    ///
    /// - Parameters:
    ///   - source: the record as it came; if it is over the limit, that is dealt with and the line
    ///     dropped.
    ///   - place: where it begins in the decoded body.
    ///   - hasTime: whether the line has a time of its own; a record without one gets the stamp of
    ///     text.
    package mutating func endLine(
        of source: Span<UInt8>, from place: Int, hasTime: Bool
    ) throws(IngestError) {
        guard fits(source) else {
            dropLine()
            return try handleOversize(source, from: place)
        }
        let isEmpty = target.batch.count == lineStart + 1
        if !isEmpty { target.batch.truncate(to: target.batch.count - 1) }
        target.batch.append(.closeBrace)
        if hasTime {
            if hasStamp { addStamp(isEmptyObject: isEmpty) }
        } else if !textStamp.isEmpty {
            addTextStamp(isEmptyObject: isEmpty)
        }
        try endLine()
    }

    /// Takes back the line that was begun.
    package mutating func dropLine() { target.batch.truncate(to: lineStart) }

    /// Appends a valid JSON string, quotes included, that stands where a record belongs.
    package mutating func append(string: Span<UInt8>, from place: Int) throws(IngestError) {
        guard fits(string) else { return try handleOversize(string, from: place) }
        switch target.format {
        case .json:
            target.batch.append("{\"message\":")
            target.batch.append(string)
            target.batch.append(.closeBrace)
            addTextStamp()
        case .raw:
            text.removeAll()
            text.append(insideOfString: string.extracting(1..<string.count - 1))
            target.batch.append(rawText: text)
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
        switch target.format {
        case .json:
            target.batch.append("{\"message\":\"")
            target.batch.append(jsonEscaping: text)
            target.batch.append(mark ? "\",\"truncated\":true}" : "\"}")
            addTextStamp()
        case .raw:
            target.batch.append(rawText: text)
            if mark { target.batch.append(" [truncated]") }
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
            switch target.format {
            case .json: target.batch.append(piece)
            // Nothing but what stands in a string has to be escaped, and JSON has the same escapes.
            case .raw: target.batch.append(lineEscaping: piece, backslashes: false)
            }
            start = end + 1
        }
    }

    /// Puts the stamp in the place of the closing brace that was appended last.
    @inline(never)
    private mutating func addStamp(isEmptyObject: Bool) {
        target.batch.truncate(to: target.batch.count - 1)
        if !isEmptyObject { target.batch.append(.comma) }
        target.batch.append(stamp)
    }

    /// The same for a record that is made of text.
    private mutating func addTextStamp(isEmptyObject: Bool = false) {
        if textStamp.isEmpty { return }
        target.batch.truncate(to: target.batch.count - 1)
        if !isEmptyObject { target.batch.append(.comma) }
        target.batch.append(textStamp)
    }

    private mutating func endLine() throws(IngestError) {
        target.batch.append(.lineFeed)
        report.accepted += 1
        if keepsResults { results.append(0) }
        if target.batchByteCount + others.batchByteCount > batchLimit {
            throw .batchTooLarge(limit: batchLimit)
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
