// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Testing

@testable import Ingest

/// What docs/BODIES.md says of restoring, as a client's reader would do it.
private enum Restorer {
    /// The text of a line of a raw stream, with halves of surrogate pairs as their escapes.
    static func text(ofRawLine line: [UInt8]) -> [UInt8] {
        let first = line.first { $0 != .space && $0 != .tab }
        if first == .openBrace { return line }
        var result: [UInt8] = []
        var index = 0
        while index < line.count {
            let digits = line[index...].dropFirst(2).prefix(4)
            guard line[index] == .backslash, index + 6 <= line.count,
                line[index + 1] == UInt8(ascii: "u"),
                digits.allSatisfy({ $0.hexadecimalValue != nil }),
                let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                result.append(line[index])
                index += 1
                continue
            }
            if let scalar = Unicode.Scalar(unit) {
                result += Array(String(scalar).utf8)
            } else {
                result += line[index..<index + 6]
            }
            index += 6
        }
        return result
    }

    /// The text of a line of a json stream that holds a message and nothing else; nil for others.
    static func message(ofJSONLine line: [UInt8]) -> [UInt8]? {
        let (head, tail) = (Array("{\"message\":\"".utf8), Array("\"}".utf8))
        guard line.starts(with: head), line.suffix(2).elementsEqual(tail) else { return nil }
        // Foundation would drop U+FEFF, so the few escapes that are written are read here.
        var rest = line.dropFirst(head.count).dropLast(2)
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == .backslash, let letter = rest.popFirst() else {
                if byte == .quote { return nil }
                text.append(byte)
                continue
            }
            switch letter {
            case UInt8(ascii: "u"):
                text.append(
                    UInt8(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0xFF)
                rest = rest.dropFirst(4)
            case UInt8(ascii: "n"): text.append(.lineFeed)
            case UInt8(ascii: "r"): text.append(.carriageReturn)
            case UInt8(ascii: "t"): text.append(.tab)
            default: text.append(letter)
            }
        }
        return text
    }

    static func record(ofRejectedLine line: String) throws -> [UInt8] {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if object?["raw"] is String { return raw(ofRejectedLine: Array(line.utf8)) }
        let base64 = try #require(object?["raw_base64"] as? String)
        return Array(try #require(Data(base64Encoded: base64)))
    }

    private static func raw(ofRejectedLine line: [UInt8]) -> [UInt8] {
        let start = line.firstRange(of: Array("\"raw\":".utf8))?.upperBound ?? 0
        return message(ofJSONLine: Array("{\"message\":".utf8) + line[start...]) ?? []
    }
}

