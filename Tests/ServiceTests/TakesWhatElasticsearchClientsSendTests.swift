// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What clients of Elasticsearch ask before they send, and what they need to hear.
///
/// The requests are those of Beats (libbeat: eslegclient, licenser, idxmgmt, template, fileset) and of
/// Logstash (logstash-output-elasticsearch: pool.rb, http_client.rb, ilm.rb, template_manager.rb), in
/// their order.
struct TakesWhatElasticsearchClientsSendTests {
    @Test(arguments: ["", "/elasticsearch", "/logs/shop/elasticsearch"])
    func `Filebeat connects, finds what it needs, and sends`(base: String) throws {
        try Tokens.run { service in
            let client = Visitor(
                service, base,
                ["Accept: application/json", "User-Agent: Elastic-filebeat/8.19.0 (linux; amd64)"]
                    + Self.apiKey("all", Tokens.all))
            let root = try client.ask("GET", base.isEmpty ? "/" : "")
            #expect(root?["version"]?["number"] == "8.19.0")
            #expect(root?["version"]?["build_flavor"] == "default")
            let license = try client.ask("GET", "/_license?human=false")?["license"]
            #expect(license?["status"] == "active" && license?["type"] == "basic")
            #expect((license?["expiry_date_in_millis"]?.value ?? 0) > 2e12)
            // Each is there, so Filebeat does not make it.
            _ = try client.ask("GET", "/_ilm/policy/filebeat")
            _ = try client.ask("HEAD", "/_index_template/filebeat-8.19.0")
            _ = try client.ask("GET", "/_data_stream/filebeat-8.19.0")
            _ = try client.ask("GET", "/_ingest/pipeline/filebeat-8.19.0-nginx-access-pipeline")
            // With `setup.template.overwrite` it does.
            let made = try client.ask(
                "PUT", "/_index_template/filebeat-8.19.0", #"{"priority":150}"#)
            #expect(made?["acknowledged"] == .bool(true))
            let sent = try client.ask(
                "POST", "/_bulk?filter_path=errors%2Citems.%2A.error%2Citems.%2A.status",
                """
                {"create":{"_index":"filebeat-8.19.0"}}
                {"@timestamp":"2026-11-28T18:00:00.000Z","message":"one"}
                {"create":{"_index":"filebeat-8.19.0"}}
                {"@timestamp":"2026-11-28T18:00:00.001Z","message":

                """)
            let statuses = sent?["items"]?.elements?.map { $0["create"]?["status"] }
            // Neither is sent again: Beats repeat 429 and what is above 499.
            #expect(statuses == [201, 400])
            let stream = base.hasPrefix("/logs/") ? "shop" : "app"
            #expect(
                try service.lines(of: stream) == [
                    #"{"@timestamp":"2026-11-28T18:00:00.000Z","message":"one","_bulk":{"create":{"_index":"filebeat-8.19.0"}}}"#
                ])
        }
    }

