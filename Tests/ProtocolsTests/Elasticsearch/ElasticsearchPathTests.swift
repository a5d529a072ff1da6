// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@testable import Protocols

struct ElasticsearchPathTests {
    /// The path, with the index in brackets and the id in braces; a description of the request.
    private func read(_ path: String) -> String {
        let bytes = Array(path.utf8)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        switch ElasticsearchPath(bytes.span) {
        case .root: return "root"
        case .license: return "license"
        case .bulk(let index): return "bulk[\(text(index))]"
        case .document(let kind, let index, let id): return "\(kind)[\(text(index))]{\(text(id))}"
        case .index: return "index"
        case .setUp: return "set-up"
        case .unknown: return "unknown"
        }
    }

    @Test(arguments: [
        ("/", "root"), ("/elasticsearch", "root"), ("/elasticsearch/", "root"),
        ("/elasticsearch//", "root"), ("/_bulk", "bulk[]"), ("/elasticsearch/_bulk", "bulk[]"),
        ("/elasticsearch//_bulk", "bulk[]"), ("/elasticsearch/_bulk/", "bulk[]"),
        ("/logs/_bulk", "bulk[logs]"), ("/elasticsearch/logs/_bulk", "bulk[logs]"),
        ("/elasticsearch/logs/event/_bulk", "bulk[logs]"), ("/logs/event/_bulk", "unknown"),
        ("/elasticsearch/a/b/c/_bulk", "set-up"), ("/_monitoring/bulk", "bulk[]"),
        ("/elasticsearch/_xpack/monitoring/_bulk", "bulk[]"), ("/_license", "license"),
        ("/logs/_doc", "index[logs]{}"), ("/logs/_doc/1", "index[logs]{1}"),
        ("/logs/_doc/1/2", "unknown"), ("/logs/_create/1", "create[logs]{1}"),
        ("/logs/_update/1", "update[logs]{1}"), ("/elasticsearch/system/events", "index[system]{}"),
        ("/elasticsearch/system/events/7", "index[system]{7}"), ("/system/events", "unknown"),
        ("/elasticsearch/a/b/7/_create", "create[a]{7}"), ("/elasticsearch/logs", "index"),
        ("/logs", "unknown"), ("/_template/x", "set-up"), ("/_ilm/policy/filebeat", "set-up"),
        ("/elasticsearch/logs/_settings", "set-up"), ("/logs/_settings", "unknown"),
        ("/_doc", "unknown"), ("/_doc/1", "unknown"), ("/_create/1", "unknown"),
        ("/elasticsearch/%3Clogs-%7Bnow%2Fd%7D%3E", "index"),
        ("/elasticsearchx/_bulk", "bulk[elasticsearchx]"),
        ("/elasticsearch/a/b/c/d/e/f", "set-up"), ("/_a/b/c/d/e/f", "unknown"),
    ])
    func `a path says what a request is for`(path: String, expected: String) {
        let read = read(path)
        #expect(read == expected)
    }

    @Test(arguments: [
        ("GET", "/", "setUp(0, isOpen: false)"), ("HEAD", "/", "setUp(0, isOpen: true)"),
        ("GET", "/_license", "setUp(1, isOpen: false)"),
        ("GET", "/_xpack", "setUp(2, isOpen: false)"),
        ("HEAD", "/_template/x", "setUp(2, isOpen: true)"),
        ("PUT", "/_template/x", "setUp(3, isOpen: false)"),
        ("DELETE", "/_template/x", "setUp(3, isOpen: false)"),
        ("POST", "/_aliases", "setUp(3, isOpen: false)"), ("POST", "/_bulk", "ordinary"),
        ("PUT", "/_bulk", "ordinary"), ("HEAD", "/_bulk", "setUp(2, isOpen: true)"),
        ("OPTIONS", "/_bulk", "ordinary"), ("POST", "/logs/_doc", "ordinary"),
        ("DELETE", "/logs/_doc/1", "setUp(3, isOpen: false)"),
        ("GET", "/logs/_doc/1", "setUp(2, isOpen: false)"),
        ("POST", "/elasticsearch", "ordinary"), ("POST", "/elasticsearch/", "unknown"),
        ("POST", "/elasticsearch/logs", "unknown"),
        ("PUT", "/elasticsearch/logs", "setUp(3, isOpen: false)"),
        ("HEAD", "/elasticsearch/logs", "setUp(2, isOpen: true)"), ("POST", "/_doc", "unknown"),
    ])
    func `a method and a path say what the answer is`(
        method: String, path: String, expected: String
    ) throws {
        let purpose = try Self.head(method, path, "") { head, bytes in
            ElasticsearchProtocol(version: "8.19.0", keepsActions: true)
                .purpose(of: head, path: bytes.extracting(head.path), bytes)
        }
        #expect("\(purpose)" == expected)
    }

    @Test(arguments: [
        ("Accept: application/json\r\nUser-Agent: Elastic-filebeat/8.19.0 (linux; amd64)", true),
        ("accept: application/vnd.elasticsearch+json; compatible-with=9", true),
        ("user-agent: opensearch-py/3.2.0 (Python 3.11.2)", true),
        ("User-Agent: Logstash/8.19.0 (OS=Linux) logstash-output-elasticsearch/11.22.0", true),
        ("User-Agent: Vector/0.50.0 (x86_64-unknown-linux-gnu)", true),
        ("User-Agent: go-elasticsearch/8.19.0 (linux amd64; Go 1.25.0)", true),
        ("Accept: */*\r\nAuthorization: ApiKey aWQ6a2V5", true),
        ("Accept: */*\r\nUser-Agent: curl/8.5.0", false), ("Host: x", false),
        ("Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false),
        ("Accept: text/html, application/json", false),
        ("User-Agent: kube-probe/1.30\r\nAccept: */*", false),
        ("User-Agent: Mozilla/5.0 NotLogstash/8", false),
    ])
    func `a client of Elasticsearch is known at the root, and no person is taken for one`(
        fields: String, expected: Bool
    ) throws {
        let isClient = try Self.head("GET", "/", fields) { head, bytes in
            ElasticsearchProtocol(version: "8.19.0", keepsActions: true).claims(head, bytes)
        }
        #expect(isClient == expected)
    }

    private static func head<Result>(
        _ method: String, _ path: String, _ fields: String,
        _ body: (RequestHead, Span<UInt8>) throws -> Result
    ) throws -> Result {
        let host = fields.hasPrefix("Host") ? "" : "Host: x\r\n"
        let lines = fields.isEmpty ? host : "\(host)\(fields)\r\n"
        let bytes = Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8)
        var parser = RequestParser()
        let head = try #require(try parser.parse(bytes.span, .service))
        return try body(head, bytes.span)
    }
}
