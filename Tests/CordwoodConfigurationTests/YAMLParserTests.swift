// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CordwoodConfiguration

@Suite struct YAMLParserTests {
    @Test func `a node knows its kind, its text and its line`() throws {
        let root = try #require(
            try YAMLParser.parse("a: x y\r\nb:\r\n  - '1'\r\n  - \"\\u00e9\\0\"\r\nc: {d: }\r\n"))
        #expect(
            root
                == YAMLNode(
                    line: 1,
                    content: .mapping([
                        .init(key: plain("a", 1), value: plain("x y", 1)),
                        .init(
                            key: plain("b", 2),
                            value: YAMLNode(
                                line: 3,
                                content: .sequence([
                                    YAMLNode(line: 3, content: .scalar("1", isPlain: false)),
                                    YAMLNode(line: 4, content: .scalar("é\0", isPlain: false)),
                                ]))),
                        .init(
                            key: plain("c", 5),
                            value: YAMLNode(
                                line: 5,
                                content: .mapping([
                                    .init(key: plain("d", 5), value: plain("", 5))
                                ]))),
                    ])))
    }

    @Test(arguments: ["", "\n", "# nothing\n", "\u{FEFF}"])
    func `a text without a document has no root`(text: String) throws {
        #expect(try YAMLParser.parse(text) == nil)
    }

    @Test(arguments: [
        ("a: [\n1\n", 3, "did not find expected ',' or ']'"),
        ("a: 1\n\tb: 2", 2, "found a tab character that violates indentation"),
        ("a: 'x", 1, "found unexpected end of stream"),
        ("a: 1\nb: \u{1}\n", 2, "control characters are not allowed"),
        ("a: 1\nb: \u{0}\n", 2, "control characters are not allowed"),
        ("a: &x 1\nb: *x", 2, "an alias (*name) has no place in it"),
        ("a: &x [*x]", 1, "an alias (*name) has no place in it"),
        ("a: 1\n---\nb: 2", 2, "it must be one document, and here begins another"),
        ("[[[[[[[[[[1]]]]]]]]]]", 1, "it is nested too deeply"),
        (String(repeating: "[", count: 100_000), 1, "it is nested too deeply"),
    ])
    func `an invalid document is rejected with its line`(text: String, line: Int, why: String) {
        #expect(throws: YAMLError(line: line, why: why)) { try YAMLParser.parse(text) }
    }

    /// A sanitizer or a trap would tell.
    @Test func `every prefix of a document is read or rejected`() {
        let text = "a: {b: [1, 'two', \"thr\\u0065e\"], c: ~}\nd: |\n  e\n? [f]\n: &g h\n...\n"
        for end in text.indices {
            #expect(throws: Never.self) { _ = try? YAMLParser.parse(String(text[..<end])) }
        }
    }

    private func plain(_ text: String, _ line: Int) -> YAMLNode {
        YAMLNode(line: line, content: .scalar(text, isPlain: true))
    }
}
