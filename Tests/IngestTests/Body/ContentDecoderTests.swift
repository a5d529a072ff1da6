// SPDX-License-Identifier: Apache-2.0

import Bytes
import Compression
import Testing

@testable import Ingest

/// Compresses `count` times `chunk`.
func compress(_ chunk: [UInt8], times count: Int = 1, as format: CompressedFormat) -> [UInt8] {
    let deflater = Deflater(format)
    var output: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 16)
    for turn in 1...count {
        chunk.withUnsafeBytes { bytes in
            deflater.feed(bytes)
            var isFull = true
            while isFull {
                let written = room.withUnsafeMutableBytes { free in
                    deflater.run(into: free, isLast: turn == count)?.byteCount ?? 0
                }
                output += room.prefix(written)
                isFull = written == room.count
            }
        }
    }
    return output
}

private let records = Array("{\"a\":1}\n{\"b\":\"two\"}\n".utf8)
private let lines = ["{\"a\":1}", "{\"b\":\"two\"}"]

@Suite struct ContentDecoderTests {
    @Test func `gzip, zlib and bare deflate are decoded, one after the other`() throws {
        var ingester = Ingester()
        for _ in 0..<3 {
            for (wrapping, coding) in [
                (CompressedFormat.gzip, ContentCoding.gzip), (.zlib, .deflate), (.raw, .deflate),
            ] {
                let body = compress(records, as: wrapping)
                let outcome = try ingester.outcome(body, coding: coding, as: .ndjson)
                #expect(outcome.lines == lines)
            }
        }
    }

    @Test func `the members of a gzip body are read as one`() throws {
        let empty = compress([], as: .gzip)
        let first = compress(Array(records.prefix(11)), as: .gzip)
        let second = compress(Array(records.dropFirst(11)), as: .gzip)
        let outcome = try ingest(first + empty + second, coding: .gzip, as: .ndjson)
        #expect(outcome.lines == lines)
    }

    @Test(arguments: [ContentCoding.gzip, .deflate])
    func `a body cut anywhere is an error`(coding: ContentCoding) throws {
        for wrapping in coding == .gzip ? [CompressedFormat.gzip] : [.zlib, .raw] {
            let body = compress(records, as: wrapping)
            var ingester = Ingester()
            for count in 1..<body.count {
                #expect(throws: IngestError.truncatedCompression, "\(wrapping) \(count)") {
                    try ingester.outcome(Array(body.prefix(count)), coding: coding)
                }
            }
            #expect(try ingester.outcome(body, coding: coding).accepted == 2)
        }
        #expect(throws: IngestError.emptyBody) { try ingest([], coding: coding) }
    }

    @Test(
        arguments: [
            [0, 1], [0x1F], [0x1F, 0x8B, 0xFF, 0xFF], [0x0A], Array("trailing".utf8),
        ] as [[UInt8]])
    func `bytes after the last member are an error`(tail: [UInt8]) {
        let body = compress(records, as: .gzip) + tail
        #expect(throws: IngestError.corruptCompression) { try ingest(body, coding: .gzip) }
        let zlib = compress(records, as: .zlib) + tail
        #expect(throws: IngestError.corruptCompression) { try ingest(zlib, coding: .deflate) }
    }

    @Test func `a damaged checksum is an error`() {
        var body = compress(records, as: .gzip)
        body[body.count - 6] ^= 1
        #expect(throws: IngestError.corruptCompression) { try ingest(body, coding: .gzip) }
    }

    @Test(arguments: ["{\"a\":1}", "[{\"a\":1}]", "text\n", "x", "PK\u{3}\u{4}"])
    func `a body that is not compressed is reported as such`(body: String) {
        // Of so few bytes nobody can tell what is no deflate.
        for coding in [ContentCoding.gzip, .deflate] where body.utf8.count > 4 || coding == .gzip {
            #expect(throws: IngestError.notCompressed) {
                try ingest(Array(body.utf8), coding: coding)
            }
        }
    }

    @Test(arguments: [1, 2, 511, 100_000])
    func `zeros after gzip are padding, as for gzip itself`(count: Int) throws {
        let body = compress(records, as: .gzip) + Array(repeating: 0, count: count)
        #expect(try ingest(body, coding: .gzip, as: .ndjson).lines == lines)
        #expect(throws: IngestError.corruptCompression) {
            try ingest(body + [1], coding: .gzip, as: .ndjson)
        }
        #expect(throws: IngestError.corruptCompression) {
            try ingest(compress(records, as: .zlib) + [0], coding: .deflate, as: .ndjson)
        }
    }

    @Test(arguments: BodyFormat.allCases)
    func `undeclared compression is reported as such`(format: BodyFormat) {
        let gzip = compress(records, as: .gzip)
        for coding in [ContentCoding.identity, .gzip] {
            let body = coding == .gzip ? compress(gzip, as: .gzip) : gzip
            #expect(throws: IngestError.compressed(.gzip)) {
                try ingest(body, coding: coding, as: format)
            }
        }
        #expect(throws: IngestError.compressed(.zstd)) {
            try ingest([0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x03], as: format)
        }
    }

    @Test func `a compressed body may decode to the limit and not to a byte more`() throws {
        var limits = IngestLimits()
        for size in [100, 65_536, 200_000] {
            let text = [UInt8](repeating: 0x78, count: size)
            for coding in [ContentCoding.gzip, .identity] {
                let body = coding == .gzip ? compress(text, as: .gzip) : text
                limits.decodedByteCount = size
                #expect(try ingest(body, coding: coding, limits: limits).accepted == 1)
                limits.decodedByteCount = size - 1
                #expect(throws: IngestError.decodedTooLarge(limit: size - 1)) {
                    try ingest(body, coding: coding, limits: limits)
                }
            }
        }
    }

    @Test func `a bomb stops at the limit`() {
        // 1 GiB of zeros, in about 1 MB.
        let bomb = compress([UInt8](repeating: 0, count: 1 << 20), times: 1 << 10, as: .gzip)
        #expect(bomb.count < 2 << 20)
        let before = residentPeakKilobytes()
        let limit = IngestLimits().decodedByteCount
        #expect(throws: IngestError.decodedTooLarge(limit: limit)) {
            try ingest(bomb, coding: .gzip)
        }
        // The output and, while it grows, its predecessor.
        #expect(residentPeakKilobytes() - before < 3 * limit >> 10)
    }

    @Test func `a body that could not be decoded releases its memory`() {
        let bomb = compress([UInt8](repeating: 0, count: 1 << 20), times: 64, as: .gzip)
        var decoder = ContentDecoder()
        #expect(throws: IngestError.decodedTooLarge(limit: 32 << 20)) {
            try decoder.begin(bomb.span, .gzip, limit: 32 << 20)
            _ = try decoder.proceed(bomb.span, until: .max)
        }
        decoder.shrink(to: 1 << 20)
        #expect(decoder.output.capacity <= 1 << 20)
    }
}
