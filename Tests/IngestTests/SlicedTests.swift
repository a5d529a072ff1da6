// SPDX-License-Identifier: Apache-2.0

import Bytes
import Compression
import Testing

@testable import Ingest

extension Ingester {
    /// Ingests `body` with a deadline that has always passed: at most a window between two calls.
    mutating func slicedOutcome(
        _ body: [UInt8], coding: ContentCoding = .identity, as format: BodyFormat,
        into stream: StreamFormat = .json, atomic: Bool = false, stamp: String = ""
    ) throws(IngestError) -> (outcome: Outcome, sliceCount: Int) {
        var batch = ByteBuffer()
        batch.append("earlier\n")
        var rejected = ByteBuffer()
        rejected.append("earlier\n")
        let name = Array("app".utf8)
        let peer = Array("192.0.2.7:4711".utf8)
        let stampBytes = Array(stamp.utf8)
        begin(
            coding: coding, format: format, streamFormat: stream, atomic: atomic,
            context: RejectionContext(
                timeMilliseconds: 1_795_440_335_123, stream: name.span, peer: peer.span),
            stamp: stampBytes.span, textStamp: stampBytes.span)
        var sliceCount = 0
        while true {
            sliceCount += 1
            // Neither the body nor the buffers stay where they were.
            var moved = ByteBuffer(capacity: body.count)
            moved.append(body.span)
            var nextBatch = ByteBuffer()
            nextBatch.append(batch)
            var nextRejected = ByteBuffer()
            nextRejected.append(rejected)
            do throws(IngestError) {
                let report = try proceed(
                    moved.span, into: &nextBatch, rejected: &nextRejected, until: 0)
                swap(&batch, &nextBatch)
                swap(&rejected, &nextRejected)
                guard let report else { continue }
                let outcome = Outcome(report, batch: batch.copy, rejected: rejected.copy)
                return (outcome, sliceCount)
            } catch {
                precondition(nextBatch.copy == Array("earlier\n".utf8))
                precondition(nextRejected.copy == Array("earlier\n".utf8))
                throw error
            }
        }
    }
}

@Suite struct SlicedTests {
    private static let formats = [BodyFormat.unknown, .json, .ndjson, .text, .form]

    /// Bodies of many kinds, larger than the windows of `limits`.
    private static let bodies: [[UInt8]] =
        [
            String(repeating: "{\"a\":1}\n", count: 60),
            String(repeating: "{\"a\":\n", count: 60),
            "[" + String(repeating: "{\"a\":1},", count: 60) + "{}]",
            "[" + String(repeating: "{} {},", count: 60) + "{}",
            "[{}," + String(repeating: "[{", count: 300) + "\n{}",
            "{\"logs\":[" + String(repeating: "{\"a\":1},", count: 60) + "{}]}",
            "{\"logs\":[" + String(repeating: "{\"a\":1},", count: 60) + "{}],\"b\":1}",
            String(repeating: "text {\"a\"} \u{e9}\n", count: 60),
            "{\"long\":\"" + String(repeating: "x", count: 900) + "\"}\n{\"a\":1}\n",
            "{\"long\":\"" + String(repeating: "x\u{1}", count: 400) + "\"}\n{\"a\":1}\n",
            "{\n\"a\": nope" + String(repeating: "\n", count: 700) + "}\n{\"b\":1}",
            "{\n\"a\": \"nope" + String(repeating: "\n", count: 700) + "}\n{\"b\":1}",
            "nope" + String(repeating: " nope", count: 200) + "\n{\"b\":1}",
            String(repeating: "1 \u{1} {}\n[] \"x\" \"\u{1}\"{\n", count: 40),
            String(repeating: "a=1&b=%20", count: 40), "", " \n",
        ].map { Array($0.utf8) }
        + [
            Array(repeating: 0xFF, count: 500),
            Array("{}\n".utf8) + Array(repeating: 0xE2, count: 500),
        ]

