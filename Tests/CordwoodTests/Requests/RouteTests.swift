import HTTP
import Testing

@testable import Cordwood

@Suite struct RouteTests {
    @Test(arguments: [
        ("/", 1), ("/logs", 0), ("/logs/app", 2), ("/log", 3), ("/livez", 4), ("/readyz", 5),
        ("/health", 6), ("/metrics", 7), ("/ui", 8), ("/ui/streams", 9), ("/ui/tail", 10),
        ("/openapi.yaml", 11), ("/openapi.yml", 12),
        ("/logs/", 12), ("/Logs", 12), ("/logs%2fapp", 12), ("//", 12), ("/v1/logs", 12),
        ("/healthz", 12), ("/logsx", 12), ("*", 12), ("/ui/", 12), ("/ui/tails", 12),
    ])
    func `a path has its route`(path: String, label: Int) throws {
        let bytes = Array(
            "\(path == "*" ? "OPTIONS" : "GET") \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(bytes.span))
        #expect(Route(head, bytes.span).labelIndex == label)
    }

    @Test func `the name of a stream is what follows`() throws {
        let bytes = Array("POST /logs/web-1?atomic=true HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(bytes.span))
        guard case .stream(let range) = Route(head, bytes.span) else {
            Issue.record("not a stream's route")
            return
        }
        #expect(String(decoding: bytes[range], as: UTF8.self) == "web-1")
    }

    @Test(arguments: [
        ("atomic=true", true, nil), ("atomic", true, nil), ("atomic=", true, nil),
        ("atomic=false", false, nil), ("atomic=0", false, nil), ("ack=fsync", false, true),
        ("ack=write", false, false), ("a=b&ack=fsync&atomic=1", true, true),
        ("%61tomic=tru%65", true, nil), ("&&=&", false, nil), ("atomics=x&ac=y", false, nil),
    ])
    func `the query says what is asked for`(query: String, isAtomic: Bool, isDurable: Bool?) throws
    {
        let options = try options(query)
        #expect(options.isAtomic == isAtomic && options.isDurable == isDurable)
        #expect(options.mistake == nil)
    }

    @Test(arguments: [
        ("ack=fsynk", "invalid_ack"), ("ack=", "invalid_ack"), ("ack", "invalid_ack"),
        ("ack=FSYNC", "invalid_ack"), ("ack=maybe&ack=fsync", "invalid_ack"),
        ("atomic=yes", "invalid_atomic"), ("x=y&atomic=True", "invalid_atomic"),
        ("ack=fsync&atomic=%74rue%20", "invalid_atomic"),
    ])
    func `a value that an option does not take is a mistake`(query: String, code: String) throws {
        #expect(try "\(#require(options(query).mistake).code)" == code)
    }

    private func options(_ query: String) throws -> RequestOptions {
        let bytes = Array("POST /logs?\(query) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(bytes.span))
        return RequestOptions(head, bytes.span)
    }
}
