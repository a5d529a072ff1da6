import Bytes

/// Turns the bodies of requests into lines of a stream's file.
///
/// A worker has one, which keeps the parser, the decompressor and their memory from request to
/// request.
package struct Ingester: ~Copyable {
    private let limits: IngestLimits
    private var decoder = ContentDecoder()
    private var reader: BodyReader

    package init(limits: IngestLimits = IngestLimits()) {
        self.limits = limits
        reader = BodyReader(limits: limits)
    }

    /// Appends the records of `body`, one line each, to `batch`, and those it rejects to `rejected`.
    ///
    /// - Parameters:
    ///   - body: The whole body as it came. The 64 bytes behind it must be readable, as they are
    ///     behind any part of a `ByteBuffer`.
    ///   - coding: What the body was compressed with.
    ///   - format: What its media type says it is.
    ///   - streamFormat: How the records stand in the file.
    ///   - atomic: Whether one rejected record keeps all others out of the batch.
    ///   - batch: Lines for the stream's file.
    ///   - rejected: Lines for the file of rejected records.
    ///   - context: What is noted beside a rejected record.
    ///   - stamp: Members that each record of a `json` stream gets behind its own, and the closing
    ///     brace, `"a":"b"}`; empty: none. Limits of a record are about it without them.
    /// - Returns: How many records were accepted and rejected, and why.
    /// - Throws: `IngestError` if nothing of the body can be used; both buffers are as they were.
    package mutating func ingest(
        _ body: Span<UInt8>, coding: ContentCoding = .identity, format: BodyFormat,
        streamFormat: StreamFormat, atomic: Bool = false, into batch: inout ByteBuffer,
        rejected: inout ByteBuffer, context: borrowing RejectionContext,
        stamp: Span<UInt8> = Span()
    ) throws(IngestError) -> IngestReport {
        // The buffers change hands without a copy.
        swap(&batch, &reader.sink.batch)
        swap(&rejected, &reader.sink.rejected)
        defer {
            swap(&batch, &reader.sink.batch)
            swap(&rejected, &reader.sink.rejected)
        }
        reader.sink.begin(streamFormat, context: context, stamp: stamp)
        do throws(IngestError) {
            try read(body, coding: coding, format: format)
        } catch {
            reader.sink.rollBack()
            throw error
        }
        if atomic, reader.sink.report.rejected > 0 { reader.sink.withhold() }
        return reader.sink.report
    }

    private mutating func read(
        _ body: Span<UInt8>, coding: ContentCoding, format: BodyFormat
    ) throws(IngestError) {
        defer { reader.shrink() }
        let limit = limits.decodedByteCount
        guard coding != .identity else {
            guard body.count <= limit else { throw .decodedTooLarge(limit: limit) }
            return try reader.read(body, format: format)
        }
        defer { decoder.shrink(to: limits.keptScratchByteCount) }
        try decoder.decode(body, gzip: coding == .gzip, limit: limit)
        try Self.read(decoder, with: &reader, format: format)
    }

    // Both are lent, because a span of one property counts as an access to all of its owner.
    private static func read(
        _ decoder: borrowing ContentDecoder, with reader: inout BodyReader, format: BodyFormat
    ) throws(IngestError) {
        try reader.read(decoder.output.span, format: format)
    }
}
