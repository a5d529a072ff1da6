// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Turns the bodies of requests into lines of a stream's file.
///
/// A worker has one, which keeps the parser, the decompressor and their memory from request to
/// request.
package struct Ingester: ~Copyable {
    private let limits: IngestLimits
    private var decoder = ContentDecoder()
    private var reader: BodyReader
    /// What reads the body instead.
    private var otherReader: (any RecordReader)?
    private var request = IngestRequest()
    private var stage = Stage.over

    private enum Stage {
        case begun, decoding, reading, over
    }

    package init(limits: IngestLimits = IngestLimits()) {
        self.limits = limits
        reader = BodyReader(limits: limits)
    }

    /// Appends the records of `body`, one line each, to `batch`, and those it rejects to `rejected`.
    ///
    /// It is `begin` and `proceed` without a deadline; what they say holds.
    package mutating func ingest(
        _ body: Span<UInt8>, coding: ContentCoding = .identity, format: BodyFormat,
        streamFormat: StreamFormat, atomic: Bool = false, into batch: inout ByteBuffer,
        rejected: inout ByteBuffer, context: borrowing RejectionContext,
        stamp: Span<UInt8> = Span(), textStamp: Span<UInt8> = Span()
    ) throws(IngestError) -> IngestReport {
        begin(
            coding: coding, format: format, streamFormat: streamFormat, atomic: atomic,
            context: context, stamp: stamp, textStamp: textStamp)
        while true {
            if let report = try proceed(body, into: &batch, rejected: &rejected) { return report }
        }
    }

    /// Begins a request, and forgets the one before.
    ///
    /// - Parameters:
    ///   - coding: What the body was compressed with.
    ///   - format: What its media type says it is.
    ///   - reader: What reads it; nil: JSON, NDJSON, forms and text are read by what they are.
    ///   - streamFormat: How the records stand in the file.
    ///   - atomic: Whether one rejected record keeps all others out of the batch.
    ///   - rejectedRoom: Bytes of rejected records that may be kept of it, in lines of their file.
    ///   - context: What is noted beside a rejected record; it is copied.
    ///   - stamp: Members that each object of a `json` stream gets behind its own, and the closing
    ///     brace, `"a":"b"}`; empty: none. Limits of a record are about it without them. It is copied.
    ///   - textStamp: The same for each record that is made of text.
    package mutating func begin(
        coding: ContentCoding = .identity, format: BodyFormat,
        reader other: (any RecordReader)? = nil, streamFormat: StreamFormat,
        atomic: Bool = false, rejectedRoom: Int = .max, context: borrowing RejectionContext,
        stamp: Span<UInt8> = Span(), textStamp: Span<UInt8> = Span()
    ) {
        request = IngestRequest(
            coding: coding, isAtomic: atomic, streamFormat: streamFormat,
            rejectedRoom: rejectedRoom,
            batchLimit: other == nil ? limits.batchByteCount : limits.expandedByteCount,
            keepsResults: other?.wantsResults ?? false)
        otherReader = other
        if let other { other.begin(format) } else { reader.begin(format) }
        reader.sink.note(context, stamp: stamp, textStamp: textStamp)
        stage = .begun
    }

    /// Reads the request's body on: to its end, or until `deadline` has passed.
    ///
    /// It reads at least a part of some 32 KiB, or a record that is larger.
    ///
    /// - Parameters:
    ///   - body: The whole body as it came, the same each time. The 64 bytes behind it must be
    ///     readable, as they are behind any part of a `ByteBuffer`.
    ///   - batch: Lines for the stream's file. It has to hold what it held when the call before
    ///     returned.
    ///   - rejected: Lines for the file of rejected records, likewise.
    ///   - deadline: Monotonic nanoseconds; `.max` for none.
    /// - Returns: How many records were accepted and rejected, and why; nil if `deadline` has passed
    ///   before the end of the body.
    /// - Throws: `IngestError` if nothing of the body can be used; both buffers are as they were
    ///   before the request.
    package mutating func proceed(
        _ body: Span<UInt8>, into batch: inout ByteBuffer, rejected: inout ByteBuffer,
        until deadline: Int64 = .max
    ) throws(IngestError) -> IngestReport? {
        precondition(stage != .over, "a request has to begin")
        // The buffers change hands without a copy.
        swap(&batch, &reader.sink.target.batch)
        swap(&rejected, &reader.sink.target.rejected)
        defer {
            swap(&batch, &reader.sink.target.batch)
            swap(&rejected, &reader.sink.target.rejected)
        }
        do throws(IngestError) {
            guard try read(body, until: deadline) else { return nil }
        } catch {
            reader.sink.rollBack()
            end(isRead: false)
            throw error
        }
        end(isRead: true)
        if request.isAtomic, reader.sink.report.rejected > 0 { reader.sink.withhold() }
        return reader.sink.report
    }

    /// - Parameter isRead: whether the answer still needs what another reader has noted, so that its
    ///   memory is not given back yet.
    private mutating func end(isRead: Bool) {
        stage = .over
        if !isRead { otherReader?.shrink() }
        otherReader = nil
        reader.shrink()
        if request.coding != .identity { decoder.shrink(to: limits.keptScratchByteCount) }
    }

    /// Whether all is read.
    private mutating func read(
        _ body: Span<UInt8>, until deadline: Int64
    ) throws(IngestError) -> Bool {
        if stage == .begun {
            reader.sink.begin(request, bodyByteCount: body.count)
            stage = .reading
            let limit = limits.decodedByteCount
            request.coding = request.coding.resolved(for: body)
            if request.coding != .identity {
                try decoder.begin(body, request.coding, limit: limit)
                stage = .decoding
            } else if body.count > limit {
                throw .decodedTooLarge(limit: limit)
            }
        }
        if stage == .decoding {
            guard try decoder.proceed(body, until: deadline) else { return false }
            stage = .reading
        }
        reader.sink.report.decodedByteCount =
            request.coding == .identity ? body.count : decoder.output.count
        if let otherReader {
            // The buffers of the request's own stream are the caller's again after each visit.
            defer { reader.sink.selectOwn() }
            return try request.coding == .identity
                ? otherReader.proceed(body, into: &reader.sink, until: deadline)
                : Self.read(decoder, with: otherReader, into: &reader.sink, until: deadline)
        }
        guard request.coding != .identity else { return try reader.proceed(body, until: deadline) }
        return try Self.read(decoder, with: &reader, until: deadline)
    }

    // Both are lent, because a span of one property counts as an access to all of its owner.
    private static func read(
        _ decoder: borrowing ContentDecoder, with reader: inout BodyReader, until deadline: Int64
    ) throws(IngestError) -> Bool {
        try reader.proceed(decoder.output.span, until: deadline)
    }

    private static func read(
        _ decoder: borrowing ContentDecoder, with reader: any RecordReader,
        into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        try reader.proceed(decoder.output.span, into: &sink, until: deadline)
    }
}

