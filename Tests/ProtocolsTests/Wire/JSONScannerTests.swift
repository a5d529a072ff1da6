// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Testing

@testable import Protocols

@Suite struct JSONScannerTests {
    /// The value that `text` is; nil if something follows it.
    private static func value(
        of text: [UInt8], depthLimit: Int = 64
    ) throws(JSONMistake) -> JSONValue? {
        var json = JSONScanner(text.span, depthLimit: depthLimit)
        let value = try json.skipValue()
        return json.isAtEnd() ? value : nil
    }

    private static func isJSON(_ text: [UInt8]) -> Bool {
        do { return try value(of: text) != nil } catch { return false }
    }

    private static func reason(_ text: [UInt8], depthLimit: Int = 64) -> RejectionReason? {
        do throws(JSONMistake) {
            _ = try value(of: text, depthLimit: depthLimit)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: JSONValues.valid)
    func `a valid value is read to its end`(text: String) throws {
        let bytes = Array(text.utf8)
        let value = try #require(try Self.value(of: bytes))
        #expect(value.range == 0..<bytes.count && value.kind == bytes[0])
        #expect(value.hasLineBreaks == (text.contains("\n") || text.contains("\r")))
        for around in [("[", "]"), (" {\"v\": ", " } "), ("[[\"x\",", ",null]]"), ("\n", "\n")] {
            let inside = Array("\(around.0)\(text)\(around.1)".utf8)
            #expect(try Self.value(of: inside) != nil)
        }
    }

    @Test(arguments: JSONValues.invalid)
    func `an invalid value is a mistake`(text: String) throws {
        #expect(!Self.isJSON(Array(text.utf8)))
        #expect(!Self.isJSON(Array("{\"v\":\(text)}".utf8)))
    }

    @Test(arguments: JSONValues.invalidUTF8, [0, 3, 7, 8, 15, 40])
    func `a string that is no UTF-8 is a mistake of its own`(bytes: [UInt8], count: Int) {
        let letters = [UInt8](repeating: 97, count: count)
        for text in [letters + bytes, bytes + letters, letters + bytes + letters] {
            let string = [34] + text + [34]
            #expect(Self.reason(string) == .invalidUTF8)
            #expect(Self.reason(Array("{\"a\":[".utf8) + string + Array("]}".utf8)) == .invalidUTF8)
            #expect(Self.reason(Array("{".utf8) + string + Array(":1}".utf8)) == .invalidUTF8)
        }
    }

    @Test func `every truncation is a mistake`() throws {
        let text =
            #"{"a":"0123456789 \u00e9 é","n":[-1.5e+3,true,false,null],"o":{"":{}, "x":[[]]}} "#
        let bytes = Array(text.utf8)
        #expect(Self.isJSON(bytes))
        for count in 0..<bytes.count - 1 {
            #expect(!Self.isJSON(Array(bytes[..<count])), "\(count)")
        }
    }

    @Test(arguments: [1, 2, 63, 64, 65, 100, 128, 129, 300])
    func `nesting has the limit that is given`(levels: Int) {
        let texts = [
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels),
            String(repeating: "{\"a\":", count: levels) + "1"
                + String(repeating: "}", count: levels),
            String(repeating: "[{\"a\":", count: levels / 2) + (levels % 2 == 0 ? "1" : "[]")
                + String(repeating: "}]", count: levels / 2),
        ]
        for text in texts.map({ Array($0.utf8) }) {
            #expect(Self.reason(text, depthLimit: levels) == nil)
            #expect(Self.reason(text, depthLimit: levels - 1) == .tooDeep)
            // A wrong bracket is found at any depth.
            var wrong = text
            wrong[text.count - 1] = text[text.count - 1] == 93 ? 125 : 93
            #expect(Self.reason(wrong, depthLimit: levels) == .invalidJSON)
        }
    }

