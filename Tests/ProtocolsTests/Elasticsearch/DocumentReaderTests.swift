// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

struct DocumentReaderTests {
    @Test(arguments: [
        ("/logs/_doc", #"{"index":{"_index":"logs"}}"#, "", "created"),
        (
            "/logs/_doc/a%2Fb%22", #"{"index":{"_index":"logs","_id":"a/b\""}}"#, #"a/b\""#,
            "created"
        ),
        ("/logs/_create/%FF", #"{"create":{"_index":"logs","_id":"%FF"}}"#, "%FF", "created"),
        ("/logs/_update/1", #"{"update":{"_index":"logs","_id":"1"}}"#, "1", "updated"),
        ("/elasticsearch/logs/event/1", #"{"index":{"_index":"logs","_id":"1"}}"#, "1", "created"),
    ])
    func `a document gets the action of its path`(
        path: String, action: String, id: String, result: String
    ) {
        let read = ReadBody("\u{FEFF} {\r\n  \"a\": 1,\n  \"b\": [\n]}\r\n", path: path)
        #expect(read.lines == [#"{  "a": 1,  "b": [],"_bulk":\#(action)}"#])
        #expect(
            read.answer
                == #"{"_index":"logs","_id":"\#(id)","_version":1,"result":"\#(result)","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1}"#
        )
        #expect(ReadBody("{}", path: path, keepsActions: false).lines == ["{}"])
    }

    @Test(arguments: [
        ("{\"a\":1", "invalid_json"), ("{} {}", "invalid_json"), ("[]", "not_an_object"),
        ("\"a\"", "not_an_object"), ("oops", "invalid_json"),
        ("{\"a\":1}\n{\"b\":2}", "invalid_json"),
    ])
    func `a bad document is answered as an error, and kept`(body: String, code: String) {
        let read = ReadBody(body, path: "/logs/_doc")
        #expect(read.lines == [])
        #expect(read.rejectedTexts == [body])
        #expect(
            read.answer.hasPrefix(
                #"{"error":{"type":"document_parsing_exception","reason":"[\#(code)]"#))
        #expect(read.answer.hasSuffix(#"},"status":400}"#))
    }

    @Test
    func `nothing is no document`() {
        #expect(ReadBody(" \n", path: "/logs/_doc").error == .emptyBody)
    }
}
