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
        let allowed = StreamName.isAllowed(
            Array(name.utf8).span, by: patterns.map { Array($0.utf8) })
        #expect(allowed == isAllowed)
    }
}
