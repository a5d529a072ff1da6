// SPDX-License-Identifier: Apache-2.0

import Protocols
import Testing

struct PathPatternTests {
    @Test(
        arguments: [
            (PathPattern.exact("/logs"), "/logs", true), (.exact("/logs"), "/log", false),
            (.exact("/"), "/", true), (.stream, "/logs/a", true), (.stream, "/logs/", false),
            (.stream, "/logs", false), (.stream, "/Logs/a", false), (.stream, "/logs%2fa", false),
            (.template("/{index}/_bulk"), "/a/_bulk", true),
            (.template("/{index}/_bulk"), "//_bulk", false),
            (.template("/{index}/_bulk"), "/a/b/_bulk", false),
            (.template("/{index}/_bulk"), "/a/_bulk/", false),
            (.template("/{index}/_doc/{id}"), "/a/_doc/b", true),
            (.template("/{index}/_doc/{id}"), "/a/_doc/", false),
            (.template("/_{rest*}"), "/_", true), (.template("/_{rest*}"), "/_a/b%20", true),
            (.template("/_{rest*}"), "/a", false), (.template("/_{rest*}"), "", false),
        ] as [(PathPattern, String, Bool)])
    func `a path matches byte for byte, but for the parts in braces`(
        pattern: PathPattern, path: String, expected: Bool
    ) {
        #expect(pattern.matches(Array(path.utf8).span) == expected)
    }

    @Test func `the label of a path is the one in the contract`() {
        #expect(PathPattern.exact("/log").label == "/log")
        #expect(PathPattern.stream.label == "/logs/{stream}")
        #expect(PathPattern.template("/{index}/_bulk").label == "/{index}/_bulk")
    }

    @Test(arguments: [
        ("/logs/shop/v1/logs", "shop", "/v1/logs"), ("/logs/shop", "shop", ""),
        ("/logs/shop/", "shop/", ""), ("/logs/a//", "a", "//"), ("/logs/a/b/", "a", "/b/"),
        ("/logs", "", "/logs"), ("/logs/", "", "/logs/"), ("/v1/logs", "", "/v1/logs"),
        ("/logs/_bulk", "", "/logs/_bulk"), ("/logs/_doc/1", "", "/logs/_doc/1"),
    ])
    func `a path is divided behind the name of its stream`(
        path: String, stream: String, rest: String
    ) {
        let bytes = Array("GET \(path) ".utf8)
        let parts = StreamPath(4..<bytes.count - 1, in: bytes.span)
        #expect(String(decoding: bytes[parts.stream], as: UTF8.self) == stream)
        #expect(String(decoding: bytes[parts.rest], as: UTF8.self) == rest)
    }
}
