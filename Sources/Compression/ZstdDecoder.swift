// SPDX-License-Identifier: Apache-2.0

import CZstd

/// libzstd's decompression (RFC 8878), a step at a time, for one frame after another.
///
/// A frame brings its window, up to `windowByteCount`, which the decoder keeps for the next one until
/// `shrink` releases it.
package struct ZstdDecoder: ~Copyable {
    /// How a step ended.
    package enum Outcome: Equatable, Sendable {
        /// It needs more input or more room.
        case goesOn
        /// The frame has ended, and its checksum, if it has one, is right.
        case ended
        /// The input is not of the format, or damaged, or needs a dictionary.
        case damaged
        /// The frame needs a window of more than `windowByteCount`.
        case windowTooLarge
        case outOfMemory
    }

    /// The largest window of a frame: what RFC 9659 lets senders of the content coding use.
    package static let windowByteCount = 1 << windowLog
    private static let windowLog: Int32 = 23

    // SAFETY: owned by self and freed in deinit; one thread at a time uses it.
    private var context: OpaquePointer?
    private var input = ZSTD_inBuffer()

    /// A decoder that has no memory yet: `begin` must follow.
    package init() {}

    deinit { ZSTD_freeDCtx(context) }

    /// Begins a sequence of frames; false: there is no memory.
    package mutating func begin() -> Bool {
        input = ZSTD_inBuffer()
        if context == nil {
            context = ZSTD_createDCtx()
            guard context != nil else { return false }
            let status = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog)
            precondition(ZSTD_isError(status) == 0, "libzstd knows no limit of the window")
        }
        // The end of a frame does this by itself; a frame that was given up has to.
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        return true
    }

    /// Releases the memory if it is more than `byteCount` bytes.
    package mutating func shrink(to byteCount: Int) {
        guard ZSTD_sizeof_DCtx(context) > byteCount else { return }
        ZSTD_freeDCtx(context)
        context = nil
    }

    /// Bytes of memory, most of which are the window.
    package var heldByteCount: Int { ZSTD_sizeof_DCtx(context) }

    /// Whether `bytes` begin like a frame, or like a frame to be skipped (RFC 8878, section 3.1), as
    /// far as they go.
    ///
    /// libzstd also reads frames of its versions before 0.8, whose windows it does not limit, so
    /// each frame has to be looked at before it is fed.
    package static func beginsFrame(_ bytes: Span<UInt8>) -> Bool {
        var isData = true
        var isSkippable = true
        for index in 0..<min(bytes.count, 4) {
            let byte = bytes[index]
            if byte != magic[index] { isData = false }
            if (index == 0 ? byte & 0xF0 : byte) != skippableMagic[index] { isSkippable = false }
        }
        return isData || isSkippable
    }

    private static var magic: [4 of UInt8] { [0x28, 0xB5, 0x2F, 0xFD] }
    /// The first byte is any from 0x50 to 0x5F.
    private static var skippableMagic: [4 of UInt8] { [0x50, 0x2A, 0x4D, 0x18] }

    /// Gives the frame bytes to read; they must stay until the next call.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    }

    /// How many of the bytes fed last have not been read, such as those behind the end of the frame.
    package var unreadByteCount: Int { input.size - input.pos }

    /// Reads what was fed and writes into `room` until one of them is used up, or the frame ends.
    package mutating func run(
        into room: UnsafeMutableRawBufferPointer
    ) -> (outcome: Outcome, byteCount: Int) {
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let status = ZSTD_decompressStream(context, &output, &input)
        guard ZSTD_isError(status) != 0 else {
            return (status == 0 ? .ended : .goesOn, output.pos)
        }
        switch ZSTD_getErrorCode(status) {
        case ZSTD_error_frameParameter_windowTooLarge: return (.windowTooLarge, output.pos)
        case ZSTD_error_memory_allocation: return (.outOfMemory, output.pos)
        default: return (.damaged, output.pos)
        }
    }
}
