// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import Ingest

private let records = Array("{\"a\":1}\n{\"b\":\"two\"}\n".utf8)
private let lines = ["{\"a\":1}", "{\"b\":\"two\"}"]

/// A chunk of the framing format.
private func chunk(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = UInt32(content.count)
    return [kind, UInt8(count & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count >> 16)] + content
}

/// A chunk of text with its checksum.
private func chunk(of text: [UInt8], isCompressed: Bool) -> [UInt8] {
    let sum = CRC32C.of(text.span)
    let masked = (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    let bytes = (0..<4).map { UInt8(masked >> (8 * $0) & 0xFF) }
    return chunk(isCompressed ? 0 : 1, bytes + (isCompressed ? snappy(text) : text))
}

private let streamIdentifier = chunk(0xFF, Array("sNaPpY".utf8))

@Suite struct SnappyBodyTests {
    @Test func `a block is decoded`() throws {
        var ingester = Ingester()
        for _ in 0..<2 {
            let outcome = try ingester.outcome(snappy(records), coding: .snappy, as: .ndjson)
            #expect(outcome.lines == lines)
        }
        let many = Array(repeating: records, count: 20_000).flatMap(\.self)
        #expect(try ingester.outcome(snappy(many), coding: .snappy).accepted == 40_000)
    }

    @Test func `a block cut anywhere or longer than it says is an error`() {
        let block = snappy(records)
        var ingester = Ingester()
        for count in 1..<block.count {
            #expect(throws: IngestError.truncatedCompression, "\(count)") {
                try ingester.outcome(Array(block.prefix(count)), coding: .snappy)
            }
        }
        #expect(throws: IngestError.corruptCompression) {
            try ingester.outcome(block + [0], coding: .snappy)
        }
        #expect(throws: IngestError.emptyBody) { try ingester.outcome([], coding: .snappy) }
        #expect(throws: IngestError.emptyBody) { try ingester.outcome([0], coding: .snappy) }
    }

    @Test func `the length in front is compared with the limit before memory is taken`() throws {
        let text = [UInt8](repeating: 0x78, count: 100_000)
        let block = snappy(text)
        var limits = IngestLimits()
        limits.decodedByteCount = text.count
        #expect(try ingest(block, coding: .snappy, limits: limits).accepted == 1)
        var decoder = ContentDecoder()
        #expect(throws: IngestError.decodedTooLarge(limit: text.count - 1)) {
            try decoder.begin(block.span, .snappy, limit: text.count - 1)
            _ = try decoder.proceed(block.span, until: .max)
        }
        // 4 GiB - 1, of a few bytes.
        #expect(throws: IngestError.truncatedCompression) {
            let lie: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0x78]
            try decoder.begin(lie.span, .snappy, limit: .max)
            _ = try decoder.proceed(lie.span, until: .max)
        }
        let capacity = decoder.output.capacity
        #expect(capacity == 0)
    }

    @Test(
        arguments: [
            // A copy from in front of the text, of nothing, and beyond the length in front.
            [8, 3 << 2, 97, 98, 99, 100, 0x01, 5], [8, 3 << 2, 97, 98, 99, 100, 0x01, 0],
            [7, 3 << 2, 97, 98, 99, 100, 0x01, 4], [3, 3 << 2, 97, 98, 99, 100],
            // A length of 2^35 - 1, and one of more than five bytes.
            [0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0],
        ] as [[UInt8]])
    func `a damaged block is an error`(block: [UInt8]) {
        #expect(throws: IngestError.corruptCompression) { try ingest(block, coding: .snappy) }
    }

    /// The words of a text that mutations may name again and again, so that copies of every length
    /// and distance occur.
    private func randomText(_ generator: inout SystemRandomNumberGenerator) -> [UInt8] {
        let words = (0..<8).map { _ in
            (0..<Int.random(in: 1...90, using: &generator)).map { _ in
                UInt8.random(in: 32...127, using: &generator)
            }
        }
        return (0..<Int.random(in: 0...300, using: &generator)).flatMap { _ in
            words[Int.random(in: 0..<8, using: &generator)]
        }
    }

    @Test func `blocks are decoded as libsnappy does, damaged ones too`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let text = randomText(&generator)
            let block = snappy(text)
            #expect(decoded(block) == text)
            #expect(decoded(block, room: 7) == text)
            for _ in 0..<20 {
                var damaged = block
                for _ in 0...Int.random(in: 0...2, using: &generator) {
                    let place = Int.random(in: 0..<block.count, using: &generator)
                    damaged[place] = UInt8.random(in: 0...255, using: &generator)
                }
                #expect(decoded(damaged) == unsnapped(damaged), "\(damaged)")
            }
        }
    }

    /// The text of a block that is decoded so many bytes at a time; nil if it is damaged.
    private func decoded(_ body: [UInt8], room: Int = 256 << 10) -> [UInt8]? {
        var output = ByteBuffer()
        do throws(IngestError) {
            var block = try SnappyBlock(body.span)
            output.reserve(block.byteCount)
            while try !block.decode(body.span, into: &output, from: 0, room: room) {}
        } catch {
            return nil
        }
        return output.copy
    }

    @Test func `a long literal and many copies pause, and go on there`() throws {
        let noise = (0..<600_000).map { _ in UInt8.random(in: 32...126) }
        let lines = (0..<40_000).flatMap { Array("{\"line\":\($0)}\n".utf8) }
        for text in [noise, lines] {
            let body = snappy(text)
            var decoder = ContentDecoder()
            try decoder.begin(body.span, .snappy, limit: 64 << 20)
            var visits = 1
            while try !decoder.proceed(body.span, until: 0) { visits += 1 }
            let output = decoder.output.copy
            #expect(visits > 2 && output == text)
        }
    }

    @Test func `frames are decoded, with padding and what has to be skipped`() throws {
        let body =
            streamIdentifier + chunk(of: Array(records.prefix(4)), isCompressed: true)
            + chunk(0xFE, [0, 0]) + chunk(0x80, [1]) + streamIdentifier
            + chunk(of: Array(records.dropFirst(4)), isCompressed: false)
        var ingester = Ingester()
        #expect(try ingester.outcome(body, coding: .snappy, as: .ndjson).lines == lines)
        // Without a chunk the streams have ended in order.
        let ends = [10, 10 + 8 + snappy(Array(records.prefix(4))).count]
        let boundaries = [ends[0], ends[1], ends[1] + 6, ends[1] + 11, ends[1] + 21]
        for count in 11..<body.count where !boundaries.contains(count) {
            #expect(throws: IngestError.truncatedCompression, "\(count)") {
                try ingester.outcome(Array(body.prefix(count)), coding: .snappy)
            }
        }
    }

    /// The value is that of RFC 3720, appendix B.4.
    @Test func `the checksum is CRC-32C`() {
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(CRC32C.of(zeros.span) == 0x8A91_36AA)
    }

    @Test func `damaged frames are an error`() {
        var flipped = chunk(of: records, isCompressed: false)
        flipped[flipped.count - 1] ^= 1
        let tooLong = chunk(
            of: [UInt8](repeating: 0x78, count: 65_537), isCompressed: true)
        let cases = [
            flipped, tooLong, chunk(2, [0]), chunk(0x7F, []), chunk(0, [1, 2, 3]),
            chunk(0xFF, Array("sNaPpX".utf8)), chunk(0xFF, Array("sNaPpYY".utf8)),
            chunk(0, [0, 0, 0, 0] + snappy(records)),
        ]
        for damaged in cases {
            #expect(throws: IngestError.corruptCompression) {
                try ingest(streamIdentifier + damaged, coding: .snappy)
            }
        }
    }

    @Test func `frames stop at the limit, and pause between chunks`() throws {
        let piece = chunk(of: [UInt8](repeating: 0x78, count: 50_000), isCompressed: true)
        let body = streamIdentifier + piece + piece + piece
        var decoder = ContentDecoder()
        try decoder.begin(body.span, .snappy, limit: 150_000)
        var visits = 1
        while try !decoder.proceed(body.span, until: 0) { visits += 1 }
        let count = decoder.output.count
        #expect(visits == 4 && count == 150_000)
        #expect(throws: IngestError.decodedTooLarge(limit: 149_999)) {
            try decoder.begin(body.span, .snappy, limit: 149_999)
            _ = try decoder.proceed(body.span, until: .max)
        }
    }
}

@Suite struct DetectedCodingTests {
    @Test func `the first bytes tell the coding`() throws {
        let bodies = [
            records, compress(records, as: .gzip), compress(records, as: .zlib), zstd(records),
        ]
        for body in bodies {
            let outcome = try ingest(body, coding: .detected, as: .ndjson)
            #expect(outcome.lines == lines)
        }
        for text in ["x", "x y", "x", "(µ/", "text"] {
            #expect(try ingest(Array(text.utf8), coding: .detected).accepted == 1)
        }
        // Nothing says so of deflate without its wrapper.
        #expect(try ingest(compress(records, as: .raw), coding: .detected).accepted == 0)
        #expect(throws: IngestError.emptyBody) { try ingest([], coding: .detected) }
    }
}
