// SPDX-License-Identifier: Apache-2.0

import CZlib

/// zlib's deflate, a step at a time, for one stream.
package struct Deflater: ~Copyable {
    private let stream = ZlibStream()

    /// - Parameter level: zlib's, 1 (fast) to 9 (small).
    package init(_ format: CompressedFormat, level: Int32 = 6) {
        let status = deflateInit2_(
            stream.pointer, level, Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, ZlibStream.byteCount)
        // Only memory or a library of another version can be at fault.
        precondition(status == Z_OK, "zlib cannot start: \(status)")
    }

    deinit { deflateEnd(stream.pointer) }

    /// Gives the stream bytes to compress; they must stay until the next call.
    package func feed(_ input: UnsafeRawBufferPointer) { stream.feed(input) }

    /// Writes into `output`, and returns how many bytes and whether the stream has ended; nil: zlib
    /// failed.
    ///
    /// A call that fills `output` may have more to write.
    ///
    /// - Parameter isLast: whether nothing will be fed any more.
    package func run(
        into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) -> (byteCount: Int, isFinished: Bool)? {
        let (status, byteCount) = stream.run(into: output) {
            deflate($0, isLast ? Z_FINISH : Z_NO_FLUSH)
        }
        switch status {
        case Z_STREAM_END: return (byteCount, true)
        case Z_OK, Z_BUF_ERROR: return (byteCount, false)
        default: return nil
        }
    }

    /// All of `bytes`, compressed at once.
    package static func compress(
        _ bytes: [UInt8], as format: CompressedFormat, level: Int32 = 6
    ) -> [UInt8] {
        let deflater = Deflater(format, level: level)
        var compressed: [UInt8] = []
        bytes.withUnsafeBytes { input in
            deflater.feed(input)
            withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { room in
                while let made = deflater.run(into: room, isLast: true) {
                    compressed += room[..<made.byteCount]
                    if made.isFinished { return }
                }
            }
        }
        return compressed
    }
}
