// SPDX-License-Identifier: Apache-2.0

import Bytes

/// A block of Snappy (google/snappy: format_description.txt), decoded a piece at a time: the length of
/// the text, then literals, and copies of what stands in front of them.
///
/// libsnappy decodes a block in one go, which takes 650 ms for the worst one of 32 MiB: copies of four
/// bytes. Nobody else would be served meanwhile.
struct SnappyBlock {
    /// The length of the text.
    let byteCount: Int

    private var written = 0
    private var at: Int
    /// What is left of a literal that is longer than a piece.
    private var literal = 0

    /// Reads the length in front of `block`.
    ///
    /// - Throws: `truncatedCompression` if so short a block cannot have a text of that length, so that
    ///   no memory need be taken for it.
    init(_ block: Span<UInt8>) throws(IngestError) {
        var length = 0
        var index = 0
        while true {
            guard index < block.count else { throw .truncatedCompression }
            let byte = block[index]
            length |= Int(byte & 0x7F) << (7 * index)
            index += 1
            if byte & 0x80 == 0 { break }
            guard index < 5 else { throw .corruptCompression }
        }
        guard length <= UInt32.max else { throw .corruptCompression }
        guard length / Self.largestRatio <= block.count else { throw .truncatedCompression }
        byteCount = length
        at = index
    }

    /// A copy of 64 bytes takes three.
    private static let largestRatio = 22

    /// Decodes on in `block`, and appends some `room` bytes of text to `output`, which must have had
    /// no more than the text so far behind `start`, and must have room for all of it.
    ///
    /// - Returns: Whether all is decoded.
    mutating func decode(
        _ block: Span<UInt8>, into output: inout ByteBuffer, from start: Int, room: Int
    ) throws(IngestError) -> Bool {
        let before = output.count
        precondition(before - start == written)
        let end = min(byteCount, written + room)
        let total = byteCount
        try block.withUnsafeBytes { (input) throws(IngestError) in
            try output.appendUninitialized(capacity: byteCount - written) {
                (free) throws(IngestError) in
                // SAFETY: the text so far stands in front of the free bytes, of which there are as
                // many as the text is to get, so it has `total` bytes from here on.
                guard let base = free.baseAddress else { return 0 }
                let text = UnsafeMutableRawBufferPointer(start: base - written, count: total)
                let first = written
                try decode(input, into: text, until: end)
                return written - first
            }
        }
        guard written == byteCount else {
            if at == block.count { throw .truncatedCompression }
            return false
        }
        if at < block.count { throw .corruptCompression }
        return true
    }

    /// Decodes elements until `end` bytes of `text` are written, or a few more.
    private mutating func decode(
        _ block: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer, until end: Int
    ) throws(IngestError) {
        while written < end {
            if literal > 0 {
                try copyLiteral(block, into: text, until: end)
                continue
            }
            guard at < block.count else { return }
            let tag = block[at]
            let extra = Self.extraByteCount(tag)
            guard at + extra < block.count else { throw .truncatedCompression }
            var operand = 0
            for index in 0..<extra { operand |= Int(block[at + 1 + index]) << (8 * index) }
            at += 1 + extra
            switch tag & 3 {
            case 0:
                literal = (extra == 0 ? Int(tag >> 2) : operand) + 1
                guard literal <= text.count - written else { throw .corruptCompression }
            case 1:
                let count = 4 + Int(tag >> 2 & 7)
                try copy(count, from: Int(tag >> 5) << 8 | operand, in: text)
            default: try copy(1 + Int(tag >> 2), from: operand, in: text)
            }
        }
    }

    /// How many bytes of a length or an offset follow a tag.
    @inline(__always)
    private static func extraByteCount(_ tag: UInt8) -> Int {
        switch tag & 3 {
        case 0: max(0, Int(tag >> 2) - 59)
        case 1: 1
        case 2: 2
        default: 4
        }
    }

    /// Copies on in a literal.
    @inline(__always)
    private mutating func copyLiteral(
        _ block: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer, until end: Int
    ) throws(IngestError) {
        // A short one is not worth a pause.
        let count = min(literal, max(end - written, 64))
        guard count <= block.count - at else { throw .truncatedCompression }
        if count <= 16, block.count - at >= 16, text.count - written >= 16 {
            Self.move16(block, at, text, written)
        } else {
            UnsafeMutableRawBufferPointer(rebasing: text[written..<(written + count)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[at..<(at + count)]))
        }
        at += count
        written += count
        literal -= count
    }

    /// Appends `count` bytes that stand `offset` bytes in front of the end; what is written by it may
    /// be copied again.
    @inline(__always)
    private mutating func copy(
        _ count: Int, from offset: Int, in text: UnsafeMutableRawBufferPointer
    ) throws(IngestError) {
        guard offset > 0, offset <= written, count <= text.count - written else {
            throw .corruptCompression
        }
        let source = written - offset
        if offset >= 16, text.count - written >= 64 {
            // A copy has at most 64 bytes. What is written behind its end is overwritten later.
            var index = 0
            while index < count {
                Self.move16(UnsafeRawBufferPointer(text), source + index, text, written + index)
                index += 16
            }
        } else {
            for index in 0..<count { text[written + index] = text[source + index] }
        }
        written += count
    }

    /// Moves 16 bytes, which must be there in both.
    @inline(__always)
    private static func move16(
        _ source: UnsafeRawBufferPointer, _ from: Int, _ target: UnsafeMutableRawBufferPointer,
        _ to: Int
    ) {
        target.storeBytes(
            of: source.loadUnaligned(fromByteOffset: from, as: SIMD16<UInt8>.self),
            toByteOffset: to, as: SIMD16<UInt8>.self)
    }
}
