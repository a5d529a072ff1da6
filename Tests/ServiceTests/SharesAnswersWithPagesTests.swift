// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cors.allow_origins`: the fields by which a browser lets pages of other origins read answers.
struct SharesAnswersWithPagesTests {
    private static let shop = "https://shop.example"
    private static let record = #"{"a":1}"#
    private static let preflight = "Access-Control-Request-Method: POST"

    private static func run(
        _ origins: String, _ settings: [String: String] = [:],
        _ body: (RunningService) throws -> Void
    ) throws {
        let environment = settings.merging(["CORDWOOD_CORS_ALLOW_ORIGINS": origins]) { $1 }
        try RunningService.run(environment: environment, body)
    }

    /// What an answer says to browsers, `allow-origin` first.
    private func shared(_ response: Response) -> [String: String] {
        let pairs = response.headers.filter {
            $0.name.hasPrefix("access-control-") || $0.name == "vary"
        }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) })
    }

    private static let answer = [
        "access-control-allow-origin": shop, "vary": "Origin",
        "access-control-expose-headers": "X-Request-Id, Retry-After",
    ]

    private static func preflightAnswer(_ methods: String) -> [String: String] {
        [
            "access-control-allow-origin": shop, "vary": "Origin",
            "access-control-allow-methods": methods,
            "access-control-allow-headers":
                "Authorization, Content-Type, Content-Encoding, X-Api-Key, X-Request-Id",
            "access-control-max-age": "600",
        ]
    }

    /// Requests to a service with two origins: the method, the target, the body, the status and
    /// what a page of an allowed origin gets.
    private static let requests: [(String, String, String?, Int, [String: String])] = [
        ("POST", "/logs", record, 200, answer), ("PUT", "/logs/web", record, 200, answer),
        ("POST", "/", record, 200, answer), ("GET", "/log?a=1", nil, 200, answer),
        ("HEAD", "/logs", nil, 200, answer), ("OPTIONS", "/logs", nil, 200, answer),
        ("POST", "/logs", #"{"a""#, 400, answer), ("DELETE", "/logs", nil, 405, answer),
        ("POST", "/logs/NONE", record, 404, answer), ("POST", "/logs/other", record, 403, answer),
        ("POST", "/nowhere", record, 404, [:]), ("POST", "/livez", record, 405, [:]),
        ("GET", "/livez", nil, 200, [:]), ("GET", "/readyz", nil, 200, [:]),
        ("GET", "/health", nil, 200, [:]), ("GET", "/metrics", nil, 200, [:]),
        ("GET", "/ui", nil, 200, [:]), ("OPTIONS", "/health", nil, 405, [:]),
    ]

    @Test func `answers to ingest can be read by pages of the origins that are allowed`() throws {
        let settings = [
            "CORDWOOD_STREAMS_ALLOW": "app,web", "CORDWOOD_UI_ENABLED": "true",
        ]
        try Self.run("http://localhost:3000,\(Self.shop)", settings) { service in
            for (method, target, body, status, expected) in Self.requests {
                let bytes = body.map { Array($0.utf8) }
                let answer = try service.request(method, target, ["Origin: \(Self.shop)"], bytes)
                #expect(answer.status == status, "\(method) \(target)")
                #expect(shared(answer) == expected, "\(method) \(target)")
                #expect(answer.header("x-request-id") != nil, "\(method) \(target)")
                for headers in Self.strangers {
                    let answer = try service.request(method, target, headers, bytes)
                    #expect(answer.status == status, "\(method) \(target) \(headers)")
                    #expect(shared(answer) == [:], "\(method) \(target) \(headers)")
                }
            }
        }
    }

    /// Of no allowed origin.
    private static let strangers: [[String]] = [
        [], ["Origin: null"], ["Origin: https://shop.example.evil"], ["Origin:"],
        ["Origin: http://shop.example"], ["Origin: https://shop.example:444"],
        ["Origin: https://shop.exampl"], ["Origin: https://SHOP.example"], ["Origin: *"],
        ["Origin: \(shop)", "Origin: \(shop)"], ["Origin: \(shop) \(shop)"],
    ]

    @Test(arguments: [
        ("/logs", "POST, PUT"), ("/", "GET, POST, PUT"), ("/logs/web", "POST, PUT"),
        ("/log", "GET, POST"),
        // The browser would show the page nothing of why it failed, so the request itself does.
        ("/logs/other", "POST, PUT"), ("/logs/NONE", "POST, PUT"),
    ])
    func `a preflight is answered with the allowed headers`(path: String, methods: String) throws {
        try Self.run(Self.shop, ["CORDWOOD_STREAMS_ALLOW": "app,web"]) { service in
            let asked = ["Origin: \(Self.shop)", Self.preflight]
            let answer = try service.request("OPTIONS", path, asked)
            #expect(answer.status == 200)
            #expect(answer.header("allow")?.contains(methods.prefix(4)) == true)
            #expect(answer.body.isEmpty)
            #expect(shared(answer) == Self.preflightAnswer(methods))
            for headers in Self.strangers {
                #expect(shared(try service.request("OPTIONS", path, headers)) == [:])
                let answer = try service.request("OPTIONS", path, headers + [Self.preflight])
                #expect(shared(answer) == [:], "\(headers)")
            }
            #expect(try service.lines() == [])
        }
    }

    @Test func `a preflight has no meaning on paths without records`() throws {
        try Self.run(Self.shop) { service in
            for path in ["/health", "/metrics", "/livez", "/readyz", "/ui", "/nowhere"] {
                let asked = ["Origin: \(Self.shop)", Self.preflight]
                let answer = try service.request("OPTIONS", path, asked)
                #expect(answer.status >= 400)
                #expect(shared(answer) == [:])
            }
        }
    }

    @Test(arguments: ["https://anybody.example", "null", "http://localhost:1"])
    func `a star is every origin`(origin: String) throws {
        try Self.run("*", ["CORDWOOD_CORS_MAX_AGE": "1h"]) { service in
            let answer = try service.post(Self.record, ["Origin: \(origin)"])
            #expect(
                shared(answer) == [
                    "access-control-allow-origin": "*",
                    "access-control-expose-headers": "X-Request-Id, Retry-After",
                ])
            let asked = try service.request(
                "OPTIONS", "/logs", ["Origin: \(origin)", Self.preflight])
            #expect(asked.header("access-control-allow-origin") == "*")
            #expect(asked.header("access-control-max-age") == "3600")
            #expect(shared(try service.post(Self.record)) == [:])
            #expect(try service.lines() == [Self.record, Self.record])
        }
    }

    @Test(
        arguments: [
            ("Content-Length: 2000", 413), ("Content-Length: 10\r\nContent-Encoding: br", 415),
            ("Content-Length: 10\r\nExpect: more", 417),
        ])
    func `the answer that rejects a head can be read`(fields: String, status: Int) throws {
        try Self.run(Self.shop, ["CORDWOOD_LIMITS_BODY_BYTES": "1024"]) { service in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nOrigin: \(Self.shop)\r\n\(fields)\r\n\r\n")
            let answer = try #require(try connection.response())
            #expect(answer.status == status)
            #expect(shared(answer) == Self.answer)
        }
    }

    @Test func `a 401 can be read, after a preflight without a token`() throws {
        try Tokens.run(environment: ["CORDWOOD_CORS_ALLOW_ORIGINS": Self.shop]) { service in
            let origin = ["Origin: \(Self.shop)"]
            let asked = try service.request("OPTIONS", "/logs", origin + [Self.preflight])
            #expect(asked.status == 200)
            #expect(shared(asked) == Self.preflightAnswer("POST, PUT"))
            let refused = try service.post(Self.record, origin + Tokens.bearer("wrong"))
            #expect(refused.status == 401)
            #expect(shared(refused) == Self.answer)
            let taken = try service.post(Self.record, origin + Tokens.bearer(Tokens.all))
            #expect(taken.status == 200)
            #expect(shared(taken) == Self.answer)
        }
    }

    @Test func `a 503 and when to come again can be read, after a preflight`() throws {
        let settings = ["CORDWOOD_LIMITS_CONNECTIONS": "1", "CORDWOOD_WORKERS": "1"]
        try Self.run(Self.shop, settings) { service in
            let origin = ["Origin: \(Self.shop)"]
            let first = try service.connect()
            try first.send(Request.post(Self.record))
            #expect(try first.response()?.status == 200)
            let asked = try service.request("OPTIONS", "/logs", origin + [Self.preflight])
            #expect(asked.status == 200)
            #expect(shared(asked) == Self.preflightAnswer("POST, PUT"))
            let answer = try service.post(Self.record, origin)
            #expect(answer.status == 503)
            #expect(answer.header("retry-after") == "1")
            #expect(shared(answer) == Self.answer)
        }
    }

    @Test func `without configuration no header is sent`() throws {
        try RunningService.run { service in
            let origin = ["Origin: \(Self.shop)"]
            #expect(shared(try service.post(Self.record, origin)) == [:])
            let answer = try service.request("OPTIONS", "/logs", origin + [Self.preflight])
            #expect(answer.status == 200)
            #expect(answer.header("allow") == "POST, PUT, HEAD, OPTIONS")
            #expect(shared(answer) == [:])
        }
    }

    @Test func `answers of one connection are each for the origin that asked`() throws {
        try Self.run("\(Self.shop),https://other.example") { service in
            let connection = try service.connect()
            let origins = [Self.shop, nil, "https://other.example", "null", Self.shop]
            for origin in origins {
                let headers = origin.map { ["Origin: \($0)"] } ?? []
                try connection.send(
                    Request.bytes("POST", "/logs", headers, Array(Self.record.utf8)))
            }
            for origin in origins {
                let answer = try #require(try connection.response())
                let expected = origin == "null" ? nil : origin
                #expect(answer.header("access-control-allow-origin") == expected)
            }
        }
    }
}
