// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

/// What holds for every bulk body, whatever the size of windows, the pauses and the end of the body.
struct BulkPropertyTests {
    /// Bodies made of lines of all sorts.
    private struct Maker {
        var generator: SplitMix

        mutating func line() -> String {
            let indexes = ["logs", "a\\u0041", "x.y", String(repeating: "i", count: 300)]
            let index = indexes[Int(generator.next() % 4)]
            switch generator.next() % 12 {
            case 0...3: return #"{"create":{"_index":"\#(index)"}}"#
            case 4: return #"{"index":{"_id":"\#(generator.next() % 100)"}}"#
            case 5: return #"{"delete":{"_index":"\#(index)","_id":"1"}}"#
            case 6: return #"{"update":{"_index":"\#(index)"}}"#
            case 7:
                return
                    #"{"message":"\#(String(repeating: "ü\u{2028}", count: Int(generator.next() % 40)))","n":[1,{}]}"#
            case 8: return #"{"a":"#
            case 9:
                return ["", "  ", "\r", "oops", "[1]", "{}", "{}x", "\u{1}", "\""][
                    Int(generator.next() % 9)]
            default: return #"{"n":\#(generator.next() % 1000),"s":"\#(generator.next())"}"#
            }
        }

        mutating func body() -> [UInt8] {
            var body: [UInt8] = []
            for _ in 0..<generator.next() % 30 {
                body += Array(line().utf8)
                if generator.next() % 60 == 0 { body.append(0xFF) }
                body.append(10)
            }
            return body
        }
    }

    private static func limits(_ windowByteCount: Int) -> IngestLimits {
        var limits = IngestLimits()
        limits.windowByteCount = windowByteCount
        return limits
    }

    @Test(arguments: [UInt64](0..<40))
    func `windows and pauses change nothing, and each record and item is there`(seed: UInt64) {
        var maker = Maker(generator: SplitMix(state: seed))
        for _ in 0..<25 {
            let body = maker.body()
            let whole = ReadBody(body, path: "/shop/_bulk")
            let narrow = ReadBody(
                body, path: "/shop/_bulk", isPaused: true, limits: Self.limits(64))
            #expect(narrow == whole)
            let isEmpty = whole.error == .emptyBody
            #expect(isEmpty == (whole.lines.isEmpty && whole.rejected.isEmpty))
            // Notes of actions and results of records stay together.
            let items = whole.answer.matches(of: /"status":([0-9]+)/).map { $0.output.1 }
            #expect(items.count == whole.lines.count + whole.rejected.count)
            #expect(items.count { $0 == "400" } == whole.rejected.count)
            #expect(whole.answer.contains("\"errors\":true") == !whole.rejected.isEmpty)
        }
    }

    @Test(arguments: [UInt64](0..<4))
    func `what was sent can be rebuilt from the lines`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var pairs: [(action: String, document: String)] = []
        for number in 0..<200 {
            let action =
                generator.next() % 3 == 0
                ? #"{ "index" : {"_index":"i\#(number % 3)", "_id":"\#(number)"} }"#
                : #"{"create":{"_index":"logs"}}"#
            pairs.append((action, #"{ "n": \#(number), "text": "\#(generator.next())\#u{2028}" }"#))
        }
        let body = pairs.map { "\($0.action)\n\($0.document)\n" }.joined()
        let stamp = #""received_at":"2026-11-28T18:00:00.000Z"}"#
        let lines = ReadBody(Array(body.utf8), stamp: stamp).lines
        #expect(lines.count == pairs.count)
        for (line, pair) in zip(lines, pairs) {
            // The document is what stands in front of the last `_bulk`, and its brace.
            let rebuilt = Self.rebuild(line, stamp)
            #expect(rebuilt?.document == pair.document && rebuilt?.action == pair.action)
        }
    }

    private static func rebuild(
        _ line: String, _ stamp: String
    ) -> (action: String, document: String)? {
        guard line.hasSuffix("," + stamp),
            let mark = line.ranges(of: #","_bulk":"#).last
        else { return nil }
        let action = line[mark.upperBound...].dropLast(stamp.count + 1)
        return (String(action), line[..<mark.lowerBound] + "}")
    }

    @Test
    func `every truncation of a body loses only what was cut`() {
        let body = Array(
            """
            {"create":{"_index":"logs"}}
            {"a":"ü\\n","b":[1,2.5e3,true,null]}
            {"delete":{"_id":"7"}}
            {"index":{}}
            {"c":{}}

            """.utf8)
        let whole = ReadBody(body).lines
        for count in 1..<body.count {
            let cut = Array(body[..<count])
            let read = ReadBody(cut)
            // What is whole is a beginning of the lines; at most one record is bad.
            #expect(whole.starts(with: read.lines), "\(count)")
            #expect(read.rejected.count <= 1)
            let paused = ReadBody(cut, isPaused: true, limits: Self.limits(64))
            #expect(paused == read)
            // A pair is read as soon as its document is, line feed or not.
            let lines = cut.split(separator: 10, omittingEmptySubsequences: false).map(\.count)
            let isWhole = [0, 1, 3, 5].contains(lines.count - 1) && lines.last == 0
            if isWhole { #expect(read.rejected.isEmpty == (lines.count != 2), "\(count)") }
        }
    }
}

/// A generator of numbers that are the same for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
