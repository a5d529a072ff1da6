// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

/// The scanner and the reader of the service's own paths, which knows no line of it.
@Suite struct JSONScannerDifferentialTests {
    private static let seeds = [
        #"{"ts":"2026-08-23T08:00:00Z","level":"info","n":-12.5e3,"ok":true,"x":null}"#,
        #"{"msg":"a \"quoted\" \\ \u00e9 \ud83d\ude00","nested":{"a":[1,[2,{"b":[]}]]}}"#,
        #"{"text":"é 漢 😀 0123456789 é","empty":"","list":[false,0,"",{}]}"#, #"{"a":[]}"#,
    ].map { Array($0.utf8) }

    private static let telling = Array("{}[]\",:\\0-e.utb \t\né".utf8) + [0x1F, 0x7F, 0x80, 0xFF]

    @Test(arguments: 1...4)
    func `both accept the same objects`(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var ingester = Ingester()
        var accepted = 0
        for _ in 0..<5000 {
            let record = Self.mutated(&random)
            let (isRecord, line) = try Self.isAccepted(record, by: &ingester)
            let (isValue, copy) = Self.isObject(record)
            #expect(isValue == isRecord, "\(String(decoding: record, as: UTF8.self))")
            guard isValue, isRecord else { continue }
            accepted += 1
            #expect(copy == line)
        }
        #expect(500..<4500 ~= accepted)
    }

    private static func mutated(_ random: inout SplitMix64) -> [UInt8] {
        var record = seeds[random.below(seeds.count)]
        for _ in 0..<random.below(4) {
            let place = random.below(record.count)
            let byte = telling[random.below(telling.count)]
            switch random.below(4) {
            case 0: record[place] = byte
            case 1: record.insert(byte, at: place)
            case 2: if record.count > 1 { record.remove(at: place) }
            default: record[place] ^= 1 << UInt8(random.below(8))
            }
        }
        return record
    }

    private static func isAccepted(
        _ record: [UInt8], by ingester: inout Ingester
    ) throws -> (Bool, String) {
        // As the one element of an array it ends where the array does.
        var body = ByteBuffer()
        body.append("[")
        body.append(record.span)
        body.append("]")
        var batch = ByteBuffer()
        var rejected = ByteBuffer()
        let report = try ingester.ingest(
            body.span, format: .json, streamFormat: .json, into: &batch, rejected: &rejected,
            context: RejectionContext(timeMilliseconds: 0, stream: Span(), peer: Span()))
        let isAccepted = report.accepted == 1 && report.rejected == 0 && report.strayCommas == 0
        return (isAccepted && batch.span[0] == .openBrace, String(batch))
    }

    private static func isObject(_ record: [UInt8]) -> (Bool, String) {
        do throws(JSONMistake) {
            var json = JSONScanner(record.span, depthLimit: 127)
            let value = try json.skipValue()
            var copy = ByteBuffer()
            json.append(value, to: &copy)
            copy.append("\n")
            return (value.kind == .openBrace && json.isAtEnd(), String(copy))
        } catch {
            return (false, "")
        }
    }
}
