// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Streams

@Suite struct StreamPatternTests {
    @Test(arguments: [
        ("app", true), ("*", true), ("web-*.log", true), (String(repeating: "*", count: 64), true),
        (String(repeating: "*", count: 65), false), ("", false), ("web/*", false), ("A*", false),
        ("a b", false), ("a?", false), ("ä*", false), ("a\0", false),
    ])
    func `a pattern has the characters of names, and stars`(text: String, isAllowed: Bool) {
        #expect(StreamPattern(text)?.description == (isAllowed ? text : nil))
    }

    @Test(arguments: [
        ("*", "app", true), ("app", "app", true), ("app", "*", false), ("a*", "ab*", true),
        ("ab*", "a*", false), ("*b", "a*b", true), ("a*b", "*b", false), ("a*c", "a*b*c", true),
    ])
    func `a pattern covers another one or not`(pattern: String, other: String, covers: Bool) throws
    {
        let other = try #require(StreamPattern(other))
        #expect(try #require(StreamPattern(pattern)).covers(other) == covers)
    }

    @Test(arguments: [
        ("app", ["*"], true), ("app", [], false), ("app", ["app"], true), ("app2", ["app"], false),
        ("web-1", ["app", "web-*"], true), ("web-1", ["*-1"], true), ("web-1", ["w*b*1"], true),
        ("web-1", ["w*c*1"], false), ("web", ["web*"], true), ("aaaa", ["*a*a*a*a*b"], false),
        ("web", ["web**"], true), ("web", ["we"], false), ("we", ["web"], false),
        ("aab", ["*ab"], true), ("abcab", ["a*b"], true), ("abab", ["*ab*ab"], true),
        ("abab", ["*ba*ab"], false), ("ab-ab-ac", ["ab*ab*ac"], true), ("", ["*"], true),
        // Would take for ever if each star were tried at each place.
        (
            String(repeating: "a", count: 64), [String(repeating: "*a", count: 31) + "*b"], false
        ),
    ])
    func `patterns allow names`(name: String, patterns: [String], isAllowed: Bool) {
        let patterns = patterns.compactMap { StreamPattern($0) }
        #expect(patterns.allow(Array(name.utf8).span) == isAllowed)
    }
}
