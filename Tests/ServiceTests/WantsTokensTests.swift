// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `auth.tokens_file`: who may write what.
struct WantsTokensTests {
    private static let record = #"{"a":1}"#

    @Test(arguments: [
        ["Authorization: Bearer \(Tokens.all)"], ["authorization: bearer  \(Tokens.all)"],
        ["Authorization: Splunk \(Tokens.all)"], ["X-Api-Key: \(Tokens.all)"],
        Tokens.basic("all", Tokens.all),
        ["X-Api-Key: \(Tokens.all)", "Authorization: Bearer \(Tokens.all)"],
    ])
    func `the right secret is accepted in each of its forms`(headers: [String]) throws {
        try Tokens.run { (service) throws in
            #expect(try service.post(Self.record, headers).status == 200)
            #expect(try service.lines() == [Self.record])
        }
    }

    private static let challenge = #"Bearer realm="cordwood", Basic realm="cordwood""#
    private static let refusal =
        #"Bearer realm="cordwood", error="invalid_token", Basic realm="cordwood""#

    @Test(
        arguments: [
            ([], "missing_token"), (["Authorization: Digest a"], "missing_token"),
            (["Authorization:"], "missing_token"), (["X-Api-Key:"], "missing_token"),
            (Tokens.bearer("cw_nonsense"), "wrong_token"),
            (["Authorization: Bearer"], "wrong_token"),
            (["Authorization: Basic !!!!"], "wrong_token"),
            (["Authorization: Basic YWxs"], "wrong_token"),
            (["Authorization: Basic"], "wrong_token"),
            (Tokens.basic("shop", Tokens.all), "wrong_token"),
            (Tokens.basic("", Tokens.all), "wrong_token"),
            (["X-Api-Key: \(Tokens.shop)"] + Tokens.bearer(Tokens.all), "wrong_token"),
            (Tokens.bearer(String(repeating: "a", count: 20_000)), "wrong_token"),
            (Tokens.bearer(Tokens.old), "expired_token"),
        ] as [([String], String)])
    func `anything else is 401 with a challenge, and nothing is written`(
        headers: [String], code: String
    ) throws {
        try Tokens.run { (service) throws in
            let answer = try service.post(Self.record, headers)
            #expect(answer.status == 401)
            #expect(try answer.failure.code == code)
            let expected = code == "missing_token" ? Self.challenge : Self.refusal
            #expect(answer.header("www-authenticate") == expected)
            #expect(try service.lines() == [])
        }
    }

    @Test func `two of the same field are malformed`() throws {
        try Tokens.run { (service) throws in
            for field in Tokens.bearer(Tokens.all) + ["X-Api-Key: \(Tokens.all)"] {
                #expect(try service.post(Self.record, [field, field]).status == 400)
            }
        }
    }

