// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP

struct FieldTableTests {
    private static let names = (0..<RequestHead.Fields.capacity).map { "x-field-\($0)" }

    private static func parse(
        _ table: FieldTable, _ lines: [String]
    ) throws(RequestError) -> ([UInt8], RequestHead)? {
        let bytes = octets(
            "GET / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n")
        var parser = RequestParser()
        return try parser.parse(bytes.span, table).map { (bytes, $0) }
    }

    @Test
    func `a full table finds each field at its index and no other`() throws {
        let table = FieldTable(Self.names.map { FieldTable.Field($0) })
        let lines = Self.names.map { "\($0.uppercased()): value of \($0)" }
        let (bytes, head) = try #require(try Self.parse(table, lines.reversed()))
        for (index, name) in Self.names.enumerated() {
            #expect(head.hasField(index))
            #expect(text(Array(bytes[head.field(index)])) == "value of \(name)")
        }
    }

    @Test
    func `an absent field is empty, and an empty field is present`() throws {
        let table = FieldTable([FieldTable.Field("x-a"), FieldTable.Field("x-b")])
        let (_, head) = try #require(try Self.parse(table, ["X-B:", "X-C: c"]))
        #expect(!head.hasField(0) && head.hasField(1))
        #expect(head.field(0).isEmpty && head.field(1).isEmpty)
    }

    @Test
    func `a name that begins like another is told apart`() throws {
        let table = FieldTable(["x-abcd", "x-ab", "x-abc"].map { FieldTable.Field($0) })
        let (bytes, head) = try #require(
            try Self.parse(table, ["X-AB: two", "X-ABC: three", "X-ABCDE: none", "X-A: none"]))
        let values = (0..<3).map { text(Array(bytes[head.field($0)])) }
        #expect(values == ["", "two", "three"])
    }

    @Test(arguments: [
        (["X-Once: a", "x-once: b"], "repeated_field"),
        (["X-Once: a", "x-once:"], "repeated_field"),
        (["X-Ignored: a", "x-ignored: b"], ""),
        (["X-Ignored: a"], "a"),
        (["X-Id: a b"], ""),
        (["X-Id: a", "x-ID: b"], ""),
        (
            ["X-Id: " + String(repeating: "a", count: 128)], String(repeating: "a", count: 128)
        ),
        (["X-Id: " + String(repeating: "a", count: 129)], ""),
        (["X-Unknown: a", "X-Unknown: b"], ""),
    ])
    func `a field that comes twice, or is not an identifier, is rejected or ignored`(
        lines: [String], expected: String
    ) throws {
        let table = FieldTable([
            FieldTable.Field("x-once"), FieldTable.Field("x-ignored", whenRepeated: .ignored),
            FieldTable.Field("x-id", whenRepeated: .ignored, isIdentifier: true),
        ])
        do throws(RequestError) {
            guard let (bytes, head) = try Self.parse(table, lines) else {
                Issue.record("no whole head")
                return
            }
            let values = (0..<3).map { text(Array(bytes[head.field($0)])) }
            #expect(values.joined() == expected)
        } catch {
            #expect("\(error.code)" == expected)
        }
    }
}
