// SPDX-License-Identifier: Apache-2.0

import CZstd
import Testing

@testable import Compression

/// A frame of `text` with a checksum, which declares its length if `windowLog` is 0, and else only
/// its window.
private func frame(_ text: [UInt8], windowLog: Int32 = 0) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
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

/// A frame that decoders skip, of `content`.
private func skippableFrame(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0x50 | kind, 0x2A, 0x4D, 0x18, UInt8(content.count), 0, 0, 0] + content
}

@Suite struct ZstdDecoderTests {
    private static let text = Array(
        (0..<20_000).map { "line \($0) of a text that can be compressed\n" }.joined().utf8)

    /// Decodes `compressed` up to the end of a frame, with so many bytes of input and of room for
    /// each step.
    private func decode(
        _ compressed: [UInt8], by decoder: inout ZstdDecoder, input: Int = .max,
        room byteCount: Int = 1 << 16
    ) -> (outcome: ZstdDecoder.Outcome, bytes: [UInt8], unread: Int) {
        var bytes: [UInt8] = []
        var read = 0
        return compressed.withUnsafeBytes { all in
            withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 1) { room in
                while true {
                    let piece = all[read..<(read + min(input, all.count - read))]
                    decoder.feed(UnsafeRawBufferPointer(rebasing: piece))
                    let made = decoder.run(into: room)
                    bytes += room[..<made.byteCount]
                    read += piece.count - decoder.unreadByteCount
                    let isStuck = made.byteCount < byteCount && read == all.count
                    if made.outcome != .goesOn || isStuck {
                        return (made.outcome, bytes, all.count - read)
                    }
                }
            }
        }
    }

    private func decode(_ compressed: [UInt8]) -> ZstdDecoder.Outcome {
        var decoder = ZstdDecoder()
        let hasBegun = decoder.begin()
        #expect(hasBegun)
        return decode(compressed, by: &decoder).outcome
    }

    @Test(arguments: [Int32(0), 10, 17, 23], [(1, 1 << 16), (1 << 16, 1), (777, 333)])
    func `pieces of any size give the original bytes`(
        windowLog: Int32, sizes: (input: Int, room: Int)
    ) {
        let text = Array(Self.text.prefix(50_000))
        var decoder = ZstdDecoder()
        let hasBegun = decoder.begin()
        #expect(hasBegun)
        let result = decode(
            frame(text, windowLog: windowLog), by: &decoder, input: sizes.input, room: sizes.room)
        #expect(result.outcome == .ended && result.bytes == text && result.unread == 0)
    }

    @Test func `a frame follows another, or one that is skipped`() {
        var decoder = ZstdDecoder()
        let hasBegun = decoder.begin()
        #expect(hasBegun)
        let frames = [frame([1, 2]), skippableFrame(0xF, [9, 9]), frame([]), frame([3])]
        var rest = frames.flatMap(\.self)
        for text in [[1, 2], [], [], [3]] as [[UInt8]] {
            let begins = ZstdDecoder.beginsFrame(rest.span)
            let result = decode(rest, by: &decoder)
            #expect(begins && result.outcome == .ended && result.bytes == text)
            rest = Array(rest.suffix(result.unread))
        }
        #expect(rest.isEmpty)
    }

    @Test func `a frame that is cut anywhere does not end`() {
        for windowLog in [Int32(0), 12] {
            let whole = frame(Array(Self.text.prefix(100)), windowLog: windowLog)
            for count in 0..<whole.count {
                let part = Array(whole.prefix(count))
                #expect(decode(part) == .goesOn, "\(count)")
                let begins = ZstdDecoder.beginsFrame(part.span)
                #expect(begins)
            }
            #expect(decode(whole) == .ended)
        }
    }

    @Test func `a frame begins after one that was given up`() {
        var decoder = ZstdDecoder()
        for cut in [5, 20, 60] {
            let hasBegun = decoder.begin()
            #expect(hasBegun)
            let cutOff = decode(Array(frame(Self.text).prefix(cut)), by: &decoder).outcome
            let beginsAgain = decoder.begin()
            #expect(cutOff == .goesOn && beginsAgain)
            let result = decode(frame(Self.text), by: &decoder)
            #expect(result.outcome == .ended && result.bytes == Self.text)
        }
    }

    @Test func `a wrong checksum, text and a dictionary are damage`() {
        var damaged = frame(Self.text)
        damaged[damaged.count - 1] ^= 1
        #expect(decode(damaged) == .damaged)
        #expect(decode(Array("no such thing".utf8)) == .damaged)
        // The dictionary 7, and one raw block of one byte.
        #expect(decode([0x28, 0xB5, 0x2F, 0xFD, 0x21, 7, 1, 9, 0, 0, 1]) == .damaged)
    }

    @Test(
        arguments: [
            (23, .ended), (24, .windowTooLarge), (27, .windowTooLarge),
        ] as [(Int32, ZstdDecoder.Outcome)])
    func `a window may have 8 MiB`(log: Int32, expected: ZstdDecoder.Outcome) {
        #expect(ZstdDecoder.windowByteCount == 8 << 20)
        #expect(decode(frame(Self.text, windowLog: log)) == expected)
    }

    @Test func `a window is released`() {
        var decoder = ZstdDecoder()
        let nothing = decoder.heldByteCount
        #expect(nothing == 0)
        for _ in 0..<2 {
            let hasBegun = decoder.begin()
            #expect(hasBegun)
            let outcome = decode(frame(Self.text, windowLog: 23), by: &decoder).outcome
            let held = decoder.heldByteCount
            #expect(outcome == .ended && held > 8 << 20)
            decoder.shrink(to: 1 << 20)
            let rest = decoder.heldByteCount
            #expect(rest == 0)
        }
        #expect(ZstdDecoder.windowByteCount == 8 << 20)
        let beginsAgain = decoder.begin()
        #expect(beginsAgain)
        _ = decode(frame([1, 2, 3], windowLog: 17), by: &decoder)
        decoder.shrink(to: 1 << 20)
        let small = decoder.heldByteCount
        #expect(small > 0)
    }

    /// libzstd reads the frames of its old versions, with windows of any size.
    @Test(arguments: [0x22, 0x25, 0x27] as [UInt8])
    func `frames of old versions are none`(version: UInt8) {
        let begins = ZstdDecoder.beginsFrame([version, 0xB5, 0x2F, 0xFD].span)
        #expect(!begins)
    }
}
