// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

struct BulkReaderTests {
    @Test
    func `a document gets its action behind its members`() {
        let read = ReadBody(
            """
            {"create":{"_index":"logs"}}
            {"a":1}
            {"index":{"_id":"7","_index":"other"}}
            {"b":"ü  \u{2028}", "c" : [ ] }

            """)
        #expect(
            read.lines == [
                #"{"a":1,"_bulk":{"create":{"_index":"logs"}}}"#,
                "{\"b\":\"ü  \u{2028}\", \"c\" : [ ] ,\"_bulk\":{\"index\":{\"_id\":\"7\",\"_index\":\"other\"}}}",
            ])
        #expect(
            read.answer
                == #"{"took":0,"errors":false,"items":[{"create":{"_index":"logs","status":201}},{"index":{"_index":"other","status":201}}]}"#
        )
    }

    @Test
    func `without metadata the documents stand alone`() {
        let body = """
            {"create":{"_index":"logs"}}
            {"a":1}
            {"delete":{"_index":"logs","_id":"1"}}
            {"update":{"_index":"logs","_id":"1"}}
            {"doc":{"a":2}}
            """
        let read = ReadBody(body, keepsActions: false)
        #expect(read.lines == [#"{"a":1}"#, #"{"doc":{"a":2}}"#])
        #expect(
            read.answer
                == #"{"took":0,"errors":false,"items":[{"create":{"_index":"logs","status":201}},{"delete":{"_index":"logs","status":200}},{"update":{"_index":"logs","status":200}}]}"#
        )
    }

    @Test
    func `a delete is a line of its own, an update is its line`() {
        let read = ReadBody(
            """
            {"delete":{"_index":"logs","_id":"1"}}
            {"update":{"_index":"logs","_id":"1"}}
            {"script":{"source":"x"}}
            {"delete":{"_id":"2"}}
            """, path: "/shop/_bulk")
        #expect(
            read.lines == [
                #"{"_bulk":{"delete":{"_index":"logs","_id":"1"}}}"#,
                #"{"script":{"source":"x"},"_bulk":{"update":{"_index":"logs","_id":"1"}}}"#,
                #"{"_bulk":{"delete":{"_id":"2","_index":"shop"}}}"#,
            ])
        #expect(
            read.answer
                == #"{"took":0,"errors":false,"items":[{"delete":{"_index":"logs","status":200}},{"update":{"_index":"logs","status":200}},{"delete":{"_index":"shop","status":200}}]}"#
        )
    }

    @Test(arguments: [
        (#"{"index":{}}"#, #"{"index":{"_index":"a\"b"}}"#),
        (#"{"index":{"_id":"1"}}"#, #"{"index":{"_id":"1","_index":"a\"b"}}"#),
        (#" { "index" : { "_id" : "1" } } "#, #"{ "index" : { "_id" : "1" ,"_index":"a\"b"} }"#),
        (#"{"index":{"_index":null}}"#, #"{"index":{"_index":null,"_index":"a\"b"}}"#),
        (#"{"index":{"x":{"_index":"i"}}}"#, #"{"index":{"x":{"_index":"i"},"_index":"a\"b"}}"#),
        (#"{"index":{"_index":"i"}}"#, #"{"index":{"_index":"i"}}"#),
    ])
    func `the index of the path is added where an action has none`(
        action: String, expected: String
    ) {
        let read = ReadBody("\(action)\n{}\n", path: "/a%22b/_bulk")
        #expect(read.lines == [#"{"_bulk":\#(expected)}"#])
    }

    @Test(arguments: [
        "\n", "\r\n", "\n\n", " \n\t\r\n", "\n\r\n\n",
    ])
    func `line ends, empty lines and white space around lines are no content`(end: String) {
        let lines = [#"{"index":{"_index":"i"}}"#, #"{"a":1}"#, #"{"delete":{"_index":"i"}}"#]
        let expected = [
            #"{"a":1,"_bulk":{"index":{"_index":"i"}}}"#, #"{"_bulk":{"delete":{"_index":"i"}}}"#,
        ]
        #expect(ReadBody(lines.joined(separator: end) + end).lines == expected)
        #expect(ReadBody(lines.joined(separator: end)).lines == expected)
        #expect(ReadBody(end + "  " + lines.joined(separator: end) + "  ").lines == expected)
        #expect(ReadBody("\u{FEFF}" + lines.joined(separator: end)).lines == expected)
    }

    @Test
    func `CR between tokens does not reach the file`() {
        let read = ReadBody("{\"index\":\r{\"_id\":\r\"1\"}}\r\n{\"a\":\r1}\n", path: "/i/_bulk")
        #expect(read.lines == [#"{"a":1,"_bulk":{"index":{"_id":"1","_index":"i"}}}"#])
    }

    @Test
    func `a body of nothing is refused`() {
        for body in ["", "\n", " \r\n\n"] { #expect(ReadBody(body).error == .emptyBody) }
    }

    @Test
    func `an action that is not closed, or whose index is long, is answered briefly`() {
        let long = String(repeating: "x", count: 256)
        let read = ReadBody("{\"index\":{\"_index\":\"\(long)\"}}\n{}\n", path: "/\(long)/_bulk")
        #expect(read.lines == [#"{"_bulk":{"index":{"_index":"\#(long)"}}}"#])
        #expect(read.answer.hasSuffix(#"[{"index":{"_index":"","status":201}}]}"#))
    }

    @Test
    func `a million actions are noted in a few bytes`() {
        let path = Array("/_bulk".utf8)
        let reader = ElasticsearchReader(IngestLimits(), keepsActions: true)
        reader.read(path.span)
        var body = ByteBuffer()
        for _ in 0..<100_000 { body.append("{\"index\":{\"_index\":\"a\"}}\n{}\n") }
        for _ in 0..<100_000 { body.append("{\"create\":{}}\n{}\n") }
        var ingester = Ingester()
        let name = Array("app".utf8)
        ingester.begin(
            format: .unknown, reader: reader, streamFormat: .json,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
        var batch = ByteBuffer()
        var kept = ByteBuffer()
        let report = try? ingester.proceed(body.span, into: &batch, rejected: &kept)
        #expect(report?.accepted == 200_000)
        var notes = ByteBuffer()
        reader.appendNotes(to: &notes)
        let count = notes.count
        #expect(count < 16)
    }
}
