// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Inspection

@Suite struct JSONValueTests {
    @Test func `a document is parsed`() {
        let text = #"""
             {"a": [1, -2.5e3, true, false, null],
              "b": {"c": "x\"\\\n\u00e4\ud83e\udeb5é"}}
            """#
        let value = JSONValue(text.utf8)
        let numbers: [JSONValue] = [.number("1"), .number("-2.5e3")]
        #expect(value?["a"]?.items == numbers + [.bool(true), .bool(false), .null])
        #expect(value?["a"]?.items[1].number == -2500)
        #expect(value?["b"]?["c"]?.string == "x\"\\\nä🪵é")
        #expect(value?["d"] == nil)
        #expect(JSONValue("[]".utf8)?.items == [])
        #expect(JSONValue("{}".utf8) == .object([:]))
    }

    @Test(arguments: [
        "", "{", "[1,]", #"{"a"}"#, #"{"a":}"#, #""x"#, #""\x""#, #""\u12"#, "tru", "1 2", "x",
        "\"\n\"", String(repeating: "[", count: 1000),
    ])
    func `any other text is not JSON`(text: String) {
        #expect(JSONValue(text.utf8) == nil)
    }
}