    @Test(arguments: [
        ("/logs/shop", Tokens.shop, 200), ("/logs/shop-2", Tokens.shop, 200),
        ("/logs/shops", Tokens.shop, 403), ("/logs", Tokens.shop, 403), ("/", Tokens.shop, 403),
        ("/log", Tokens.shop, 403), ("/logs/app", Tokens.shop, 403),
        ("/logs/anything", Tokens.all, 200), ("/logs", Tokens.all, 200),
        ("/logs", Tokens.watcher, 403), ("/logs/shop", Tokens.watcher, 403),
        ("/logs/../x", Tokens.all, 404), ("/nowhere", "", 404), ("/logs/x", "", 401),
    ])
    func `a token is good for its streams`(path: String, secret: String, status: Int) throws {
        try Tokens.run { (service) throws in
            let answer = try service.post(
                path, Self.record, secret.isEmpty ? [] : Tokens.bearer(secret))
            #expect(answer.status == status)
            if status == 403 { #expect(try answer.failure.code == "stream_not_allowed") }
        }
    }

    @Test func `a record in a query needs a token too`() throws {
        try Tokens.run { (service) throws in
            #expect(try service.get("/log?a=1").status == 401)
            let answer = try service.request("GET", "/log?a=1", Tokens.bearer(Tokens.all))
            #expect(answer.status == 200)
            #expect(try service.lines() == [#"{"a":"1"}"#])
        }
    }

    @Test(arguments: ["", "Expect: 100-continue\r\n"])
    func `it is decided before the body arrives, and no client is asked to send it`(
        expectation: String
    ) throws {
        try Tokens.run { (service) throws in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\(expectation)\r\n")
            let answer = try #require(try connection.response())
            #expect(answer.status == 401)
            #expect(answer.closes)
        }
    }

    @Test(arguments: ["HEAD", "OPTIONS"])
    func `probes of paths for records need no token`(method: String) throws {
        try Tokens.run { (service) throws in
            for path in ["/", "/logs", "/logs/shop", "/log"] {
                #expect(try service.request(method, path).status == 200)
            }
            for path in ["/livez", "/readyz", "/health", "/metrics"] {
                #expect(try service.get(path).status == 200)
            }
        }
    }

    @Test func `clients without a token do not learn the state of the disk`() throws {
        try Tokens.withFile { file in
            let settings = """
                listen: ["127.0.0.1:0"]
                auth: {tokens_file: "\(file.path)"}

                """
            try RunningService.run(configuration: settings) { service in
                try service.configure(settings + "disk: {min_free: 1000TiB}\n")
                try service.reload()
                // A worker of before may still take the next connection.
                try eventually("the disk is too small") {
                    try service.post(Self.record, Tokens.bearer(Tokens.all)).status == 503
                }
                #expect(try service.post(Self.record).status == 401)
            }
        }
    }

    @Test func `a connection continues after a rejection`() throws {
        try Tokens.run { (service) throws in
            let connection = try service.connect()
            let body = Array(Self.record.utf8)
            for headers in [[], Tokens.bearer(Tokens.all), Tokens.bearer("cw_x")] {
                try connection.send(Request.bytes("POST", "/logs", headers, body))
            }
            let answers = try (0..<3).map { _ in try #require(try connection.response()).status }
            #expect(answers == [401, 200, 401])
            #expect(try service.lines() == [Self.record])
        }
    }

    @Test func `an empty file admits no client`() throws {
        try Tokens.withFile("# none yet\n") { file in
            let environment = ["CORDWOOD_AUTH_TOKENS_FILE": file.path]
            try RunningService.run(environment: environment) { (service) throws in
                #expect(try service.post(Self.record, Tokens.bearer(Tokens.all)).status == 401)
                #expect(service.times(.tokensEmpty) == 1)
            }
        }
    }

    @Test func `rejections are counted by reason`() throws {
        try Tokens.run { (service) throws in
            _ = try service.post(Self.record)
            _ = try service.post(Self.record, Tokens.bearer("cw_x"))
            _ = try service.post(Self.record, Tokens.bearer(Tokens.old))
            _ = try service.post(Self.record, Tokens.bearer(Tokens.shop))
            let metrics = try service.metrics()
            for reason in ["missing", "invalid", "expired", "stream_not_allowed"] {
                let series = #"cordwood_auth_rejections_total{reason="\#(reason)"}"#
                #expect(metrics.samples[series] == 1, "\(reason)")
            }
            #expect(metrics.samples[#"cordwood_http_requests_total{path="/logs",code="401"}"#] == 3)
        }
    }

    @Test func `no secret is in the log, the answers or the metrics`() throws {
        let guess = "cw_almost-a-secret"
        try Tokens.run(["--log-level", "trace"]) { service in
            var answers = ""
            for secret in Tokens.secrets + [guess] {
                for headers in [
                    Tokens.bearer(secret), Tokens.basic("shop", secret), ["X-Api-Key: \(secret)"],
                    ["Authorization: Splunk \(secret)"],
                ] {
                    for path in ["/logs", "/logs/shop", "/nowhere"] {
                        let answer = try service.post(path, Self.record, headers)
                        answers += answer.text + answer.headers.map(\.value).joined()
                    }
                }
            }
            answers += try service.get("/health").text + service.get("/metrics").text
            _ = try service.stop()
            #expect(service.said.contains("its token is not known"))
            #expect(service.times(.accessDenied, with: #""token":"shop""#) > 0)
            for secret in Tokens.secrets + [guess] {
                let encoded = Data("shop:\(secret)".utf8).base64EncodedString()
                for text in [secret, encoded] {
                    #expect(!service.said.contains(text))
                    #expect(!answers.contains(text))
                }
            }
        }
    }
}
