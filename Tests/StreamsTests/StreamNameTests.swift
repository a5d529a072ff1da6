// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Streams

@Suite struct StreamNameTests {
    @Test(arguments: [
        ("a", true), ("app", true), ("web-1.access_log", true), ("0", true),
        (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
        ("", false), (".", false), ("..", false), ("a..b", false), (".hidden", false),
        ("-a", false),
        ("_a", false), ("A", false), ("a/b", false), ("a\\b", false), ("a b", false),
        ("a%2e", false),
        ("ä", false), ("a\0", false), ("app.rejected", false), ("rejected", true), ("a.", true),
    ])
    func `a name is valid or not`(name: String, isValid: Bool) {
        #expect(StreamName.isValid(Array(name.utf8).span) == isValid)
    }
}
