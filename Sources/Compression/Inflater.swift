// SPDX-License-Identifier: Apache-2.0

import CZlib

/// zlib's inflate, a step at a time, for one stream after another.
///
/// It allocates nothing once it has begun its first stream.
package struct Inflater: ~Copyable {
    /// How a step ended.
    package enum Outcome: Equatable, Sendable {
        /// It needs more input or more room.
        case goesOn
        /// The stream has ended, and its checksum and length, where the format has them, are right.
        case ended
        /// The input is not of the format, or damaged.
        case damaged
        case outOfMemory
    }

    private let stream = ZlibStream()
    private var hasBegun = false

    /// An inflater that has no stream yet: `begin` must follow.
    package init() {}

    /// An inflater at the beginning of a stream of `format`.
    package init(_ format: CompressedFormat) {
        // Only memory or a library of another version can be at fault.
        precondition(begin(format), "zlib cannot start")
    }

    deinit { if hasBegun { inflateEnd(stream.pointer) } }

    /// Begins a stream of `format`; false: there is no memory.
    package mutating func begin(_ format: CompressedFormat) -> Bool {
        if hasBegun { return inflateReset2(stream.pointer, format.windowBits) == Z_OK }
        hasBegun =
            inflateInit2_(stream.pointer, format.windowBits, ZLIB_VERSION, ZlibStream.byteCount)
            == Z_OK
        return hasBegun
    }

    /// Begins another stream of the same format in the bytes that were not read, behind one that has
    /// ended.
    package func beginNext() { inflateReset(stream.pointer) }

    /// Gives the stream bytes to read; they must stay until the next call.
    package func feed(_ input: UnsafeRawBufferPointer) { stream.feed(input) }

    package var needsInput: Bool { stream.unreadByteCount == 0 }

    /// How many of the bytes fed last have not been read, such as those behind the end of the stream.
    package var unreadByteCount: Int { stream.unreadByteCount }

    /// zlib's words for the damage after `run` has met some.
    package var fault: String {
        stream.pointer.pointee.msg.map { String(cString: $0) } ?? "no gzip data"
    }

    /// Reads what was fed and writes into `output` until one of them is used up, or the stream ends.
    package func run(
        into output: UnsafeMutableRawBufferPointer
    ) -> (outcome: Outcome, byteCount: Int) {
        let (status, byteCount) = stream.run(into: output) { inflate($0, Z_NO_FLUSH) }
        switch status {
        case Z_STREAM_END: return (.ended, byteCount)
        // Z_BUF_ERROR: there was nothing to read, or no room.
        case Z_OK, Z_BUF_ERROR: return (.goesOn, byteCount)
        case Z_MEM_ERROR: return (.outOfMemory, byteCount)
        default: return (.damaged, byteCount)
        }
    }
}
