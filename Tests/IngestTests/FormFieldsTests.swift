import Testing

@testable import Ingest

@Suite struct FormFieldsTests {
    @Test(arguments: [
        ("a=1", #"{"a":"1"}"#),
        ("a=1&b=two+words&c=%C3%A9%22", #"{"a":"1","b":"two words","c":"é\""}"#),
        ("a=1\n", #"{"a":"1"}"#),
        ("a=&b", #"{"a":"","b":""}"#),
        ("&&a=1&", #"{"a":"1"}"#),
        ("=1&a=2", #"{"":"1","a":"2"}"#),
        ("a=b=c", #"{"a":"b=c"}"#),
        ("a=1&a=2&b=3&%61=4", #"{"a":["1","2","4"],"b":"3"}"#),
        ("a=%&b=%2&c=%zz&d=%4", #"{"a":"%","b":"%2","c":"%zz","d":"%4"}"#),
        ("a=%FF%41", "{\"a\":\"\u{FFFD}A\"}"),
        ("a=%0D%0A%00", #"{"a":"\r\n\u0000"}"#),
        ("msg=hello world", #"{"msg":"hello world"}"#),
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
        ("[info] a=1\n[info] b=2", [#"{"message":"[info] a=1"}"#, #"{"message":"[info] b=2"}"#]),
    ])
    func `what only claims to be a form is read as what it is`(body: String, lines: [String]) throws
    {
        #expect(try ingest(body, as: .form).lines == lines)
    }

    @Test func `fields are limited`() throws {
        let fields = (0..<257).map { "f\($0)=\($0)" }
        #expect(try ingest(fields.dropLast().joined(separator: "&"), as: .form).accepted == 1)
        let outcome = try ingest(fields.joined(separator: "&"), as: .form)
        #expect(outcome.reasons == ["too_many_fields"] && outcome.lines.isEmpty)
    }
}
