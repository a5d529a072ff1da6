// SPDX-License-Identifier: Apache-2.0

import Testing

/// A request that is refused before it is whole is answered as far as it is known.
struct AnswersWhoeverIsRefusedTests {
    struct Case: Sendable {
        var status: Int
        /// Everything behind the target: the version, the fields and what follows.
        var rest: String
        /// Whether the id was read before the refusal.
        var namesID = true
        /// Whether the target was.
        var hasPath = true
        /// Whether it is the body that is refused, which is not looked at where there is to be none.
        var isForBody = false
    }

    private static let id = "X-Request-Id: the-client.s\r\n"

    private static let cases = [
        // Known by then.
        Case(status: 400, rest: " HTTP/1.1\r\nHost: a\r\n\(id)Content-Length: x\r\n\r\n"),
        Case(status: 400, rest: " HTTP/1.1\r\n\(id)\r\n"),
        Case(status: 400, rest: " HTTP/1.1\r\nHost: a\r\n\(id)X: \0\r\n\r\n"),
        Case(status: 413, rest: " HTTP/1.1\r\nHost: a\r\n\(id)Content-Length: 9000\r\n\r\n"),
        Case(status: 417, rest: " HTTP/1.1\r\nHost: a\r\n\(id)Expect: more\r\n\r\n"),
        Case(status: 431, rest: " HTTP/1.1\r\nHost: a\r\n\(id)X: \(long(40_000))\r\n\r\n"),
        Case(status: 431, rest: " HTTP/1.1\r\n\(id)\(many(101))\r\n"),
        Case(status: 501, rest: " HTTP/1.1\r\nHost: a\r\n\(id)Transfer-Encoding: br\r\n\r\n"),
        Case(status: 408, rest: " HTTP/1.1\r\nHost: a\r\n\(id)Conn"),
        // Refused in the middle of a body.
        Case(status: 400, rest: chunked("x\r\n"), isForBody: true),
        Case(status: 413, rest: chunked("ffff\r\n"), isForBody: true),
        Case(status: 431, rest: chunked("0\r\n\(many(40))\r\n"), isForBody: true),
        Case(status: 408, rest: chunked("4\r\n{}"), isForBody: true),
        Case(
            status: 408, rest: " HTTP/1.1\r\nHost: a\r\n\(id)Content-Length: 4\r\n\r\n{}",
            isForBody: true),
        // Not known: it comes later, is not well formed, or is there twice.
        Case(status: 400, rest: " HTTP/1.1\r\nHost : a\r\n\(id)\r\n", namesID: false),
        Case(status: 400, rest: " HTTP/1.1\r\nX-Request-Id: a b\r\n\r\n", namesID: false),
        Case(status: 400, rest: " HTTP/1.1\r\n\(id)\(id)\r\n", namesID: false),
        Case(status: 408, rest: " HTTP/1.1\r\nHost: a\r\nX-Request-Id: the-", namesID: false),
        // Not even the request line.
        Case(status: 400, rest: "\r\nHost: a\r\n\(id)\r\n", namesID: false, hasPath: false),
        Case(status: 505, rest: " HTTP/2.0\r\n\(id)\r\n", namesID: false, hasPath: false),
        Case(status: 414, rest: long(20_000), namesID: false, hasPath: false),
        Case(status: 408, rest: "", namesID: false, hasPath: false),
    ]

    private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }

    private static func many(_ count: Int) -> String { String(repeating: "X: y\r\n", count: count) }

    private static func chunked(_ body: String) -> String {
        " HTTP/1.1\r\nHost: a\r\n\(id)Transfer-Encoding: chunked\r\n\r\n\(body)"
    }

    private static let settings = [
        "CORDWOOD_TIMEOUTS_HEADER": "1s", "CORDWOOD_TIMEOUTS_BODY": "1s",
        "CORDWOOD_LIMITS_BODY_BYTES": "8KiB",
    ]

    @Test func `the answer has the request's id, and is counted under the path`() throws {
        try RunningService.run(environment: Self.settings) { service in
            for (index, refused) in Self.cases.enumerated() {
                let shown = "\(index): \(refused.status) \(refused.rest.prefix(60))"
                let target = ["/logs", "/logs/web", "/log", "/"][index % 4]
                let label = [1: "/logs/{stream}"][index % 4] ?? target
                let path = refused.hasPath ? label : "other"
                let labels = "path=\"\(path)\",code=\"\(refused.status)\""
                let series = "cordwood_http_requests_total{\(labels)}"
                let before = try service.metrics().samples[series] ?? 0
                let connection = try service.connect()
                try connection.send("POST \(target)\(refused.rest)")
                let answer = try #require(try connection.response(), "\(shown)")
                #expect(answer.status == refused.status, "\(shown)")
                #expect(answer.closes, "\(shown)")
                let id = try #require(answer.header("x-request-id"), "\(shown)")
                #expect((id == "the-client.s") == refused.namesID, "\(shown)")
                #expect(!id.isEmpty, "\(shown)")
                #expect(try service.metrics().samples[series] == before + 1, "\(shown)")
            }
        }
    }

    @Test func `the answer to HEAD has no body`() throws {
        let known = Self.cases.filter { ($0.hasPath || $0.status == 505) && !$0.isForBody }
        try RunningService.run(environment: Self.settings) { service in
            for refused in known {
                let shown = "\(refused.status) \(refused.rest.prefix(60))"
                let connection = try service.connect()
                try connection.send("HEAD /logs\(refused.rest)")
                let answer = try #require(try connection.response(isToHead: true), "\(shown)")
                #expect(answer.status == refused.status, "\(shown)")
                #expect(Int(answer.header("content-length") ?? "") ?? 0 > 0, "\(shown)")
                #expect(try connection.hasEnded(), "\(shown)")
            }
        }
    }

    @Test func `a lack of room in the middle of a body is answered alike`() throws {
        let settings = [
            "CORDWOOD_LIMITS_BUFFERED_BYTES": "64KiB", "CORDWOOD_LIMITS_BODY_BYTES": "64KiB",
            "CORDWOOD_WORKERS": "1",
        ]
        try RunningService.run(environment: settings) { service in
            let holder = try service.connect()
            try holder.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"
                    + Self.long(50_000))
            // The one worker has it when it answers this.
            #expect(try service.metrics().total("cordwood_requests_in_flight") == 1)
            let connection = try service.connect()
            let pieces = String(repeating: "2000\r\n\(Self.long(8192))\r\n", count: 4)
            try connection.send("POST /logs/web" + Self.chunked(pieces))
            let answer = try #require(try connection.response())
            #expect(answer.status == 503)
            #expect(answer.header("x-request-id") == "the-client.s")
            let series = "cordwood_http_requests_total{path=\"/logs/{stream}\",code=\"503\"}"
            #expect(try service.metrics().samples[series] == 1)
        }
    }
}