    private static let limits: IngestLimits = {
        var limits = IngestLimits()
        limits.windowByteCount = 64
        limits.recordByteCount = 300
        return limits
    }()

    private static func check(
        _ body: [UInt8], coding: ContentCoding = .identity, as format: BodyFormat,
        into stream: StreamFormat = .json, atomic: Bool = false, limits: IngestLimits,
        with sliced: inout Ingester
    ) -> Int {
        let whole = Result { () throws(IngestError) in
            try ingest(
                body, coding: coding, as: format, into: stream, atomic: atomic, limits: limits)
        }
        do throws(IngestError) {
            let slices = try sliced.slicedOutcome(
                body, coding: coding, as: format, into: stream, atomic: atomic)
            #expect(try whole.get() == slices.outcome, "\(format) \(body.prefix(40))")
            return slices.sliceCount
        } catch {
            #expect(throws: error) { try whole.get() }
            return 0
        }
    }

    @Test(arguments: [false, true])
    func `a body read in slices gives the same result as at once`(atomic: Bool) {
        var ingester = Ingester(limits: Self.limits)
        var most = 0
        for body in Self.bodies {
            for format in Self.formats {
                for stream in [StreamFormat.json, .raw] {
                    let count = Self.check(
                        body, as: format, into: stream, atomic: atomic, limits: Self.limits,
                        with: &ingester)
                    most = max(most, count)
                }
            }
        }
        #expect(most > 8)
    }

    @Test(arguments: 1...8)
    func `random bodies read in slices give the same result as at once`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var ingester = Ingester(limits: Self.limits)
        for turn in 0..<60 {
            let records = (0..<30).map { _ in generator.mutatedRecord() }
            let isArray = turn % 3 == 0
            var body = Array(records.joined(separator: [isArray ? .comma : .lineFeed]))
            if isArray { body = [.openBracket] + body + [.closeBracket] }
            for format in Self.formats {
                _ = Self.check(
                    body, as: format, into: turn % 2 == 0 ? .json : .raw, limits: Self.limits,
                    with: &ingester)
            }
        }
    }

    @Test func `a compressed body is decoded in slices`() {
        let lines = Array(String(repeating: "{\"a\":\"some text\"}\n", count: 16_000).utf8)
        let some = Array(lines.prefix(50_000))
        var generator = SplitMix64(state: 7)
        let noise = (0..<80_000).map { _ in
            UInt8.random(in: 0x21..<0x7F, using: &generator)
        }
        var ingester = Ingester()
        for (text, wrapping, coding) in [
            (lines, CompressedFormat.gzip, ContentCoding.gzip), (some, .zlib, .deflate),
            (some, .raw, .deflate), (noise, .gzip, .gzip),
        ] {
            let body = compress(text, as: wrapping)
            let limits = IngestLimits()
            let count = Self.check(
                body, coding: coding, as: .ndjson, limits: limits, with: &ingester)
            #expect(count > 3 || text.count < 100_000)
            let cut = Array(body.dropLast(3))
            _ = Self.check(cut, coding: coding, as: .ndjson, limits: limits, with: &ingester)
            let more = compress(text, as: wrapping) + compress(text, as: wrapping)
            _ = Self.check(more, coding: coding, as: .ndjson, limits: limits, with: &ingester)
        }
    }

    @Test func `a new request discards one that was not read to its end`() throws {
        var ingester = Ingester(limits: Self.limits)
        var batch = ByteBuffer()
        var rejected = ByteBuffer()
        let name = Array("app".utf8)
        let body = Self.bodies[1]
        var source = ByteBuffer()
        source.append(body.span)
        ingester.begin(
            format: .ndjson, streamFormat: .raw, atomic: true,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
        let report = try ingester.proceed(
            source.span, into: &batch, rejected: &rejected, until: 0)
        #expect(report == nil)
        let outcome = try ingester.outcome(Array("{\"b\":}\n{}".utf8), as: .ndjson)
        #expect(outcome == (try ingest("{\"b\":}\n{}", as: .ndjson)))
    }
}
