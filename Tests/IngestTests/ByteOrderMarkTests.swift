// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ingest

/// Files that were put together have a mark in the middle; what stands behind it is never lost.
@Suite struct ByteOrderMarkTests {
    private static let mark = "\u{FEFF}"
    private static let values = [
        "5", "null", "up", "\u{1B}", "&", "-", "\u{FEFF}", "\u{FEFF}up", "\"s\"", "{\"c\":3}",
        "[1]",
        "}", "x\"y\"", "\\\"z", "up down", "",
    ]

    /// What of `value` has to be found again; marks and the space around are no part of it.
    private static func check(_ outcome: Outcome, _ value: String, _ body: String) throws {
        let text = value.replacing(mark, with: "").replacing("\u{1B}", with: "\\u001b")
        let back = try outcome.lines + outcome.raw().map { $0.replacing("\u{1B}", with: "\\u001b") }
        let isFound =
            text.isEmpty
            || back.contains { $0.contains(text) || $0.contains(text.debugEscaped) }
            || text == "\"s\"" && back.contains("s")
            // At the start of a body it is an array, whose element is rejected.
            || text == "[1]" && back.contains("1")
        #expect(isFound, "\(body.debugDescription) \(back)")
        #expect(outcome.unkept == 0)
    }

    @Test(arguments: [16, 17, 18, 19, 20, 21, 31, 64, 65536])
    func `the text after a mark is in one of the files`(windowByteCount: Int) throws {
        var limits = IngestLimits()
        limits.windowByteCount = windowByteCount
        for format in BodyFormat.allCases where format != .query {
            for stream in [StreamFormat.json, .raw] {
                for value in Self.values {
                    let marked = Self.mark + value
                    for body in [
                        marked + "\n{\"b\":2}\n", "\n" + marked + "\n{\"b\":2}",
                        "{\"a\":1}\n" + marked + "\n{\"b\":2}", "{\"a\":1}" + marked,
                        "{\"a\":1}\n" + marked + "{\"b\":2}",
                        "[{\"a\":1}," + marked + ",{\"b\":2}]",
                        "[" + marked + "]", "[{\"a\":1}" + marked + "]",
                        "\u{1E}{\"a\":1}\n\u{1E}" + marked + "\n\u{1E}{\"b\":2}",
                    ] {
                        let outcome = try ingest(body, as: format, into: stream, limits: limits)
                        try Self.check(outcome, value, body)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("{\"a\":1}\n\u{FEFF}ERROR disk failed\n{\"b\":2}", "\u{FEFF}ERROR disk failed"),
        ("{\"a\":1}\n\u{FEFF}5\n{\"b\":2}", "\u{FEFF}5"),
        ("{\"a\":1}\n\u{FEFF}\u{FEFF}up\n{\"b\":2}", "\u{FEFF}\u{FEFF}up"),
        ("[{\"a\":1},\u{FEFF}5,{\"b\":2}]", "\u{FEFF}5"),
    ])
    func `if no value begins after a mark, the record is rejected with it`(
        body: String, raw: String
    ) throws {
        for suffix in ["", "\n{\"c\":\"\u{1}\"}"] {
            let outcome = try ingest(body + suffix, as: .json)
            #expect(outcome.lines == ["{\"a\":1}", "{\"b\":2}"])
            // Foundation would drop the mark.
            #expect(outcome.rejected.first?.contains("\"raw\":\"\(raw)\"}") == true)
        }
    }

    @Test func `text with a mark in it is text, with the mark`() throws {
        for stream in [StreamFormat.json, .raw] {
            let outcome = try ingest("{\"a\":1}\n\u{FEFF}up\n", as: .text, into: stream)
            let line = stream == .raw ? "\u{FEFF}up" : "{\"message\":\"\u{FEFF}up\"}"
            #expect(outcome.lines == ["{\"a\":1}", line])
        }
    }

    @Test(arguments: [
        "[\u{FEFF}{\"a\":1},\u{FEFF}{\"b\":1}]", "[\u{FEFF} {\"a\":1} ,\u{FEFF}\u{FEFF}{\"b\":1}]",
        "\u{FEFF}[{\"a\":1},\n\u{FEFF}\n{\"b\":1}]",
    ])
    func `a mark before an element is not part of it`(body: String) throws {
        for careful in ["", "\n{\"c\":\"\u{1}\"}"] {
            let outcome = try ingest(body + careful, as: .json)
            #expect(outcome.lines == ["{\"a\":1}", "{\"b\":1}"])
            #expect(outcome.rejectedCount == (careful.isEmpty ? 0 : 1))
        }
    }

    @Test func `many marks do not cost their square`() throws {
        for unit in ["\u{FEFF}", "\u{FEFF}\"s\" ", "\u{FEFF}5\n", "\u{FEFF}\u{FEFF}{}"] {
            let body = String(repeating: unit, count: 100_000)
            let start = ContinuousClock.now
            for text in [body, "[" + body.replacing("\n", with: ",") + "]"] {
                _ = try? ingest(text, as: .json)
            }
            #expect(ContinuousClock.now - start < .seconds(60), "\(unit.debugDescription)")
        }
    }

    /// For the index, a string behind a backslash or a mark begins elsewhere.
    @Test func `an element after one with a misplaced quote is not lost`() throws {
        let outcome = try ingest("[x\\\"y,z\",{\"a\":1},\"b\"]", as: .json)
        let back = try outcome.lines + outcome.raw()
        #expect(back.joined().contains("{\"a\":1}") && back.joined().contains("x\\\"y,z\""))
    }
}

extension String {
    fileprivate var debugEscaped: String {
        replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
