// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

/// What is wrong in a bulk body costs only itself, and every action has its item.
struct BadBulkTests {
    private static let action = #"{"index":{"_index":"i"}}"#
    private static let good = #"{"index":{"_index":"i","status":201}}"#
    private static let bulk = #","_bulk":{"index":{"_index":"i"}}}"#

    @Test(arguments: [
        ("{\"a\":1", "invalid_json"), ("{\"a\":1}}", "invalid_json"),
        ("{\"a\":1} {}", "invalid_json"),
        ("text", "invalid_json"), ("{\"a\":\"\u{1}\"}", "invalid_json"),
        ("{\"a\":\"", "invalid_json"),
        ("{\"a\":\"\\x\"}", "invalid_json"), ("[{\"a\":1}]", "not_an_object"),
        ("7", "not_an_object"),
        ("\"text\"", "not_an_object"), ("null", "not_an_object"), ("\u{2028}", "invalid_json"),
        (
            "{\"a\":" + String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
                + "}",
            "too_deep"
        ),
        ("{\"a\":" + String(repeating: "1", count: 4097) + "}", "number_too_long"),
    ])
    func `a bad document costs only itself`(document: String, code: String) {
        let body =
            "\(Self.action)\n{\"a\":1}\n\(Self.action)\n\(document)\n\(Self.action)\n{\"b\":2}\n"
        let read = ReadBody(body)
        #expect(read.lines == [#"{"a":1\#(Self.bulk)"#, #"{"b":2\#(Self.bulk)"#])
        #expect(read.rejected.count == 1)
        #expect(read.rejected.first?.contains("\"reason\":\"\(code)\"") == true)
        if !document.contains(where: { $0.asciiValue ?? 32 < 32 }) {
            #expect(read.rejectedTexts == ["\(Self.action)\n\(document)"])
        }
        #expect(
            read.answer.hasPrefix(
                #"{"took":0,"errors":true,"items":[\#(Self.good),{"index":{"_index":"i","status":400,"error":{"type":"document_parsing_exception","reason":"[\#(code)]"#
            ))
        #expect(read.answer.hasSuffix(#""}}},\#(Self.good)]}"#))
    }

    @Test
    func `text that is not UTF-8 costs only itself`() {
        var body = Array("\(Self.action)\n{\"a\":\"".utf8)
        body += [0xFF] + Array("\"}\n\(Self.action)\n{\"b\":2}\n".utf8)
        let read = ReadBody(body)
        #expect(read.lines == [#"{"b":2\#(Self.bulk)"#])
        #expect(read.rejected.first?.contains("\"reason\":\"invalid_utf8\",\"raw_base64\"") == true)
    }

    @Test(arguments: [
        "{\"index\":{\"_index\":\"i\"}", "{\"frob\":{}}", "{\"index\":1}", "{}", "[]", "oops",
        "{\"index\":{},\"index\":{}}", "{\"ind\\u0065x\":{}}", "{\"index\":null}",
    ])
    func `a line that is no action is rejected with its document, and no other pair`(bad: String) {
        let body = "\(Self.action)\n{\"a\":1}\n\(bad)\n{\"x\":0}\n\(Self.action)\n{\"b\":2}\n"
        let read = ReadBody(body)
        #expect(read.lines == [#"{"a":1\#(Self.bulk)"#, #"{"b":2\#(Self.bulk)"#])
        #expect(read.rejectedTexts == ["\(bad)\n{\"x\":0}"])
        #expect(read.answer.count { $0 == "4" } == 1)
        #expect(read.answer.hasSuffix(#"}},\#(Self.good)]}"#))
    }

    @Test
    func `a line that is no action is rejected alone where an action follows`() {
        let body = "oops\n\(Self.action)\n{\"a\":1}\n{\"x\":0}\n\(Self.action)\n{\"b\":2}\nlast"
        let read = ReadBody(body)
        #expect(read.lines == [#"{"a":1\#(Self.bulk)"#, #"{"b":2\#(Self.bulk)"#])
        #expect(read.rejectedTexts == ["oops", "{\"x\":0}", "last"])
        #expect(read.answer.split(separator: "status").count == 6)
    }

    @Test
    func `an action without a document is rejected`() {
        let read = ReadBody("\(Self.action)\n{\"a\":1}\n{\"create\":{\"_index\":\"j\"}}\n\n")
        #expect(read.lines == [#"{"a":1\#(Self.bulk)"#])
        #expect(read.rejectedTexts == ["{\"create\":{\"_index\":\"j\"}}"])
        #expect(read.answer.contains(#",{"create":{"_index":"j","status":400,"#))
    }

    @Test
    func `an empty document is rejected where an action follows it`() {
        let read = ReadBody("{\"create\":{\"_index\":\"j\"}}\n\n\(Self.action)\n{\"a\":1}\n")
        #expect(read.lines == [#"{"a":1\#(Self.bulk)"#])
        #expect(read.rejectedTexts == ["{\"create\":{\"_index\":\"j\"}}"])
        #expect(read.answer.contains(#"[{"create":{"_index":"j","status":400,"#))
        #expect(read.answer.hasSuffix(#"}},\#(Self.good)]}"#))
    }

    @Test
    func `a document that looks like an action is a document`() {
        let read = ReadBody("\(Self.action)\n\(Self.action)\n\(Self.action)\n{\"a\":1}\n")
        #expect(
            read.lines == [
                #"{"index":{"_index":"i"}\#(Self.bulk)"#, #"{"a":1\#(Self.bulk)"#,
            ])
    }

    @Test
    func `a document over the limit is rejected or cut`() {
        var limits = IngestLimits()
        limits.recordByteCount = 64
        let text = String(repeating: "x", count: 100)
        let body = Array(
            "\(Self.action)\n{\"a\":\"\(text)\"}\n\(Self.action)\n{\"b\":2}\n".utf8)
        let read = ReadBody(body, limits: limits)
        #expect(read.lines == [#"{"b":2\#(Self.bulk)"#])
        #expect(read.rejectedTexts == ["\(Self.action)\n{\"a\":\"\(text)\"}"])
        limits.oversize = .truncate
        let cut = ReadBody(body, limits: limits)
        #expect(cut.lines.count == 2)
        #expect(cut.lines.first?.contains(#""truncated":true"#) == true)
        #expect(cut.answer.contains("\"errors\":false"))
    }

    @Test
    func `an action over the limit is no action`() {
        var limits = IngestLimits()
        limits.recordByteCount = 64
        let long = #"{"index":{"_id":"\#(String(repeating: "x", count: 80))"}}"#
        let read = ReadBody(
            Array("\(long)\n{\"a\":1}\n\(Self.action)\n{\"b\":2}\n".utf8), limits: limits)
        #expect(read.lines == [#"{"b":2\#(Self.bulk)"#])
        #expect(read.rejectedTexts == ["\(long)\n{\"a\":1}"])
    }
}
