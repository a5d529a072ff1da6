// SPDX-License-Identifier: Apache-2.0

import HTTP
import Protocols
import Testing

@testable import Cordwood

struct RouterTests {
    private static let router = Router(Endpoint.own)

    private static func match(_ path: String) throws -> (Router.Match, RequestHead, [UInt8]) {
        let bytes = Array(
            "\(path == "*" ? "OPTIONS" : "GET") \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(bytes.span, .service))
        return (router.match(head, bytes.span), head, bytes)
    }

    @Test(arguments: [
        ("/", 1), ("/logs", 0), ("/logs/app", 2), ("/log", 3), ("/livez", 4), ("/readyz", 5),
        ("/health", 6), ("/metrics", 7), ("/ui", 8), ("/ui/streams", 9), ("/ui/tail", 10),
        ("/openapi.yaml", 11), ("/openapi.yml", 12),
        ("/logs/", 12), ("/Logs", 12), ("/logs%2fapp", 12), ("//", 12), ("/v1/logs", 12),
        ("/healthz", 12), ("/logsx", 12), ("*", 12), ("/ui/", 12), ("/ui/tails", 12),
    ])
    func `a path has its endpoint`(path: String, place: Int) throws {
        #expect(try Self.match(path).0.route == place)
    }

    @Test func `the labels of metrics are the service's paths, then the names of the protocols`() {
        let own = Endpoint.own.map(\.pattern.label)
        #expect(Array(Router.labels.prefix(own.count)) == own)
        #expect(
            Router.labels.dropFirst(own.count) == [
                "otlp", "elasticsearch", "loki", "splunk", "datadog", "gelf",
                "firehose", "logplex", "other",
            ])
        for endpoint in Endpoint.all() {
            #expect(Router.labels[endpoint.labelPlace] == endpoint.label)
        }
    }

    @Test(arguments: [
        ("/logs/web-1?atomic=true", "web-1"), ("http://a/logs/web-1", "web-1"),
        ("/logs/a/b", "a/b"), ("/logs/a/", "a/"), ("/logs/_a", "_a"), ("/logs", ""),
        ("/health", ""),
    ])
    func `the rest of the path is the name of the stream, also when it is looked up again`(
        target: String, name: String
    ) throws {
        let (match, head, bytes) = try Self.match(target)
        #expect(String(decoding: bytes[match.stream], as: UTF8.self) == name)
        #expect(Self.router.parts(of: match.route, head, bytes.span).stream == match.stream)
    }

    @Test(arguments: [
        ("/logs/shop/lines", 3, "shop", "/lines"), ("/lines", 3, "", "/lines"),
        ("/logs/_lines", 2, "_lines", ""), ("/logs/shop/line", 2, "shop/line", ""),
        ("/logs/shop", 2, "shop", ""), ("/logs//lines", 2, "/lines", ""),
        ("/logs/shop/logs", 2, "shop/logs", ""), ("/logs/shop/lines/", 2, "shop/lines/", ""),
        ("/logs/logs/shop/lines", 2, "logs/shop/lines", ""),
    ])
    func `the path of a protocol may be behind the name of a stream`(
        path: String, place: Int, name: String, rest: String
    ) throws {
        let router = Router(Array(Endpoint.own[0..<3]) + Endpoint.ingest(TwoStreamProtocol()))
        let (_, head, bytes) = try Self.match(path)
        let match = router.match(head, bytes.span)
        #expect(match.route == place)
        #expect(String(decoding: bytes[match.stream], as: UTF8.self) == name)
        #expect(String(decoding: bytes[match.rest], as: UTF8.self) == rest)
        let parts = router.parts(of: match.route, head, bytes.span)
        #expect(parts.stream == match.stream && parts.rest.count == match.rest.count)
    }

    @Test func `an endpoint is costly because of its answer, and an endpoint for records is not`() {
        for endpoint in Endpoint.all() {
            #expect(endpoint.isIngest == (endpoint.weight == 0), "\(endpoint.pattern.label)")
        }
    }

    @Test(arguments: [
        ("/logs", "POST, PUT, HEAD, OPTIONS"), ("/log", "GET, POST, HEAD, OPTIONS"),
        ("/health", "GET, HEAD"),
    ])
    func `Allow lists the methods of a path`(path: String, allow: String) throws {
        let match = try Self.match(path).0
        #expect("\(Endpoint.own[match.route].methods)" == allow)
    }
}
