// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Reads bodies inside a body, such as texts in Base64, as the service's own paths read a whole one.
///
/// A gzip member is decoded first. What cannot be decoded is one rejected record.
package struct InnerBodyReader: ~Copyable {
    private var decoder = ContentDecoder()
    private var reader: BodyReader
    private var stage = Stage.begun
    private var isCompressed = false

    private enum Stage {
        case begun, decoding, reading
    }

    package init(limits: IngestLimits) { reader = BodyReader(limits: limits) }

    /// Bytes that were decoded of the body that was begun last; 0 if it is not compressed.
    package var decodedByteCount: Int { isCompressed ? decoder.output.count : 0 }

    /// Begins a body whose records go to `sink`.
    ///
    /// - Parameter place: where it is in the body around it, which rejected records name.
    package mutating func begin(at place: Int, into sink: inout RecordSink) {
        stage = .begun
        isCompressed = false
        sink.beginInnerBody(at: place)
    }

    /// Reads on in `body`, behind which 64 bytes must be readable, until `deadline` has passed.
    ///
    /// - Parameters:
    ///   - body: the whole inner body, the same each time.
    ///   - limit: how many bytes it may yield when it is decoded.
    ///   - sink: the one of `begin`.
    /// - Returns: whether all is read.
    /// - Throws: why the body around it cannot be read on.
    package mutating func proceed(
        _ body: Span<UInt8>, decodingAtMost limit: Int, into sink: inout RecordSink,
        until deadline: Int64
    ) throws(IngestError) -> Bool {
        // The sink changes hands without a copy of its buffers.
        swap(&sink, &reader.sink)
        defer { swap(&sink, &reader.sink) }
        do throws(IngestError) {
            guard try read(body, limit, until: deadline) else { return false }
        } catch {
            switch error {
            case .emptyBody: break
            case .corruptCompression, .truncatedCompression, .notCompressed, .compressed:
                reader.sink.reject(body, .malformed, from: 0)
            default: throw error
            }
        }
        reader.sink.endInnerBody()
        return true
    }

    private mutating func read(
        _ body: Span<UInt8>, _ limit: Int, until deadline: Int64
    ) throws(IngestError) -> Bool {
        if stage == .begun {
            stage = .reading
            reader.begin(.unknown)
            if case .gzip? = CompressedBody(of: body) {
                isCompressed = true
                try decoder.begin(body, .gzip, limit: limit)
                stage = .decoding
            }
        }
        if stage == .decoding {
            guard try decoder.proceed(body, until: deadline) else { return false }
            stage = .reading
        }
        guard isCompressed else { return try reader.proceed(body, until: deadline) }
        return try Self.read(decoder, with: &reader, until: deadline)
    }

    // Both are lent, because a span of one property counts as an access to all of its owner.
    private static func read(
        _ decoder: borrowing ContentDecoder, with reader: inout BodyReader, until deadline: Int64
    ) throws(IngestError) -> Bool {
        try reader.proceed(decoder.output.span, until: deadline)
    }

    /// Gives back memory that only an unusually large body needed.
    package mutating func shrink() {
        reader.shrink()
        decoder.shrink(to: reader.limits.keptScratchByteCount)
    }

    /// Bytes of memory that the body takes.
    package var heldByteCount: Int { decoder.heldByteCount + 4 * reader.index.capacity }
}
