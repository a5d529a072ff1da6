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
    private var isGzip = false
    /// Whether nothing at the beginning says that the body is compressed.
    private var isBare = false
    private var limit = 0
    /// How many bytes of the body have been read.
    private var consumed = 0

    /// Begins a body, which must not yield more than `limit` bytes.
    ///
    /// A gzip body may have several members (RFC 1952, section 2.2). `deflate` is the zlib format
    /// (RFC 9110, section 8.4.1.2), but some send it without the wrapper, which is accepted too.
    mutating func begin(
        _ body: Span<UInt8>, gzip: Bool, limit: Int
    ) throws(IngestError) {
        guard !body.isEmpty else { throw .emptyBody }
        output.removeAll()
        isGzip = gzip
        self.limit = limit
        consumed = 0
        let format = gzip ? .gzip : Self.deflateFormat(body)
        isBare = format == .raw
        if gzip, body[0] != 0x1F || body.count > 1 && body[1] != 0x8B { throw .notCompressed }
        guard inflater.begin(format) else { throw .outOfMemory }
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

    /// Gives memory back where it is more than `byteCount` bytes.
    mutating func shrink(to byteCount: Int) {
        if output.capacity > byteCount { output = ByteBuffer() }
    }

    /// Decodes one piece; true when it was the last.
    private mutating func step(_ body: Span<UInt8>) throws(IngestError) -> Bool {
        let room = min(Self.outputStep, limit - output.count)
        let given = min(Self.inputStep, body.count - consumed)
        // Doubled, so that a large body is not copied with every step.
        if output.capacity < output.count + room {
            let wanted = max(room, min(output.count, limit - output.count))
            guard output.tryReserve(wanted) else { throw .outOfMemory }
        }
        let (outcome, taken, made) = inflate(body, given: given, room: room)
        consumed += taken
        switch outcome {
        case .ended:
            if consumed == body.count || isGzip && isPadding(body) { return true }
            guard isGzip, beginsMember(body) else { throw .corruptCompression }
            inflater.beginNext()
        case .goesOn:
            if taken > 0 && consumed < body.count || made > 0 && made == room { break }
            // At the limit there is no room; anywhere else it is the input that has run out.
            if room == 0 && taken == 0 { throw .decodedTooLarge(limit: limit) }
            if consumed == body.count && room > 0 { throw truncation(of: body) }
        case .outOfMemory: throw .outOfMemory
        case .damaged: throw isBare ? .notCompressed : .corruptCompression
        }
        return false
    }

    /// Text seems to be bare deflate that ends too early.
    private func truncation(of body: Span<UInt8>) -> IngestError {
        isBare && body.count > 4 && body.isUTF8 ? .notCompressed : .truncatedCompression
    }

    /// Reads `given` bytes behind those that were consumed, and writes at most `room` bytes.
    private mutating func inflate(
        _ body: Span<UInt8>, given: Int, room: Int
    ) -> (outcome: Inflater.Outcome, taken: Int, made: Int) {
        var outcome = Inflater.Outcome.goesOn
        let before = output.count
        body.withUnsafeBytes { bytes in
            inflater.feed(UnsafeRawBufferPointer(rebasing: bytes[consumed..<(consumed + given)]))
            output.appendUninitialized(capacity: room) { free in
                let made = inflater.run(into: free)
                outcome = made.outcome
                return made.byteCount
            }
        }
        return (outcome, given - inflater.unreadByteCount, output.count - before)
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

    /// The format of a body in `deflate`: zlib's where its header is there (RFC 1950, section 2.2).
    private static func deflateFormat(_ body: Span<UInt8>) -> CompressedFormat {
        guard body.count >= 2 else { return .zlib }
        let header = UInt16(body[0]) << 8 | UInt16(body[1])
        return body[0] & 0x0F == 8 && header % 31 == 0 ? .zlib : .raw
    }
}
