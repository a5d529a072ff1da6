// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ingest

@Suite struct FormFieldsTests {
    @Test(arguments: [
        ("a=1", #"{"a":"1"}"#),
        ("a=1&b=two+words&c=%C3%A9%22", #"{"a":"1","b":"two words","c":"é\""}"#),
        ("a=1\n", #"{"a":"1"}"#), ("a=1\r\n", #"{"a":"1"}"#), ("a=1\n\n", #"{"a":"1"}"#),
        ("a=&b=", #"{"a":"","b":""}"#),
        ("=1&a=2", #"{"":"1","a":"2"}"#),
        ("a=b%3Dc", #"{"a":"b=c"}"#),
        ("a=1&a=2&b=3&%61=4", #"{"a":["1","2","4"],"b":"3"}"#),
        ("a=%0D%0A%00", #"{"a":"\r\n\u0000"}"#),
        ("a.b_c-d~e*=1", #"{"a.b_c-d~e*":"1"}"#),
        ("b=1&a=2&b=3&a=4&c=5", #"{"b":["1","3"],"a":["2","4"],"c":"5"}"#),
        (
            "name=root&msg=%25s+failed&args=%28%27x%27%2C%29&levelno=40",
            #"{"name":"root","msg":"%s failed","args":"('x',)","levelno":"40"}"#
        ),
    ])
    func `a form is one record of its fields`(body: String, line: String) throws {
        let outcome = try ingest(body, as: .form)
        #expect(outcome.lines == [line] && outcome.rejectedCount == 0)
        try expectObjects(outcome.bytes, count: 1)
    }

    @Test(arguments: [
        ("something happened", [#"{"message":"something happened"}"#]),
        ("a=1\nb=2\n", [#"{"message":"a=1"}"#, #"{"message":"b=2"}"#]),
        ("{\"a\":\"b=c\"}", [#"{"a":"b=c"}"#]),
        ("[{\"a\":1}]", [#"{"a":1}"#]),
        (
            #"level=error msg="a + b" user=a+b@x.org"#,
            [#"{"message":"level=error msg=\"a + b\" user=a+b@x.org"}"#]
        ),
        ("msg=hello world", [#"{"message":"msg=hello world"}"#]),
        ("disk=93%", [#"{"message":"disk=93%"}"#]),
        ("a=1&b", [#"{"message":"a=1&b"}"#]),
        ("a=b=c", [#"{"message":"a=b=c"}"#]),
        ("a=1;b=2", [#"{"message":"a=1;b=2"}"#]),
        ("a='1'", [#"{"message":"a='1'"}"#]),
        ("a=/x", [#"{"message":"a=/x"}"#]),
        (" a=1", [#"{"message":" a=1"}"#]),
        ("a=%zz", [#"{"message":"a=%zz"}"#]),
        ("a=é", [#"{"message":"a=é"}"#]),
        ("a=1&=&b=2", [#"{"message":"a=1&=&b=2"}"#]), ("=&=", [#"{"message":"=&="}"#]),
        ("=", [#"{"message":"="}"#]), ("a=1&=", [#"{"message":"a=1&="}"#]),
        ("a=1\t", [#"{"message":"a=1\t"}"#]), ("a=1 \n", [#"{"message":"a=1 "}"#]),
        ("a=1\n \n", [#"{"message":"a=1"}"#]),
        ("[info] a=1\n[info] b=2", [#"{"message":"[info] a=1"}"#, #"{"message":"[info] b=2"}"#]),
    ])
    func `a body that is only declared as a form is read as its real type`(
        body: String, lines: [String]
    ) throws {
        #expect(try ingest(body, as: .form).lines == lines)
    }

    @Test(arguments: [
        ("a=1&b", #"{"a":"1","b":""}"#), ("a=b=c", #"{"a":"b=c"}"#), ("&&a=1&", #"{"a":"1"}"#),
        ("a=%&b=%2&c=%zz&d=%4", #"{"a":"%","b":"%2","c":"%zz","d":"%4"}"#),
        ("msg=it's&url=http://x/", #"{"msg":"it's","url":"http://x/"}"#),
        ("{\"a\"=1", #"{"{\"a\"":"1"}"#), ("hello", #"{"hello":""}"#),
        ("up", #"{"up":""}"#), ("x%3D1", #"{"x=1":""}"#), ("a&b", #"{"a":"","b":""}"#),
        ("=&a=1", #"{"":"","a":"1"}"#), ("&", #"{"message":"&"}"#),
    ])
    func `a query is a form whatever it looks like`(query: String, line: String) throws {
        #expect(try ingest(query, as: .query).lines == [line])
    }

    @Test(arguments: ["a=%FF%41", "%C3=%A9", "a=%C3&%A9=1", "a=1&b=%ED%A0%80", "a=%F0%9F%98"])
    func `a form that does not decode to text is rejected and kept as received`(form: String) throws
    {
        for stream in [StreamFormat.json, .raw] {
            let outcome = try ingest(form, as: .form, into: stream)
            #expect(outcome.reasons == ["invalid_utf8"] && outcome.lines.isEmpty)
            #expect(try outcome.raw() == [form])
        }
    }

    @Test func `a form over the limit of a record is rejected, and the lines of a text are not`()
        throws
    {
        var limits = IngestLimits()
        limits.recordByteCount = 64
        let form = "a=" + String(repeating: "1", count: 62)
        #expect(
            try ingest(form + "\r\n", as: .form, limits: limits).lines == [
                "{\"a\":\"\(form.dropFirst(2))\"}"
            ])
        for end in ["", "\n"] {
            let outcome = try ingest(form + "1" + end, as: .form, limits: limits)
            #expect(outcome.reasons == ["record_too_large"] && outcome.lines.isEmpty)
            #expect(try outcome.raw() == [form + "1"])
        }
        let text = try ingest(form + "1\nsome text\n", as: .form, limits: limits)
        #expect(text.lines == ["{\"message\":\"some text\"}"])
        #expect(text.reasons == ["record_too_large"])
    }

    @Test func `fields are limited`() throws {
        let fields = (0..<257).map { "f\($0)=\($0)" }
        #expect(try ingest(fields.dropLast().joined(separator: "&"), as: .form).accepted == 1)
        let outcome = try ingest(fields.joined(separator: "&"), as: .form)
        #expect(outcome.reasons == ["too_many_fields"] && outcome.lines.isEmpty)
    }
}