    @Test(arguments: ["/elasticsearch", "/logs/shop/elasticsearch"])
    func `Logstash finds a cluster with a license, and sends`(base: String) throws {
        try Tokens.run { service in
            let client = Visitor(
                service, base,
                [
                    "User-Agent: Logstash/8.19.0 (OS=Linux-6.1-amd64; JVM=Eclipse Adoptium-21.0.8)"
                        + " logstash-output-elasticsearch/11.22.12"
                ] + Tokens.basic("all", Tokens.all))
            _ = try client.ask("HEAD", "/")
            let root = try client.ask("GET", "/")
            #expect(root?["version"]?["number"] == "8.19.0")
            #expect(root?["cluster_uuid"]?.text?.isEmpty == false)
            // Without a status the node counts as dead.
            #expect(try client.ask("GET", "/_license")?["license"]?["status"] == "active")
            _ = try client.ask("HEAD", "/_index_template/logstash")
            // The alias is there, so no index is made whose name is a date pattern.
            _ = try client.ask("HEAD", "/logstash")
            _ = try client.ask("GET", "/_ilm/policy/logstash-policy")
            #expect(
                try client.ask("PUT", "/%3Clogstash-%7Bnow%2Fd%7D-000001%3E", "{}")?["acknowledged"]
                    == .bool(true))
            #expect(try client.ask("GET", "/_nodes/http")?["nodes"] == nil)
            let action = #"{"index":{"_id":null,"_index":"logstash","routing":null}}"#
            let sent = try client.ask(
                "POST", "/_bulk", "\(action)\n{\"a\":1}\n\(action)\n{\"a\":2}\n")
            #expect(sent?["errors"] == .bool(false))
            #expect(sent?["items"]?.elements?.count == 2)
            let stream = base.hasPrefix("/logs/") ? "shop" : "app"
            #expect(try service.lines(of: stream).count == 2)
        }
    }

    @Test
    func `one document has a path of its own`() throws {
        try RunningService.run { service in
            let answer = try service.request(
                "PUT", "/logs/_doc/a%20b?refresh=true", [], Array("{\n  \"a\": 1\n}".utf8))
            #expect(answer.status == 201)
            #expect(answer.header("x-elastic-product") == "Elasticsearch")
            #expect(
                answer.text.contains(
                    #""_index":"logs","_id":"a b","_version":1,"result":"created""#))
            #expect(
                try service.lines() == [
                    #"{  "a": 1,"_bulk":{"index":{"_index":"logs","_id":"a b"}}}"#
                ])
            let bad = try service.post("/logs/_doc", "oops")
            #expect(bad.status == 400 && bad.text.contains("document_parsing_exception"))
        }
    }

    @Test
    func `a body that takes several visits is read like any other`() throws {
        try RunningService.run { service in
            var body = ""
            for number in 0..<20_000 {
                body +=
                    #"{"index":{"_index":"i\#(number % 3)"}}"# + "\n" + #"{"n":\#(number)}"# + "\n"
            }
            let answer = try service.post("/_bulk", body)
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix(#"{"took":0,"errors":false,"items":[{"index":"#))
            let items = try JSONDecoder().decode(JSON.self, from: Data(answer.body))["items"]?
                .elements
            #expect(items?.count == 20_000)
            #expect(items?.last?["index"]?["_index"] == "i1")
            let numbers = try service.records().map { $0["n"]?.value }
            #expect(numbers == (0..<20_000).map(Double.init))
        }
    }

    @Test
    func `without metadata, and under another version`() throws {
        let settings = [
            "CORDWOOD_PROTOCOLS_ELASTICSEARCH_METADATA": "false",
            "CORDWOOD_PROTOCOLS_ELASTICSEARCH_VERSION": "9.1.2",
            "CORDWOOD_PROTOCOLS_ELASTICSEARCH_STREAM": "beats",
        ]
        try RunningService.run(environment: settings) { service in
            #expect(try service.get("/elasticsearch/").text.contains(#""number":"9.1.2""#))
            _ = try service.post("/_bulk", "{\"create\":{}}\n{\"a\":1}\n{\"delete\":{}}\n")
            #expect(try service.lines(of: "beats") == [#"{"a":1}"#])
        }
    }

    // MARK: Who asks at the root, and who may not

    @Test
    func `at the root a client gets JSON, and a person what they can read`() throws {
        try RunningService.run { service in
            let python = ["Accept: application/vnd.elasticsearch+json; compatible-with=9"]
            for fields in [python, ["User-Agent: opensearch-py/3.2.0 (Python 3.11.2)"]] {
                for method in ["GET", "HEAD"] {
                    let answer = try service.request(method, "/", fields)
                    #expect(answer.status == 200)
                    #expect(answer.header("content-type") == "application/json")
                    #expect(answer.header("x-elastic-product") == "Elasticsearch")
                }
            }
            let curl = try service.request("GET", "/", ["Accept: */*", "User-Agent: curl/8.5.0"])
            #expect(curl.header("content-type") == "text/plain; charset=utf-8")
            let browser = try service.request("GET", "/", ["Accept: text/html,*/*;q=0.8"])
            #expect(browser.header("content-type") == "text/html; charset=utf-8")
        }
        let settings = ["CORDWOOD_PROTOCOLS_ELASTICSEARCH_ENABLED": "false"]
        try RunningService.run(environment: settings) { service in
            let answer = try service.request("GET", "/", ["Accept: application/json"])
            #expect(answer.header("content-type") == "text/plain; charset=utf-8")
            #expect(try service.get("/elasticsearch").status == 404)
        }
    }

    @Test
    func `a refusal is in the words of Elasticsearch, and names the product`() throws {
        let pair = Array("{\"create\":{}}\n{}\n".utf8)
        let token = Tokens.bearer(Tokens.shop)
        let bulk = "/logs/shop/_bulk"
        let brotli = token + ["Content-Encoding: br"]
        let requests: [(String, String, [String], [UInt8]?, String)] = [
            ("POST", "/_bulk", [], pair, "401 security_exception"),
            ("GET", "/_license", [], nil, "401 security_exception"),
            ("POST", "/_bulk", token, pair, "403 security_exception"),
            (
                "POST", bulk, token, [UInt8](repeating: 32, count: 9000),
                "413 content_too_long_exception"
            ),
            ("POST", bulk, brotli, pair, "415 illegal_argument_exception"),
            ("POST", bulk, token, [], "400 illegal_argument_exception"),
            ("POST", "/elasticsearch/shop", token, pair, "404 illegal_argument_exception"),
        ]
        try Tokens.run(environment: ["CORDWOOD_LIMITS_BODY_BYTES": "8KiB"]) { service in
            for (method, path, fields, body, expected) in requests {
                let answer = try service.request(method, path, fields, body)
                #expect(answer.header("x-elastic-product") == "Elasticsearch")
                #expect(answer.header("content-type") == "application/json")
                let text = try JSONDecoder().decode(JSON.self, from: Data(answer.body))
                let type = text["error"]?["type"]?.text ?? "?"
                #expect("\(answer.status) \(type)" == expected, "\(path)")
                #expect(text["status"]?.value == Double(answer.status))
                #expect(text["error"]?["reason"]?.text?.isEmpty == false)
            }
            let sent = try service.request("POST", bulk, token, pair)
            // A token for any stream lets a client ask, and HEAD needs none.
            let license = try service.request("GET", "/_license", token)
            let head = try service.request("HEAD", "/elasticsearch")
            #expect(sent.status == 200 && license.status == 200 && head.status == 200)
        }
    }

    private static func apiKey(_ name: String, _ secret: String) -> [String] {
        ["Authorization: ApiKey \(Data("\(name):\(secret)".utf8).base64EncodedString())"]
    }
}

/// A client with a base URL, to which every answer must be a success of Elasticsearch.
private struct Visitor {
    let service: RunningService
    let base: String
    let fields: [String]

    init(_ service: RunningService, _ base: String, _ fields: [String]) {
        self.service = service
        self.base = base
        self.fields = fields
    }

    /// The answer's JSON; nil for HEAD.
    func ask(_ method: String, _ path: String, _ body: String? = nil) throws -> JSON? {
        let answer = try service.request(
            method, base + path, fields, body.map { Array($0.utf8) })
        #expect(answer.status == 200, "\(method) \(path): \(answer.text)")
        #expect(answer.header("x-elastic-product") == "Elasticsearch")
        #expect(answer.header("content-type") == "application/json")
        return method == "HEAD"
            ? nil : try JSONDecoder().decode(JSON.self, from: Data(answer.body))
    }
}
