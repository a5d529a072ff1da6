// SPDX-License-Identifier: Apache-2.0

import Bytes
import Compression
import Linux

/// Undoes a content coding, into memory that is used again for the next body.
struct ContentDecoder: ~Copyable {
    // The most that one step reads and writes: about a millisecond's work.
    private static let inputStep = 64 << 10
    private static let outputStep = 256 << 10

    /// The decoded body; empty when decoding failed.
    private(set) var output = ByteBuffer()

    private var inflater = Inflater()
    private var zstd = ZstdDecoder()
    private var block: SnappyBlock?
    private var format = Format.gzip
    private var limit = 0
    /// How many bytes of the body have been read.
    private var consumed = 0

    private enum Format {
        case gzip, zlib
        /// Deflate of which nothing at the beginning says that it is any.
        case bareDeflate
        case zstd
        case snappyBlock, snappyFrames
    }

    /// Begins a body, which must not yield more than `limit` bytes.
    ///
    /// A gzip body may have several members (RFC 1952, section 2.2), and zstd several frames
    /// (RFC 8878, section 3). `deflate` is the zlib format (RFC 9110, section 8.4.1.2), but some send
    /// it without the wrapper, which is accepted too. `snappy` is a block, or frames if it begins
    /// like them.
    mutating func begin(
        _ body: Span<UInt8>, _ coding: ContentCoding, limit: Int
    ) throws(IngestError) {
        guard !body.isEmpty else { throw .emptyBody }
        output.removeAll()
        self.limit = limit
        consumed = 0
        switch coding {
        case .gzip: try beginGzip(body)
        case .deflate: try beginDeflate(body)
        case .zstd: try beginZstd(body)
        case .snappy:
            format = SnappyFrames.begin(body) ? .snappyFrames : .snappyBlock
            block = nil
        case .identity, .detected: preconditionFailure("there is nothing to decode")
        }
    }

    private mutating func beginGzip(_ body: Span<UInt8>) throws(IngestError) {
        if body[0] != 0x1F || body.count > 1 && body[1] != 0x8B { throw .notCompressed }
        format = .gzip
        guard inflater.begin(.gzip) else { throw .outOfMemory }
    }

    private mutating func beginDeflate(_ body: Span<UInt8>) throws(IngestError) {
        let isBare = body.count >= 2 && !body.beginsZlib
        format = isBare ? .bareDeflate : .zlib
        guard inflater.begin(isBare ? .raw : .zlib) else { throw .outOfMemory }
    }

    private mutating func beginZstd(_ body: Span<UInt8>) throws(IngestError) {
        guard ZstdDecoder.beginsFrame(body) else { throw .notCompressed }
        format = .zstd
        guard zstd.begin() else { throw .outOfMemory }
    }

    /// Decodes on until `deadline` has passed; `body` is the one that `begin` was given.
    ///
    /// - Returns: Whether all is decoded.
    mutating func proceed(
        _ body: Span<UInt8>, until deadline: Int64
    ) throws(IngestError) -> Bool {
        do throws(IngestError) {
            repeat {
                if try step(body) { return true }
            } while deadline == .max || Clock.monotonicNanoseconds() < deadline
            return false
        } catch {
            output.removeAll()
            throw error
        }
    }

    /// Bytes of memory that the body takes.
    var heldByteCount: Int { output.count + (format == .zstd ? zstd.heldByteCount : 0) }

    /// Gives memory back where it is more than `byteCount` bytes.
    mutating func shrink(to byteCount: Int) {
        if output.capacity > byteCount { output = ByteBuffer() }
        zstd.shrink(to: byteCount)
    }

    /// Decodes one piece; true when it was the last.
    private mutating func step(_ body: Span<UInt8>) throws(IngestError) -> Bool {
        switch format {
        case .gzip, .zlib, .bareDeflate, .zstd: return try stepStream(body)
        case .snappyBlock: return try stepBlock(body)
        case .snappyFrames:
            consumed = try SnappyFrames.readChunk(body, from: consumed, into: &output, limit: limit)
            return consumed == body.count
        }
    }

