// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Logging
import Testing

@testable import RotatingFileLogging

private struct Full: Error, CustomStringConvertible {
    var description: String { "the \"disk\" is full" }
}

@Suite struct LogLineTests {
    private func line(
        _ message: Logger.Message = "m", metadata: Logger.Metadata = [:],
        error: (any Error)? = nil, includesSource: Bool = false
    ) -> String {
        let event = LogEvent(
            level: .notice, message: message, error: error, metadata: nil, source: "Shop",
            file: "Shop/Cart.swift", function: "add()", line: 42)
        let line = LogLine(
            event, metadata: metadata, label: "web", includesSource: includesSource,
            at: 1_795_442_161_078_999_999)
        return String(line.bytes)
    }

    private let head = #"{"time":"2026-11-23T13:56:01.078Z","level":"notice","logger":"web","#

    @Test func `a line has time, level, logger and message`() {
        #expect(line() == head + #""message":"m"}"# + "\n")
    }

    @Test(
        arguments: [
            (["k": "v"], #"{"k":"v"}"#),
            (["b": "2", "a": "1"], #"{"a":"1","b":"2"}"#),
            (
                ["n": .stringConvertible(17), "f": .stringConvertible(true)],
                #"{"f":"true","n":"17"}"#
            ),
            (["l": ["a", ["b", []], [:]]], #"{"l":["a",["b",[]],{}]}"#),
            (
                ["d": ["x": ["y": ["z", "é\u{2028}"]]]],
                #"{"d":{"x":{"y":["z","é"# + "\u{2028}\"]}}}"
            ),
            (["a\"\n": "\u{0}\\"], #"{"a\"\n":"\u0000\\"}"#),
        ] as [(Logger.Metadata, String)])
    func `metadata is JSON with sorted keys`(metadata: Logger.Metadata, json: String) {
        #expect(line(metadata: metadata) == head + #""message":"m","metadata":"# + json + "}\n")
    }

    @Test func `an error has its type and its text`() {
        let error =
            #""error":{"type":"\#(String(reflecting: Full.self))","#
            + #""message":"the \"disk\" is full"}"#
        #expect(line(error: Full()) == head + #""message":"m","# + error + "}\n")
    }

    @Test func `the source is included on request`() {
        let source = #""source":"Shop","file":"Shop/Cart.swift","line":42"#
        #expect(line(includesSource: true) == head + #""message":"m","# + source + "}\n")
    }

    @Test(arguments: ["", "two\nlines\r\n", "\u{0}\u{1b}[31m\u{7f}", "\"quoted\\\"", "日本 🪵\u{85}"])
    func `any message is one line that says the same`(message: String) throws {
        let text = line("\(message)", metadata: ["m": "\(message)"])
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(object?["message"] as? String == message)
        #expect((object?["metadata"] as? [String: String]) == ["m": message])
    }
}