/// What is asked of a request but for its body.
struct IngestRequest {
    var coding = ContentCoding.identity
    var isAtomic = false
    var streamFormat = StreamFormat.json
    var rejectedRoom = Int.max
    /// Bytes that it may add to the batch.
    var batchLimit = Int.max
    /// Whether the answer says of each record what became of it.
    var keepsResults = false
}

extension Ingester {
    /// Bytes of memory that the request's body and its window take.
    package var heldByteCount: Int {
        decoder.heldByteCount + 4 * reader.index.capacity + reader.sink.heldByteCount
            + (otherReader?.heldByteCount ?? 0)
    }

    /// What the request has written for other streams than its own, which is the caller's from now
    /// on.
    package mutating func takeOtherBatches() -> [OtherBatch] { reader.sink.takeOtherBatches() }

    /// Appends what became of each record, where its reader wants that: 0, or the raw value of the
    /// reason and one.
    package func appendResults(to results: inout ByteBuffer) { results.append(reader.sink.results) }

    /// Forgets the request that was begun; what it has written is the caller's to remove.
    package mutating func cancel() { if stage != .over { end(isRead: false) } }

    /// Moves what an unfinished request has written to the end of `batch` and `rejected` into
    /// buffers of its own, with which it is then to proceed.
    package mutating func detach(
        from batch: inout ByteBuffer, and rejected: inout ByteBuffer,
        into ownBatch: inout ByteBuffer, and ownRejected: inout ByteBuffer
    ) {
        if stage == .begun { return }
        reader.sink.detach(from: &batch, and: &rejected, into: &ownBatch, and: &ownRejected)
    }
}