@Suite struct RestorationTests {
    private static let pieces: [[UInt8]] =
        [
            "a", " ", "\t", "\r", "\r\n", "{", "}", "[", "]", "\"", "\\", "\\u", "\\u0007",
            "\\ud83d",
            "\\u005c", "\u{0}", "\u{7}", "\u{7F}", "\u{85}", "\u{2028}", "é", "漢", "😀", "\u{FEFF}",
            "=",
            "&", "%41", "+", "{\"a\":1}", "{\"message\":\"x\"}", "\u{1E}", ",", "0041",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0x80], [0xED, 0xA0, 0x80], [0xE2, 0x80]]

    private static func line(_ generator: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
            Bool.random(using: &generator) || pieces.isEmpty
                ? pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                : [UInt8.random(in: 0...255, using: &generator)]
        }.filter { $0 != .lineFeed }
    }

    /// What the records of lines of text are: the lines without their ends, but for blank ones.
    private static func records(of body: [UInt8]) -> [[UInt8]] {
        let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        return body[start...].split(separator: .lineFeed, omittingEmptySubsequences: false)
            .map { $0.last == .carriageReturn ? Array($0.dropLast()) : Array($0) }
            .filter { line in line.contains { !$0.isWhiteSpace } }
    }

    /// Every record of `lines`, which may be written or rejected, in its place.
    @Test(arguments: 1...16)
    func `lines of text come back byte for byte, from the stream or the rejected ones`(
        seed: UInt64
    ) throws {
        var generator = SplitMix64(state: seed)
        var ingester = Ingester()
        for _ in 0..<120 {
            let lines = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                Self.line(&generator)
            }
            // The first line says that this is no JSON.
            let body = Array(([Array("text".utf8)] + lines).joined(separator: [.lineFeed]))
            for stream in [StreamFormat.json, .raw] {
                let outcome = try ingester.outcome(body, as: .text, into: stream)
                try Self.check(outcome, Self.records(of: body), stream)
            }
        }
    }

    private static func check(
        _ outcome: Outcome, _ records: [[UInt8]], _ stream: StreamFormat
    ) throws {
        var written = outcome.bytes.split(separator: .lineFeed).map(Array.init)[...]
        var rejected = try outcome.rejected.map(Restorer.record(ofRejectedLine:))[...]
        #expect(outcome.unkept == 0)
        for record in records {
            guard String(validating: record, as: UTF8.self) != nil else {
                #expect(rejected.popFirst() == record)
                continue
            }
            // A line that is nothing but objects is those, without the white space around them.
            var rest = record[...]
            repeat {
                guard let line = written.popFirst() else {
                    Issue.record("\(record) is not there")
                    return
                }
                let text =
                    switch stream {
                    case .raw: Restorer.text(ofRawLine: line)
                    case .json: Restorer.message(ofJSONLine: line) ?? line
                    }
                if rest.elementsEqual(text) { break }
                rest = rest.drop { $0.isWhiteSpace }
                if rest.starts(with: line) {
                    rest = rest.dropFirst(line.count)
                } else if rest.starts(with: escapedInJSON(line)) {
                    rest = rest.dropFirst(escapedInJSON(line).count)
                } else {
                    Issue.record("\(record) became \(String(decoding: line, as: UTF8.self))")
                    return
                }
            } while rest.contains { !$0.isWhiteSpace }
        }
        #expect(written.isEmpty && rejected.isEmpty)
    }

    /// A JSON object of a raw stream, in which what could forge a line has JSON's own escapes.
    private static func escapedInJSON(_ line: [UInt8]) -> [UInt8] {
        var text = String(decoding: line, as: UTF8.self)
        for scalar in ["\u{7F}", "\u{85}", "\u{2028}"] {
            let escape = "\\u" + String(format: "%04x", scalar.unicodeScalars.first?.value ?? 0)
            text = text.replacing(escape, with: scalar)
        }
        return Array(text.utf8)
    }

    @Test(arguments: 21...28)
    func `values and elements come back byte for byte, from the stream or the rejected ones`(
        seed: UInt64
    ) throws {
        var generator = SplitMix64(state: seed)
        var ingester = Ingester()
        for turn in 0..<150 {
            // One line each, of which none is in two lines or is two records.
            let records = (0..<10).map { _ in
                let count = [0, 0, 1, 2][Int.random(in: 0..<4, using: &generator)]
                let marks = Array(repeating: [0xEF, 0xBB, 0xBF] as [UInt8], count: count)
                let words: [[UInt8]] = [[], [], Array("up ".utf8), [0x35], [0x22], [0x1B]]
                let word = words[Int.random(in: 0..<words.count, using: &generator)]
                let record = generator.mutatedRecord()
                return (Array(marks.joined()) + (count > 0 ? word : []) + record).filter {
                    $0 != .lineFeed && $0 != .carriageReturn
                }
            }
            let isSequence = turn % 2 == 0
            let separator: [UInt8] = isSequence ? [0x1E] : [.lineFeed]
            let body = separator + Array(records.joined(separator: separator))
            let format = isSequence ? BodyFormat.sequence : .ndjson
            let outcome = try ingester.outcome(body, as: format)
            // All bytes are in the lines, the rejected ones, or commas between, but white space,
            // marks, and the brackets of a body that is an array.
            var left: [UInt8] = [0x1E, 0xEF, 0xBB, 0xBF]
            let first = body.first { !$0.isWhiteSpace && !left.contains($0) }
            if !isSequence, first == .openBracket { left += [.openBracket, .closeBracket] }
            func weight(_ bytes: [UInt8]) -> [Int] {
                var counts = Array(repeating: 0, count: 256)
                for byte in bytes where !byte.isWhiteSpace && !left.contains(byte) {
                    counts[Int(byte)] += 1
                }
                return counts
            }
            var back: [UInt8] = []
            for line in outcome.bytes.split(separator: .lineFeed).map(Array.init) {
                let isMessage = line.starts(with: Array("{\"message\":\"".utf8))
                back += isMessage ? Array(line.dropFirst(11).dropLast()) : line
            }
            back += try outcome.rejected.flatMap(Restorer.record(ofRejectedLine:))
            back += Array(repeating: .comma, count: outcome.strayCommas)
            #expect(weight(back) == weight(body))
        }
    }

    @Test(arguments: 31...34)
    func `a form comes back field for field, or as received`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let bytes = Array("ab*-._~".utf8)
        for _ in 0..<200 {
            func word() -> [UInt8] {
                (0..<Int.random(in: 0...4, using: &generator)).flatMap { _ in
                    Bool.random(using: &generator)
                        ? [bytes.randomElement(using: &generator) ?? 0x61]
                        : Array(
                            String(format: "%%%02X", Int.random(in: 0...255, using: &generator))
                                .utf8)
                }
            }
            let count = Int.random(in: 1...5, using: &generator)
            let body = Array(
                (0..<count).map { _ in word() + [.equals] + word() }.joined(separator: [.ampersand])
            )
            let outcome = try ingest(body, as: .form)
            // A pair without a byte is none that a form's encoder writes.
            if body.split(separator: .ampersand).contains([.equals]) {
                #expect(
                    outcome.lines == ["{\"message\":\"\(String(decoding: body, as: UTF8.self))\"}"])
                continue
            }
            guard outcome.accepted == 1 else {
                #expect(outcome.reasons == ["invalid_utf8"])
                #expect(try outcome.raw() == [String(decoding: body, as: UTF8.self)])
                continue
            }
            let text = String(decoding: body, as: UTF8.self)
            var fields: [String: [String]] = [:]
            for field in text.split(separator: "&") {
                let parts = field.split(separator: "=", omittingEmptySubsequences: false)
                    .map { String($0).removingPercentEncoding ?? "?" }
                fields[parts[0], default: []].append(parts[1])
            }
            let object = try JSONSerialization.jsonObject(with: Data(outcome.bytes))
            let found = (object as? [String: Any] ?? [:]).mapValues { value in
                (value as? [String]) ?? [(value as? String) ?? "?"]
            }
            #expect(found == fields, "\(text)")
        }
    }
}
