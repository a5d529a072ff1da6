// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ingest

private let records = Array("{\"a\":1}\n{\"b\":\"two\"}\n".utf8)
private let lines = ["{\"a\":1}", "{\"b\":\"two\"}"]

@Suite struct ZstdBodyTests {
    @Test(arguments: [Int32(0), 10, 23])
    func `bodies of zstd and gzip follow one another`(windowLog: Int32) throws {
        var ingester = Ingester()
        for _ in 0..<3 {
            let body = zstd(records, windowLog: windowLog)
            #expect(try ingester.outcome(body, coding: .zstd, as: .ndjson).lines == lines)
            let gzip = compress(records, as: .gzip)
            #expect(try ingester.outcome(gzip, coding: .gzip, as: .ndjson).lines == lines)
        }
    }

    @Test func `the frames of a body are read as one, wherever it is divided`() throws {
        var ingester = Ingester()
        for place in 0...records.count {
            let body =
                zstd(Array(records.prefix(place))) + skippableZstd([1, 2, 3]) + zstd([])
                + zstd(Array(records.dropFirst(place)), windowLog: 12) + skippableZstd([])
            let outcome = try ingester.outcome(body, coding: .zstd, as: .ndjson)
            #expect(outcome.lines == lines, "\(place)")
        }
        let frames = records.flatMap { zstd([$0]) }
        #expect(try ingester.outcome(frames, coding: .zstd, as: .ndjson).lines == lines)
    }

    @Test(arguments: [Int32(0), 10])
    func `a body cut anywhere is an error`(windowLog: Int32) throws {
        let first = zstd(records, windowLog: windowLog)
        let body = first + skippableZstd([1, 2, 3]) + zstd(records)
        var ingester = Ingester()
        for count in 1..<body.count where ![first.count, first.count + 11].contains(count) {
            #expect(throws: IngestError.truncatedCompression, "\(count)") {
                try ingester.outcome(Array(body.prefix(count)), coding: .zstd)
            }
        }
        #expect(try ingester.outcome(body, coding: .zstd).accepted == 4)
        #expect(throws: IngestError.emptyBody) { try ingester.outcome([], coding: .zstd) }
        #expect(throws: IngestError.emptyBody) {
            try ingester.outcome(skippableZstd([1]) + zstd([]), coding: .zstd)
        }
    }

    @Test(
        arguments: [
            [0], [0x28, 0xB4], [0x28, 0xB5, 0x2F, 0xFC], [0x0A], Array("trailing".utf8),
            [0x27, 0xB5, 0x2F, 0xFD], [0x1F, 0x8B],
        ] as [[UInt8]])
    func `bytes after the last frame are an error`(tail: [UInt8]) {
        #expect(throws: IngestError.corruptCompression) {
            try ingest(zstd(records) + tail, coding: .zstd)
        }
    }

    @Test func `a damaged frame is an error wherever the damage is`() {
        let body = zstd(Array(repeating: records, count: 20).flatMap(\.self))
        // Behind the descriptor of the frame, which has a bit that means nothing.
        for index in 5..<body.count {
            var damaged = body
            damaged[index] ^= 1 << UInt8(index % 8)
            // Damage to the length can make the frame seem longer or its window too large.
            #expect(throws: IngestError.self, "\(index)") { try ingest(damaged, coding: .zstd) }
        }
    }

    @Test(arguments: ["{\"a\":1}", "text\n", "x", "\u{1F}\u{8B}", "\u{27}\u{B5}/\u{FD}"])
    func `a body that is not compressed is reported as such`(body: String) {
        #expect(throws: IngestError.notCompressed) { try ingest(Array(body.utf8), coding: .zstd) }
    }

    @Test func `a window of more than 8 MiB is refused`() throws {
        #expect(try ingest(zstd(records, windowLog: 23), coding: .zstd).accepted == 2)
        #expect(throws: IngestError.windowTooLarge(limit: 8 << 20)) {
            try ingest(zstd(records, windowLog: 24), coding: .zstd)
        }
        #expect(throws: IngestError.windowTooLarge(limit: 8 << 20)) {
            try ingest(zstd(records) + zstd(records, windowLog: 27), coding: .zstd)
        }
    }

    @Test func `a body may decode to the limit and not to a byte more`() throws {
        var limits = IngestLimits()
        for size in [100, 65_536, 262_144, 600_000] {
            let text = [UInt8](repeating: 0x78, count: size)
            for body in [zstd(text), zstd(text, windowLog: 17), zstd(text) + zstd([])] {
                limits.decodedByteCount = size
                #expect(try ingest(body, coding: .zstd, limits: limits).accepted == 1)
                limits.decodedByteCount = size - 1
                #expect(throws: IngestError.decodedTooLarge(limit: size - 1)) {
                    try ingest(body, coding: .zstd, limits: limits)
                }
            }
        }
    }

    @Test func `a bomb stops at the limit and releases its memory`() {
        // 1 GiB of zeros, in about 100 kB of frames.
        let bomb = Array(repeating: zstd([UInt8](repeating: 0, count: 64 << 20)), count: 16)
            .flatMap(\.self)
        #expect(bomb.count < 1 << 20)
        let before = residentPeakKilobytes()
        let limit = IngestLimits().decodedByteCount
        #expect(throws: IngestError.decodedTooLarge(limit: limit)) {
            try ingest(bomb, coding: .zstd)
        }
        #expect(residentPeakKilobytes() - before < 3 * limit >> 10)

        var decoder = ContentDecoder()
        #expect(throws: IngestError.decodedTooLarge(limit: 32 << 20)) {
            try decoder.begin(bomb.span, .zstd, limit: 32 << 20)
            _ = try decoder.proceed(bomb.span, until: .max)
        }
        decoder.shrink(to: 1 << 20)
        let capacity = decoder.output.capacity
        let held = decoder.heldByteCount
        #expect(capacity <= 1 << 20 && held <= 1 << 20)
    }

    @Test func `a visit decodes one step, and the next goes on there`() throws {
        let text = (0..<40_000).flatMap { Array("{\"line\":\($0)}\n".utf8) }
        for body in [zstd(text), zstd(text, windowLog: 14), zstd(text) + zstd(text)] {
            var decoder = ContentDecoder()
            try decoder.begin(body.span, .zstd, limit: 64 << 20)
            var visits = 1
            while try !decoder.proceed(body.span, until: 0) { visits += 1 }
            #expect(visits > 2)
            let output = decoder.output.copy
            #expect(output.starts(with: text) && output.count % text.count == 0)
        }
    }
}
