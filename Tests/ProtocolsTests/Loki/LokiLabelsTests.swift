// SPDX-License-Identifier: Apache-2.0

import Testing

struct LokiLabelsTests {
    /// The labels in the line of an entry of a stream with these.
    private func labels(_ text: String) throws -> String {
        let push = Protobuf.push([Protobuf.stream(text, [Protobuf.field(2, "x")])])
        let line = try #require(try Pushed(push).lines.first)
        let start = #"{"message":"x","labels":"#
        #expect(line.hasPrefix(start))
        return String(line.dropFirst(start.count).dropLast())
    }

    @Test(arguments: [
        ("{}", "{}"), ("{ }", "{}"), (#"{a="b"}"#, #"{"a":"b"}"#),
        (#" { a = "b" , c="d" , } "#, #"{"a":"b","c":"d"}"#), (#"{a=""}"#, #"{"a":""}"#),
        (#"{a="b",a="c"}"#, #"{"a":"b","a":"c"}"#),
        (#"{a="x, y}=\"{"}"#, #"{"a":"x, y}=\"{"}"#), (#"{a="\\"}"#, #"{"a":"\\"}"#),
        (#"{a="\n\t\r\a\b\v\f"}"#, #"{"a":"\n\t\r\u0007\u0008\u000b\u000c"}"#),
        (#"{a="\x41\101\u00e9\U0001F600"}"#, #"{"a":"AAé😀"}"#),
        (#"{a="\xff"}"#, #"{"a":{"base64":"/w=="}}"#), (#"{a="\xc3\xa9"}"#, #"{"a":"é"}"#),
        (#"{a=`b\n"c`}"#, #"{"a":"b\\n\"c"}"#), (#"{"a.b c"="d"}"#, #"{"a.b c":"d"}"#),
        (#"{a.b/c="é"}"#, #"{"a.b/c":"é"}"#),
    ])
    func `labels are an object`(text: String, expected: String) throws {
        #expect(try labels(text) == expected)
    }

    @Test(arguments: [
        "", "{", "}", "a", #"{a}"#, #"{a=}"#, #"{a=b}"#, #"{a="b}"#, #"{a="b""#, #"{a="b"}x"#,
        #"{a="b"c="d"}"#, #"{,}"#, #"{a="b",,}"#, #"{="b"}"#, #"{a="\q"}"#, #"{a="\x4"}"#,
        #"{a="\400"}"#, #"{a="\ud800"}"#, #"{a="\U00110000"}"#, #"{a="\"}"#, #"{a='b'}"#,
        #"{a!="b"}"#, #"{a=~"b"}"#, #"{a="b"}{c="d"}"#, #"{a=`b}"#,
    ])
    func `what is of no such form stays one text`(text: String) throws {
        let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(try labels(text) == "\"\(quoted)\"")
    }
}