    private mutating func stepStream(_ body: Span<UInt8>) throws(IngestError) -> Bool {
        let room = min(Self.outputStep, limit - output.count)
        let given = min(Self.inputStep, body.count - consumed)
        // Doubled, so that a large body is not copied with every step.
        if output.capacity < output.count + room {
            let wanted = max(room, min(output.count, limit - output.count))
            guard output.tryReserve(wanted) else { throw .outOfMemory }
        }
        let (outcome, taken, made) = decode(body, given: given, room: room)
        consumed += taken
        switch outcome {
        case .ended: return try isEnd(of: body)
        case .goesOn:
            if taken > 0 && consumed < body.count || made > 0 && made == room { break }
            // At the limit there is no room; anywhere else it is the input that has run out.
            if room == 0 && taken == 0 { throw .decodedTooLarge(limit: limit) }
            if consumed == body.count && room > 0 { throw truncation(of: body) }
        case .outOfMemory: throw .outOfMemory
        case .windowTooLarge: throw .windowTooLarge(limit: ZstdDecoder.windowByteCount)
        case .damaged: throw format == .bareDeflate ? .notCompressed : .corruptCompression
        }
        return false
    }

    /// Whether nothing follows the stream that has ended; else the next one begins, if it may.
    private mutating func isEnd(of body: Span<UInt8>) throws(IngestError) -> Bool {
        if consumed == body.count { return true }
        switch format {
        case .gzip:
            if isPadding(body) { return true }
            guard beginsMember(body) else { throw .corruptCompression }
            inflater.beginNext()
        case .zstd:
            // libzstd is ready for the next frame.
            guard ZstdDecoder.beginsFrame(body.extracting(consumed..<body.count)) else {
                throw .corruptCompression
            }
        default: throw .corruptCompression
        }
        return false
    }

    /// Text seems to be bare deflate that ends too early.
    private func truncation(of body: Span<UInt8>) -> IngestError {
        format == .bareDeflate && body.count > 4 && body.isUTF8
            ? .notCompressed : .truncatedCompression
    }

    /// Reads `given` bytes behind those that were consumed, and writes at most `room` bytes.
    private mutating func decode(
        _ body: Span<UInt8>, given: Int, room: Int
    ) -> (outcome: StepOutcome, taken: Int, made: Int) {
        var outcome = StepOutcome.goesOn
        var unread = 0
        let before = output.count
        body.withUnsafeBytes { bytes in
            let input = UnsafeRawBufferPointer(rebasing: bytes[consumed..<(consumed + given)])
            output.appendUninitialized(capacity: room) { free in
                if format == .zstd {
                    zstd.feed(input)
                    let made = zstd.run(into: free)
                    outcome = StepOutcome(made.outcome)
                    unread = zstd.unreadByteCount
                    return made.byteCount
                }
                inflater.feed(input)
                let made = inflater.run(into: free)
                outcome = StepOutcome(made.outcome)
                unread = inflater.unreadByteCount
                return made.byteCount
            }
        }
        return (outcome, given - unread, output.count - before)
    }

    /// Decodes on in a block of Snappy.
    ///
    /// Its memory is taken only if the length of the text, which stands in front, is within the limit.
    private mutating func stepBlock(_ body: Span<UInt8>) throws(IngestError) -> Bool {
        var reading: SnappyBlock
        if let block {
            reading = block
        } else {
            reading = try SnappyBlock(body)
            guard reading.byteCount <= limit else { throw .decodedTooLarge(limit: limit) }
            guard output.tryReserve(reading.byteCount) else { throw .outOfMemory }
        }
        let isEnd = try reading.decode(body, into: &output, from: 0, room: Self.outputStep)
        block = reading
        return isEnd
    }

    /// Whether nothing but zeros follows: gzip(1) takes them for padding to a tape's block.
    private func isPadding(_ body: Span<UInt8>) -> Bool {
        for index in consumed..<body.count where body[index] != 0 { return false }
        return true
    }

    /// Whether another gzip member follows.
    private func beginsMember(_ body: Span<UInt8>) -> Bool {
        body.count - consumed >= 2 && body[consumed] == 0x1F && body[consumed + 1] == 0x8B
    }
}

/// How a step ended.
private enum StepOutcome {
    case goesOn
    /// A gzip member, a frame of zstd or the only stream of the body has ended.
    case ended
    case damaged, windowTooLarge, outOfMemory

    init(_ outcome: Inflater.Outcome) {
        switch outcome {
        case .goesOn: self = .goesOn
        case .ended: self = .ended
        case .damaged: self = .damaged
        case .outOfMemory: self = .outOfMemory
        }
    }

    init(_ outcome: ZstdDecoder.Outcome) {
        switch outcome {
        case .goesOn: self = .goesOn
        case .ended: self = .ended
        case .damaged: self = .damaged
        case .windowTooLarge: self = .windowTooLarge
        case .outOfMemory: self = .outOfMemory
        }
    }
}