    @Test func `objects and arrays that are read member by member count as levels`() throws {
        let text = Array(#"{"a":[[1]]}"#.utf8)
        var json = JSONScanner(text.span, depthLimit: 3)
        let hasMember = try json.openObject()
        let key = try json.readKey()
        #expect(hasMember && key.range == 2..<3 && json.depth == 1)
        let hasElement = try json.openArray()
        #expect(hasElement && json.depth == 2)
        let value = try json.skipValue()
        #expect(value.range == 6..<9)
        let hasMore = try json.continueArray()
        let hasMembers = try json.continueObject()
        let (depth, isAtEnd) = (json.depth, json.isAtEnd())
        #expect(!hasMore && !hasMembers && depth == 0 && isAtEnd)

        var shallow = JSONScanner(text.span, at: 5, depth: 1, depthLimit: 2)
        #expect(try shallow.openArray())
        #expect(throws: JSONMistake(.tooDeep, at: 6)) { try Self.skip(text, from: 6, depth: 2) }
    }

    private static func skip(_ text: [UInt8], from offset: Int, depth: Int) throws(JSONMistake) {
        var json = JSONScanner(text.span, at: offset, depth: depth, depthLimit: 2)
        _ = try json.skipValue()
    }

    @Test(arguments: [
        "{}", "[]", "{\"a\":1}", " { \"a\" : [ 1 , { \"b\" : \"c\" } ] , \"d\" : null } ",
        "[1,[2,[]],{\"x\":{}}]", "\"a\\n\"", "-1.5",
    ])
    func `what is read value by value is what stands there, with pauses anywhere`(text: String)
        throws
    {
        let bytes = Array(text.utf8)
        var copy = ByteBuffer()
        var place = 0
        try Self.copy(bytes, &place, 0, to: &copy)
        #expect(String(copy) == text.replacing(" ", with: ""))
    }

    /// Copies a value with a new scanner for each token.
    private static func copy(
        _ text: [UInt8], _ place: inout Int, _ depth: Int, to buffer: inout ByteBuffer
    ) throws {
        var json = JSONScanner(text.span, at: place, depth: depth)
        switch json.peek() {
        case UInt8(ascii: "{"):
            buffer.append("{")
            var more = try json.openObject()
            while more {
                let key = try json.readKey()
                buffer.append(json.bytes(key.quotedRange))
                buffer.append(":")
                place = json.offset
                try copy(text, &place, json.depth, to: &buffer)
                json = JSONScanner(text.span, at: place, depth: json.depth)
                more = try json.continueObject()
                if more { buffer.append(",") }
            }
            buffer.append("}")
        case UInt8(ascii: "["):
            buffer.append("[")
            var more = try json.openArray()
            while more {
                place = json.offset
                try copy(text, &place, json.depth, to: &buffer)
                json = JSONScanner(text.span, at: place, depth: json.depth)
                more = try json.continueArray()
                if more { buffer.append(",") }
            }
            buffer.append("]")
        case UInt8(ascii: "\""): buffer.append(json.bytes(try json.readString().quotedRange))
        case UInt8(ascii: "n"): buffer.append(json.bytes(try json.skipValue().range))
        default: buffer.append(json.bytes(try json.readNumber()))
        }
        place = json.offset
    }

    @Test(arguments: [
        ("time", "time", true), ("time", "tim", false), ("tim", "time", false), ("", "", true),
        (#"\u0074ime"#, "time", true), (#"tim\u0065"#, "time", true),

        (#"tim\u0065s"#, "time", false),
        (#"a\/b"#, "a/b", true), (#"\u0061\u0062"#, "ab", true), (#"\u0061"#, "ab", false),
        (#"\""#, "\"", true), ("Time", "time", false), (#"\u00e9"#, "e", false),
    ])
    func `a key is compared by what it stands for`(key: String, name: String, isEqual: Bool) throws
    {
        let text = Array("{\"\(key)\" : 1}".utf8)
        var json = JSONScanner(text.span)
        _ = try json.openObject()
        let read = try json.readKey()
        let answers = [
            ("time", json.isEqual(read, "time")), ("tim", json.isEqual(read, "tim")),
            ("", json.isEqual(read, "")), ("a/b", json.isEqual(read, "a/b")),
            ("ab", json.isEqual(read, "ab")), ("\"", json.isEqual(read, "\"")),
            ("e", json.isEqual(read, "e")),
        ]
        let answer = answers.first { $0.0 == name }?.1
        #expect(answer == isEqual)
    }

    @Test(arguments: [
        ("\"a\"", "a"), (#""\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00""#, "\"\\/\u{8}\u{C}\n\r\téé😀"),
        ("\"\"", ""),
    ])
    func `a string is copied as what it stands for`(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        var json = JSONScanner(bytes.span)
        var copy = ByteBuffer()
        json.append(textOf: try json.readString(), to: &copy)
        #expect(String(copy) == expected)
    }

    @Test(arguments: [
        ("[1]", "[1]"), ("[\n1,\r\n \"a\\nb\"\n]", "[1, \"a\\nb\"]"),

        ("\n{\"a\":\r1}\n", "{\"a\":1}"),
    ])
    func `a value is copied without the line breaks between its tokens`(
        text: String, expected: String
    ) throws {
        let bytes = Array(text.utf8)
        var json = JSONScanner(bytes.span)
        var copy = ByteBuffer()
        json.append(try json.skipValue(), to: &copy)
        #expect(String(copy) == expected)
    }

    @Test func `a number has the limit that records have`() {
        let longest = [UInt8](repeating: 55, count: IngestLimits().numberByteCount)
        #expect(Self.isJSON(longest))
        #expect(Self.reason(longest + [55]) == .numberTooLong)
    }
}
