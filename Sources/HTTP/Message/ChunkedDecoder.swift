// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Decodes the chunked transfer coding of one body (RFC 9112, 7.1), strictly.
///
/// It reads octet by octet, so the input may stop anywhere; each body needs a new decoder. After an
/// error the caller closes the connection and discards what was appended before.
package struct ChunkedDecoder: Sendable {
    private enum State {
        case firstDigit, digits, chunkExtension, sizeLineFeed
        case data, dataCarriageReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, lastLineFeed
        case finished
    }

    private var state = State.firstDigit
    private var digitCount = 0
    /// How many bytes of the current chunk remain.
    private var remaining = 0
    private var dataByteCount = 0
    private var chunkExtension = ChunkExtension()
    private var extensionByteCount = 0
    private var trailerCount = 0
    private var trailerByteCount = 0
    private let extensionLimit: Int
    private let trailerCountLimit: Int
    private let trailerByteLimit: Int

    package init(limits: Limits = Limits()) {
        extensionLimit = limits.chunkExtensionByteCount
        trailerCountLimit = limits.trailerCount
        trailerByteLimit = limits.trailerByteCount
    }

    /// Whether the last chunk, the trailers and the empty line after them have been read.
    package var isFinished: Bool { state == .finished }

    /// Appends the data in `wire` to `body` and returns how many bytes of `wire` it has read: all,
    /// or those up to the end of the message, where the next request begins.
    ///
    /// A body of more than `limit` bytes of data, over all calls, is rejected at the size line of
    /// the chunk that exceeds the limit.
    package mutating func decode(
        _ wire: Span<UInt8>, into body: inout ByteBuffer, limit: Int
    ) throws(RequestError) -> Int {
        var index = 0
        while index < wire.count, state != .finished {
            if state == .data {
                let count = min(remaining, wire.count - index)
                body.append(wire.extracting(index..<index + count))
                index += count
                remaining -= count
                if remaining == 0 { state = .dataCarriageReturn }
            } else {
                try accept(wire[index], limit: limit)
                index += 1
            }
        }
        return index
    }

    private mutating func accept(_ byte: UInt8, limit: Int) throws(RequestError) {
        switch state {
        case .firstDigit, .digits: try acceptSize(byte)
        case .chunkExtension: try acceptExtension(byte)
        case .sizeLineFeed:
            try expect("\n", byte, else: .bareCarriageReturn)
            try beginChunk(limit: limit)
        case .dataCarriageReturn:
            try expect("\r", byte, else: .missingChunkEnd)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect("\n", byte, else: .missingChunkEnd)
            state = .firstDigit
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed:
            try acceptTrailer(byte)
        case .data, .finished: break
        }
    }

    private func expect(
        _ expected: Unicode.Scalar, _ byte: UInt8, else error: RequestError
    ) throws(RequestError) {
        if byte != UInt8(ascii: expected) { throw error }
    }

    private mutating func acceptSize(_ byte: UInt8) throws(RequestError) {
        if let digit = byte.hexadecimalValue {
            // Sixteen digits, leading zeros included, and no sign bit: it cannot overflow.
            guard digitCount < 16, remaining <= Int.max >> 4 else { throw .invalidChunkSize }
            remaining = remaining << 4 | Int(digit)
            digitCount += 1
            state = .digits
            return
        }
        guard state == .digits else { throw .invalidChunkSize }
        switch byte {
        case UInt8(ascii: "\r"): state = .sizeLineFeed
        case UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "\t"):
            chunkExtension = ChunkExtension()
            state = .chunkExtension
            try acceptExtension(byte)
        case UInt8(ascii: "\n"): throw .bareLineFeed
        default: throw .invalidChunkSize
        }
    }

    private mutating func acceptExtension(_ byte: UInt8) throws(RequestError) {
        if byte == UInt8(ascii: "\r"), chunkExtension.isComplete {
            state = .sizeLineFeed
            return
        }
        // Counted over the whole body: otherwise each byte of data could carry a kilobyte of
        // extensions.
        extensionByteCount += 1
        if extensionByteCount > extensionLimit { throw .chunkExtensionsTooLarge }
        if byte == UInt8(ascii: "\n") { throw .bareLineFeed }
        try chunkExtension.accept(byte)
    }

    private mutating func beginChunk(limit: Int) throws(RequestError) {
        digitCount = 0
        if remaining == 0 {
            state = .trailerStart
            return
        }
        guard remaining <= limit - dataByteCount else { throw .bodyTooLarge }
        dataByteCount += remaining
        state = .data
    }

    /// RFC 9112, 7.1.2: trailers are checked like header fields, and discarded.
    private mutating func acceptTrailer(_ byte: UInt8) throws(RequestError) {
        switch state {
        case .lastLineFeed:
            try expect("\n", byte, else: .bareCarriageReturn)
            state = .finished
            return
        case .trailerLineFeed:
            try expect("\n", byte, else: .bareCarriageReturn)
            state = .trailerStart
        case .trailerStart:
            if byte == UInt8(ascii: "\r") {
                state = .lastLineFeed
                return
            }
            trailerCount += 1
            if trailerCount > trailerCountLimit { throw .trailersTooLarge }
            guard ByteSet.token.contains(byte) else { throw .invalidTrailer }
            state = .trailerName
        case .trailerName:
            if byte == UInt8(ascii: ":") {
                state = .trailerValue
            } else if !ByteSet.token.contains(byte) {
                throw .invalidTrailer
            }
        default:
            if byte == UInt8(ascii: "\r") {
                state = .trailerLineFeed
            } else if (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7f {
                throw byte == UInt8(ascii: "\n") ? .bareLineFeed : .invalidTrailer
            }
        }
        trailerByteCount += 1
        if trailerByteCount > trailerByteLimit { throw .trailersTooLarge }
    }
}
