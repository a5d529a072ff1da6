// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ingest

/// Lines of a file that should hold one JSON object each.
@Suite struct JSONLineCheckTests {
    private func holdsObjects(
        _ lines: [UInt8], _ check: JSONLineCheck = JSONLineCheck()
    ) -> Bool { check.holdsObjects(lines.span) }

    private func holdsObjects(_ lines: String) -> Bool { holdsObjects(Array(lines.utf8)) }

    @Test(arguments: [
        "", "{}\n", "{}\n{}\n", "{\"a\":1}\n{\"b\":[1,{\"c\":\"\\n\"}]}\n", " {} \n\t{}\r\n",
        "{ \"a\" : 1 }\n", "{\"a\":\"\u{2028}\u{7f}\"}\n", "{}\n {}\n{}\n",
    ])
    func `objects on lines of their own are good`(lines: String) {
        #expect(holdsObjects(lines))
    }

    @Test(arguments: [
        "\n", "1\n", "\"a\"\n", "[{}]\n", "null\n", "{}{}\n", "{} {}\n", "{\"a\":1\n}\n", "{\n}\n",
        "{}\n\n", "\n{}\n", "{}\n\n{}\n", "{\"a\":1}}\n", "{\"a\":1\n{\"a\":2}\n",
        "{\"a\":{\"a\":2}\n", "{\"a\":01}\n", "{\"a\":\"\u{1}\"}\n", "{\"a\":\"\\ud80\"}\n",
        "{\"a\":\"\n", "{},\n", "{}\n[]\n", "{}x\n", "{}\n \n{}\n", "{} \n{}\n\n",
    ])
    func `everything else is not`(lines: String) {
        #expect(!holdsObjects(lines))
    }

    @Test func `invalid UTF-8 is not`() {
        #expect(!holdsObjects(Array("{\"a\":\"".utf8) + [0xff] + Array("\"}\n".utf8)))
    }

    @Test(arguments: [(1000, true), (1025, false)])
    func `objects are as deep as a walk can go`(depth: Int, isGood: Bool) {
        let line =
            String(repeating: "{\"a\":", count: depth) + "1"
            + String(repeating: "}", count: depth) + "\n"
        #expect(holdsObjects(line) == isGood)
    }

    @Test func `a check can be reused, for more and for less`() {
        let check = JSONLineCheck()
        let many = String(repeating: "{\"a\":1}\n", count: 100_000)
        for lines in [many, "{}\n", many] { #expect(holdsObjects(Array(lines.utf8), check)) }
        #expect(!holdsObjects(Array("{\n".utf8), check))
        #expect(holdsObjects(Array("{}\n".utf8), check))
    }
}
