// SPDX-License-Identifier: Apache-2.0

import CSnappy
import CZstd
import Testing

/// `text` as one frame of zstd with a checksum.
///
/// - Parameter windowLog: the window that the frame declares, instead of the length of the text; 0:
///   the length.
func zstd(_ text: [UInt8], windowLog: Int32 = 0, level: Int32 = 3) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog)
    var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(text.count))
    let count = text.withUnsafeBytes { source in
        frame.withUnsafeMutableBytes { room in
            var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
            // The length of a text that is not given whole is unknown.
            if windowLog > 0 { ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush) }
            #expect(ZSTD_compressStream2(context, &output, &input, ZSTD_e_end) == 0)
            return output.pos
        }
    }
    return Array(frame.prefix(count))
}

/// A frame of zstd that decoders skip.
func skippableZstd(_ content: [UInt8]) -> [UInt8] {
    [0x5A, 0x2A, 0x4D, 0x18, UInt8(content.count), 0, 0, 0] + content
}

/// `text` as a block of Snappy.
func snappy(_ text: [UInt8]) -> [UInt8] {
    var count = snappy_max_compressed_length(text.count)
    var block = [CChar](repeating: 0, count: count)
    let source = text.map { CChar(bitPattern: $0) }
    #expect(snappy_compress(source, source.count, &block, &count) == SNAPPY_OK)
    return block.prefix(count).map { UInt8(bitPattern: $0) }
}

/// The text of a block of Snappy as libsnappy decodes it; nil if it is damaged.
func unsnapped(_ block: [UInt8]) -> [UInt8]? {
    let source = block.map { CChar(bitPattern: $0) }
    var count = 0
    guard snappy_uncompressed_length(source, source.count, &count) == SNAPPY_OK,
        count / 22 <= block.count
    else { return nil }
    var text = [CChar](repeating: 0, count: count + 1)
    guard snappy_uncompress(source, source.count, &text, &count) == SNAPPY_OK else { return nil }
    return text.prefix(count).map { UInt8(bitPattern: $0) }
}
