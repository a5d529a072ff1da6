// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What holds for the protocols of other services' clients together: their secrets, streams,
/// settings, limits and counts.
struct TakesWhatOtherServicesTakeTests {
    /// A path of each protocol, a body with one record, and the status that means success.
    static let posts: [(path: String, body: String, status: Int)] = [
        (
            "/v1/logs",
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}}]}]}]}"#,
            200
        ),
        ("/_bulk", "{\"index\":{}}\n{\"message\":\"a\"}\n", 200),
        ("/loki/api/v1/push", #"{"streams":[{"stream":{},"values":[["1","a"]]}]}"#, 204),
        ("/services/collector/event", #"{"event":"a"}"#, 200),
        ("/api/v2/logs", #"[{"message":"a"}]"#, 202),
        ("/gelf", #"{"short_message":"a"}"#, 202),
        ("/firehose", #"{"requestId":"r","timestamp":1,"records":[{"data":"YQ=="}]}"#, 200),
        ("/logplex", "37 <158>1 2026-11-28T10:00:00Z h a p - a", 204),
    ]

    private static let json = ["Content-Type: application/json"]

    /// With the media type by which the body of a path is JSON.
    private static func headers(_ path: String) -> [String] {
        ["/v1/logs", "/loki/api/v1/push", "/firehose"].contains { path.hasSuffix($0) } ? json : []
    }

    @Test(arguments: posts.map { ($0.path, $0.body, $0.status) })
    func `a path writes to its stream, at the root and behind the name of a stream`(
        path: String, body: String, status: Int
    ) throws {
        try RunningService.run { (service) throws in
            let headers = Self.headers(path)
            #expect(try service.post(path, body, headers).status == status)
            #expect(try service.post("/logs/shop\(path)", body, headers).status == status)
            let (app, shop) = (try service.lines(), try service.lines(of: "shop"))
            #expect(app.count == 1 && shop.count == 1)
            #expect(try service.post("/logs/shop/x/y\(path)", body, headers).status == 404)
            #expect(try service.post("/logs/Shop\(path)", body, headers).status == 404)
        }
    }

    @Test(arguments: posts.map(\.path))
    func `whether records can be sent here is told without a token`(path: String) throws {
        try Tokens.run { (service) throws in
            for target in [path, "/logs/shop\(path)"] {
                #expect(try service.request("HEAD", target).status == 200)
                #expect(try service.request("OPTIONS", target).status == 200)
            }
        }
    }

    @Test(arguments: posts.map { ($0.path, $0.body, $0.status) })
    func `a token is good for its streams`(path: String, body: String, status: Int) throws {
        try Tokens.run { (service) throws in
            func answered(_ target: String, _ secret: String?) throws -> Int {
                try service.post(
                    target, body, Self.headers(path) + (secret.map(Tokens.bearer) ?? [])
                ).status
            }
            #expect(try answered(path, nil) == 401)
            #expect(try answered(path, "cw_wrong") >= 401)
            #expect(try answered(path, Tokens.shop) == 403)
            #expect(try answered("/logs/shop\(path)", Tokens.shop) == status)
            #expect(try answered("/logs/other\(path)", Tokens.shop) == 403)
            #expect(try answered(path, Tokens.all) == status)
            #expect(try service.lines().count == 1)
            #expect(try service.lines(of: "shop").count == 1)
            #expect(try service.lines(of: "other").isEmpty)
        }
    }

    private static let encoded = Data("all:\(Tokens.all)".utf8).base64EncodedString()

    @Test(
        arguments: [
            ("/api/v2/logs", "DD-API-KEY: \(Tokens.all)", 202),
            ("/v1/input", "DD-API-KEY: \(Tokens.all)", 202),
            ("/services/collector/event", "DD-API-KEY: \(Tokens.all)", 401),
            ("/logs", "DD-API-KEY: \(Tokens.all)", 401),
            ("/firehose", "X-Amz-Firehose-Access-Key: \(Tokens.all)", 200),
            ("/api/v2/logs", "X-Amz-Firehose-Access-Key: \(Tokens.all)", 401),
            ("/_bulk", "Authorization: ApiKey \(encoded)", 200),
            ("/_bulk", "Authorization: Basic \(encoded)", 200),
            ("/services/collector/event", "Authorization: Splunk \(Tokens.all)", 200),
            ("/services/collector/event", Tokens.basic("anything", Tokens.all)[0], 200),
            ("/services/collector/event", Tokens.basic("anything", "cw_wrong")[0], 403),
            ("/api/v2/logs", Tokens.basic("anything", Tokens.all)[0], 401),
        ])
    func `a secret stands where the clients of its protocol put it, and there alone`(
        path: String, header: String, status: Int
    ) throws {
        let body = Self.posts.first { $0.path == path }?.body ?? #"{"message":"a"}"#
        try Tokens.run { (service) throws in
            let answer = try service.post(path, body, Self.headers(path) + [header])
            #expect(answer.status == status)
        }
    }

    @Test(arguments: [
        ("/services/collector/event?token=", 200), ("/api/v2/logs?dd-api-key=", 202),
        ("/v1/input/", 202), ("/_bulk?token=", 200),
    ])
    func `a secret in a URL counts only where that is wanted`(start: String, status: Int) throws {
        let path = String(start.prefix { $0 != "?" })
        let body = Self.posts.first { $0.path == path }?.body ?? #"{"message":"a"}"#
        try Tokens.run { (service) throws in
            #expect(try service.post(start + Tokens.all, body).status == 401)
        }
        try Tokens.run(environment: ["CORDWOOD_PROTOCOLS_SECRETS_IN_URLS": "true"]) {
            (service) throws in
            #expect(try service.post(start + Tokens.all, body).status == status)
            #expect(try service.post(start + "cw_wrong", body).status >= 401)
            #expect(try service.post("/logs?token=\(Tokens.all)", body).status == 401)
        }
    }

    @Test func `what only prepares a client needs any token`() throws {
        try Tokens.run { (service) throws in
            for path in ["/_license", "/elasticsearch/_license", "/logs/app/elasticsearch/"] {
                #expect(try service.get(path).status == 401)
                let headers = Tokens.bearer(Tokens.shop)
                #expect(try service.request("GET", path, headers).status == 200)
            }
            #expect(try service.get("/services/collector/health").status == 200)
        }
    }

    @Test(arguments: posts.map { ($0.path, $0.body, $0.status) })
    func `a protocol can be switched off, or get a stream of its own`(
        path: String, body: String, status: Int
    ) throws {
        let names = [
            "/v1/logs": "otlp", "/_bulk": "elasticsearch", "/loki/api/v1/push": "loki",
            "/services/collector/event": "splunk", "/api/v2/logs": "datadog",
            "/gelf": "gelf", "/firehose": "firehose", "/logplex": "logplex",
        ]
        let name = try #require(names[path])
        let variable = "CORDWOOD_PROTOCOLS_\(name.uppercased())"
        try RunningService.run(environment: ["\(variable)_ENABLED": "false"]) { (service) throws in
            #expect(try service.post(path, body, Self.headers(path)).status == 404)
            #expect(try service.post("/logs/a\(path)", body, Self.headers(path)).status == 404)
        }
        try RunningService.run(environment: ["\(variable)_STREAM": "own"]) { (service) throws in
            #expect(try service.post(path, body, Self.headers(path)).status == status)
            #expect(try service.lines(of: "own").count == 1)
            #expect(try service.lines().isEmpty)
            let metrics = try service.get("/metrics").text
            let counted = "cordwood_http_requests_total{path=\"\(name)\",code=\"\(status)\"} 1\n"
            #expect(metrics.contains(counted))
        }
    }

    @Test(arguments: posts.map { ($0.path, $0.body) })
    func `a stream of text takes no objects`(path: String, body: String) throws {
        try RunningService.run(environment: ["CORDWOOD_STREAMS_FORMAT": "raw"]) {
            (service) throws in
            let answer = try service.post(path, body, Self.headers(path))
            #expect(answer.status == 400)
            #expect(answer.text.contains("raw"))
            #expect(try service.lines().isEmpty)
            let text = try service.post("/services/collector/raw", "a line\n")
            #expect(text.status == 200)
            #expect(try service.lines() == ["a line"])
        }
    }

    /// A small body must not fill the disk because each record repeats a part of it.
    @Test func `what every record repeats is bounded`() throws {
        let value = String(repeating: "x", count: 100_000)
        let attribute = #"{"key":"a","value":{"stringValue":"\#(value)"}}"#
        let records = Array(repeating: "{}", count: 100).joined(separator: ",")
        let body =
            #"{"resourceLogs":[{"resource":{"attributes":[\#(attribute)]},"scopeLogs":"#
            + #"[{"logRecords":[\#(records)]}]}]}"#
        try RunningService.run(environment: ["CORDWOOD_LIMITS_EXPANDED_BYTES": "5MB"]) {
            (service) throws in
            #expect(try service.post("/v1/logs", body, Self.json).status == 413)
            #expect(try service.lines().isEmpty)
        }
        try RunningService.run(environment: ["CORDWOOD_LIMITS_EXPANDED_BYTES": "20MB"]) {
            (service) throws in
            #expect(try service.post("/v1/logs", body, Self.json).status == 200)
            #expect(try service.lines().count == 100)
        }
    }

    /// What the answer needs of a body may be larger than what is kept between requests.
    @Test func `a bulk request with thousands of indices is answered, an item for each action`()
        throws
    {
        let name = String(repeating: "x", count: 200)
        let body = (0..<6000).map { "{\"index\":{\"_index\":\"\(name)\($0)\"}}\n{}\n" }.joined()
        try RunningService.run { (service) throws in
            for _ in 0..<2 {
                let answer = try service.post("/_bulk", body)
                #expect(answer.status == 200)
                let items = answer.text.components(separatedBy: "\"status\":201").count - 1
                #expect(items == 6000 && answer.text.contains("\"_index\":\"\(name)5999\""))
            }
            #expect(try service.lines().count == 12_000)
        }
    }

    @Test(arguments: ["/_foo/_bulk", "/elasticsearch/a/b/c/_Bulk", "/elasticsearch/a/_doc/b/c"])
    func `documents at a path that takes none are refused, not acknowledged`(path: String) throws {
        try RunningService.run { (service) throws in
            #expect(try service.post(path, "{\"index\":{}}\n{}\n").status == 404)
        }
    }
}
