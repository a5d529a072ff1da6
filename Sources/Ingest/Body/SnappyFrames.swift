// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Snappy's framing format (google/snappy: framing_format.txt): chunks of at most 64 KiB of text,
/// each behind its type, its length and a checksum.
///
/// No client is known that should send it, but some do where a block is meant, and its first chunk
/// can be no block.
enum SnappyFrames {
    private static let textByteCount = 64 << 10
    private static let headByteCount = 4
    private static let checksumByteCount = 4

    /// The first chunk of each stream, whose contents are `sNaPpY`.
    private static var streamIdentifier: [10 of UInt8] {
        [0xFF, 6, 0, 0, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59]
    }

    /// Whether `body` begins with a stream's first chunk.
    static func begin(_ body: Span<UInt8>) -> Bool { isStreamIdentifier(body, at: 0) }

    private static func isStreamIdentifier(_ body: Span<UInt8>, at start: Int) -> Bool {
        guard body.count - start >= streamIdentifier.count else { return false }
        for index in streamIdentifier.indices where body[start + index] != streamIdentifier[index] {
            return false
        }
        return true
    }

    /// Appends the text of the chunk at `start` to `output`, which may grow to `limit` bytes.
    ///
    /// - Returns: Where the next chunk begins.
    static func readChunk(
        _ body: Span<UInt8>, from start: Int, into output: inout ByteBuffer, limit: Int
    ) throws(IngestError) -> Int {
        guard body.count - start >= headByteCount else { throw .truncatedCompression }
        let content = start + headByteCount
        let end = content + body.littleEndian(at: start + 1, byteCount: 3)
        guard end <= body.count else { throw .truncatedCompression }
        switch body[start] {
        case 0x00, 0x01:
            try appendText(
                body.extracting(content..<end), isCompressed: body[start] == 0, to: &output,
                limit: limit)
        // Streams may follow one another.
        case 0xFF:
            guard isStreamIdentifier(body, at: start), end - start == streamIdentifier.count else {
                throw .corruptCompression
            }
        // Padding, and what a reader has to skip.
        case 0x80...0xFE: break
        default: throw .corruptCompression
        }
        return end
    }

    /// Appends the text of `chunk`, which begins with its checksum.
    private static func appendText(
        _ chunk: Span<UInt8>, isCompressed: Bool, to output: inout ByteBuffer, limit: Int
    ) throws(IngestError) {
        guard chunk.count >= checksumByteCount else { throw .corruptCompression }
        let text = chunk.extracting(checksumByteCount..<chunk.count)
        var block: SnappyBlock?
        if isCompressed { block = try SnappyBlock(text) }
        let count = block?.byteCount ?? text.count
        guard count <= textByteCount else { throw .corruptCompression }
        guard count <= limit - output.count else { throw .decodedTooLarge(limit: limit) }
        guard output.tryReserve(count) else { throw .outOfMemory }
        let before = output.count
        if block != nil {
            _ = try block?.decode(text, into: &output, from: before, room: count)
        } else {
            output.append(text)
        }
        let checksum = CRC32C.of(output.span.extracting(before..<output.count))
        // The sum is rotated and moved, because that of a text that holds its own sum says little.
        let masked = (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
        guard masked == chunk.littleEndian(at: 0, byteCount: 4) else { throw .corruptCompression }
    }
}

extension Span<UInt8> {
    /// The number in the `byteCount` bytes from `start` on, the lowest first.
    fileprivate func littleEndian(at start: Int, byteCount: Int) -> Int {
        var number = 0
        for index in 0..<byteCount { number |= Int(self[start + index]) << (8 * index) }
        return number
    }
}
