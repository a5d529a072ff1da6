// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Testing

@testable import Ingest

private let seeds = [
    #"{"ts":"2026-08-23T08:00:00Z","level":"info","n":-12.5e3,"ok":true,"x":null}"#,
    #"{"msg":"a \"quoted\" \\ \u00e9 \ud83d\ude00","nested":{"a":[1,[2,{"b":[]}]]}}"#,
    #"{"text":"é 漢 😀","empty":"","list":[false,0,"",{}]}"#, #"{}"#, #"{"a":[]}"#,
].map { Array($0.utf8) }

private let interesting = Array("{}[]\",:\\0-e.ut \t\n\r\u{0}é".utf8) + [0xFF, 0xED, 0xA0, 0x80]

extension SplitMix64 {
    /// A record with up to three bytes changed, inserted, removed or repeated.
    mutating func mutatedRecord() -> [UInt8] {
        var record = seeds[Int.random(in: 0..<seeds.count, using: &self)]
        for _ in 0..<Int.random(in: 0...3, using: &self) {
            guard !record.isEmpty else { break }
            let place = Int.random(in: 0..<record.count, using: &self)
            let byte = interesting.randomElement(using: &self) ?? 0
            switch Int.random(in: 0..<5, using: &self) {
            case 0: record[place] = byte
            case 1: record.insert(byte, at: place)
            case 2: record.remove(at: place)
            case 3: record.removeSubrange(place...)
            default: record += record[place...]
            }
        }
        return record
    }
}

@Suite struct MutationTests {
    @Test(arguments: 1...8)
    func `whatever is accepted parses, and everything is counted`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        var ingester = Ingester()
        var accepted: [UInt8] = []
        var kept: [UInt8] = []
        var total = 0
        for turn in 0..<250 {
            let records = (0..<10).map { _ in generator.mutatedRecord() }
            let format = [BodyFormat.json, .ndjson, .unknown, .text, .form][turn % 5]
            let isArray = turn % 3 == 0
            var body = Array(records.joined(separator: [isArray ? .comma : .lineFeed]))
            if isArray { body = [.openBracket] + body + [.closeBracket] }
            guard let outcome = try? ingester.outcome(body, as: format) else { continue }
            #expect(outcome.lines.count == outcome.accepted)
            #expect(outcome.rejected.count == outcome.rejectedCount)
            accepted += outcome.bytes
            kept += Array(outcome.rejected.map { $0 + "\n" }.joined().utf8)
            total += outcome.accepted
        }
        try expectObjects(accepted, count: total)
        try expectObjects(kept, count: kept.count { $0 == .lineFeed })
    }

    /// Whether each line is a record is decidable when no line break is inserted and nothing can
    /// follow an object on its line; then Python says how many there are.
    @Test(arguments: 101...104)
    func `Python counts as many records`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let records = (0..<2000).map { _ in
            generator.mutatedRecord().filter { $0 != .lineFeed && $0 != .carriageReturn }
        }
        let verdicts = try python(
            """
            import json, sys
            def refuse(name): raise ValueError(name)
            for line in open(sys.argv[1], 'rb').read().split(b'\\n'):
                try:
                    value = json.loads(line.decode('utf-8'), parse_constant=refuse)
                except ValueError: print('invalid')
                else: print({dict: 'object', str: 'string'}.get(type(value), 'other'))
            """, on: Array(records.joined(separator: [.lineFeed])))
        #expect(verdicts.count == records.count)
        var ingester = Ingester()
        for (record, verdict) in zip(records, verdicts) {
            guard record.contains(where: { !$0.isWhiteSpace }) else { continue }
            for body in [record, record + [.lineFeed]] {
                let outcome = try ingester.outcome(body, as: .ndjson)
                let isRecord =
                    outcome.accepted == 1 && outcome.rejectedCount == 0 && outcome.strayCommas == 0
                let text = String(decoding: record, as: UTF8.self)
                #expect(isRecord == (verdict == "object" || verdict == "string"), "\(text)")
            }
        }
        // All of them in one body: nothing valid is lost to what is malformed beside it.
        let outcome = try ingester.outcome(
            Array(records.joined(separator: [.lineFeed])), as: .ndjson)
        let valid = zip(records, verdicts).filter { $0.1 == "object" }.map {
            String(decoding: $0.0.drop { $0.isWhiteSpace }, as: UTF8.self)
                .trimmingCharacters(in: .whitespaces)
        }
        var written = outcome.lines[...]
        var lost = 0
        for line in valid {
            guard let place = written.firstIndex(of: line) else {
                lost += 1
                continue
            }
            written = written[(place + 1)...]
        }
        #expect(lost == 0)
    }

    @Test func `real logs become as many messages as they have lines`() throws {
        guard let log = FileManager.default.contents(atPath: "/var/log/dpkg.log") else { return }
        let lines = log.split(separator: .lineFeed).prefix(2000)
        let body = Array(lines.joined(separator: [.lineFeed]))
        for format in [BodyFormat.text, .unknown] {
            let outcome = try ingest(body, as: format)
            #expect(outcome.accepted == lines.count && outcome.rejectedCount == 0)
            try expectObjects(outcome.bytes, count: lines.count)
        }
        let raw = try ingest(body, as: .text, into: .raw)
        #expect(raw.bytes == body + [.lineFeed])
    }
}
