// SPDX-License-Identifier: Apache-2.0

import Protocols
import Testing

struct PathPatternTests {
    @Test(
        arguments: [
            (PathPattern.exact("/logs"), "/logs", 0..<0), (.exact("/logs"), "/log", nil),
            (.exact("/"), "/", 0..<0), (.stream(suffix: ""), "/logs/a", 6..<7),
            (.stream(suffix: ""), "/logs/", nil), (.stream(suffix: ""), "/logs", nil),
            (.stream(suffix: "/x"), "/logs/a/x", 6..<7), (.stream(suffix: "/x"), "/logs/x", nil),
            (.stream(suffix: "/x"), "/logs//x", nil), (.stream(suffix: "/x"), "/logs/a/y", nil),
            (.stream(suffix: ""), "/Logs/a", nil), (.stream(suffix: ""), "/logs%2fa", nil),
        ] as [(PathPattern, String, Range<Int>?)])
    func `a path matches byte for byte`(pattern: PathPattern, path: String, name: Range<Int>?) {
        #expect(pattern.match(Array(path.utf8).span) == name)
    }

    @Test func `the label of a path is the one in the contract`() {
        #expect(PathPattern.exact("/log").label == "/log")
        #expect(PathPattern.stream(suffix: "").label == "/logs/{stream}")
        #expect(PathPattern.stream(suffix: "/_bulk").label == "/logs/{stream}/_bulk")
    }
}
