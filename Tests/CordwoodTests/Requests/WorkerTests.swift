// SPDX-License-Identifier: Apache-2.0

import Monitoring
import Testing

@testable import Cordwood

struct WorkerTests {
    private static func post(_ path: String, _ body: String, _ fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n"
            + body
    }

    @Test func `the records of a turn are in their files when it is committed`() throws {
        let fixture = try WorkerFixture()
        let answers = try fixture.send([
            Self.post("/logs", "{\"a\":1}\n{\"a\":2}"), Self.post("/logs/web", "{\"b\":1}"),
            "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
        #expect(answers.map { $0.prefix(15) } == Array(repeating: "HTTP/1.1 200 OK", count: 3))
        #expect(answers[0].hasSuffix("\r\n\r\n{\"accepted\":2,\"rejected\":0}\n"))
        #expect(answers[2].hasSuffix("\r\n\r\nok\n"))
        #expect(fixture.file("app") == "{\"a\":1}\n{\"a\":2}\n")
        #expect(fixture.file("web") == "{\"b\":1}\n")
        #expect(fixture.count(.written) == 3)
    }

    @Test(
        arguments: [
            ("GET /nothing", "", 404, "no_such_path"), ("GET /logs/", "", 404, "no_such_path"),
            ("POST /logs/A", "x", 404, "no_such_stream"),
            ("DELETE /logs", "", 405, "method_not_allowed"),
            ("PUT /log", "x", 405, "method_not_allowed"),
            ("POST /health", "", 405, "method_not_allowed"),
            ("POST /logs?ack=maybe", "x", 400, "invalid_ack"),
            ("GET /ui/tail?stream=..", "", 400, "malformed_query"),
            ("GET /ui/tail?stream=none", "", 404, "unknown_stream"),
            ("POST /logs", " ", 400, "empty_body"), ("POST /logs", "\u{1F}\u{8B}", 415, nil),
        ] as [(String, String, Int, String?)])
    func `a request that cannot be served has its problem`(
        line: String, body: String, status: Int, code: String?
    ) throws {
        let fixture = try WorkerFixture("ui: {enabled: true}\n")
        let answer = try fixture.send([
            "\(line) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        ])[0]
        if let code {
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.contains("{\"error\":{\"code\":\"\(code)\","), "\(answer)")
        }
        #expect(fixture.count(.written) == 0 || code == nil)
    }

    // MARK: CORS

    private static let shared =
        "cors: {allow_origins: ['https://a.example', 'https://b.example']}\n"

    @Test(arguments: [
        ("https://a.example", true), ("https://b.example", true), ("https://c.example", false),
        ("HTTPS://A.EXAMPLE", false), ("null", false),
    ])
    func `a page of an origin that is allowed may read the answer`(
        origin: String, isAllowed: Bool
    ) throws {
        let fixture = try WorkerFixture(Self.shared)
        let answers = try fixture.send([
            Self.post("/logs", "{}", "Origin: \(origin)\r\n"),
            Self.post("/logs", "", "Origin: \(origin)\r\n"),
            "OPTIONS /log HTTP/1.1\r\nHost: a\r\nOrigin: \(origin)\r\n"
                + "Access-Control-Request-Method: POST\r\n\r\n",
            "OPTIONS /logs/web HTTP/1.1\r\nHost: a\r\nOrigin: \(origin)\r\n"
                + "Access-Control-Request-Method: POST\r\n\r\n",
        ])
        for answer in answers {
            #expect(
                answer.contains("Access-Control-Allow-Origin: \(origin)\r\nVary: Origin\r\n")
                    == isAllowed)
        }
        #expect(answers[2].contains("Access-Control-Allow-Methods: GET, POST\r\n") == isAllowed)
        #expect(answers[3].contains("Access-Control-Allow-Methods: POST, PUT\r\n") == isAllowed)
    }

    @Test func `other paths are shared with no page`() throws {
        let fixture = try WorkerFixture(Self.shared)
        let answer = try fixture.send([
            "GET /livez HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\r\n"
        ])[0]
        #expect(answer.hasPrefix("HTTP/1.1 200") && !answer.contains("Access-Control"))
    }

    // MARK: A protocol of its own

    private static let endpoints = Endpoint.ingest(TwoStreamProtocol())

    @Test(arguments: [false, true])
    func `records of one request go to several streams, and the answer is for each`(
        isSlow: Bool
    ) throws {
        let fixture = try WorkerFixture(
            "streams: {allow: [app, web, 'shop*']}\n", endpoints: Self.endpoints)
        // More than is read without a look at the clock.
        let padding = String(repeating: "0", count: isSlow ? 20_000 : 0)
        let answers = try fixture.send(
            [
                Self.post(
                    "/lines",
                    "app 1\nweb 2\n 3\nshop 4\nno 5\nweb x\nweb 6\n 7\nshop 8\(padding)"),
                Self.post("/logs/web/lines", "shop 9\n 10"),
            ], isSlow: isSlow)
        // not_an_object is 2, and invalid_json 0.
        #expect(answers[0].hasSuffix("\r\n\r\n[0,0,0,0,3,1,0,0,0]"))
        #expect(answers[1].hasSuffix("\r\n\r\n[0,0]"))
        #expect(fixture.file("app") == "{\"v\":1}\n{\"v\":3}\n{\"v\":7}\n")
        #expect(fixture.file("web") == "{\"v\":2}\n{\"v\":6}\n{\"v\":10}\n")
        #expect(fixture.file("shop") == "{\"v\":4}\n{\"v\":8\(padding)}\n{\"v\":9}\n")
        #expect(
            fixture.file("web.rejected").contains("\"stream\":\"web\",\"peer\":\"\",\"index\":5"))
        #expect(fixture.file("no") == "")
        #expect(fixture.count(.written) == 9 && fixture.count(.rejected) == 2)
    }

    @Test func `all or none applies to all streams together`() throws {
        let fixture = try WorkerFixture(endpoints: Self.endpoints)
        let answer = try fixture.send([
            Self.post("/lines?atomic=true", "app 1\nweb 2\nweb x\napp 3")
        ])
        #expect(answer[0].hasSuffix("[8,8,1,8]"))
        #expect(fixture.file("app") == "" && fixture.file("web") == "")
        #expect(fixture.count(.written) == 0 && fixture.count(.rejected) == 4)
    }

    @Test func `if one stream cannot be opened nothing of the request is written`() throws {
        let fixture = try WorkerFixture(endpoints: Self.endpoints)
        fixture.breakStream("web")
        let answers = try fixture.send([
            Self.post("/lines", "app 1"), Self.post("/lines", "app 2\nweb 3\nshop 4"),
            Self.post("/lines", "app 5"),
        ])
        #expect(
            answers[1].hasPrefix("HTTP/1.1 503 ") && answers[1].hasSuffix("sorry: write_failed"))
        #expect(answers[1].contains("Retry-After: 1\r\n"))
        #expect(fixture.file("app") == "{\"v\":1}\n{\"v\":5}\n" && fixture.file("shop") == "")
        #expect(fixture.count(.written) == 2 && fixture.count(.overloadWriteError) == 1)
    }

    @Test func `one stream does not make room for another of the same request`() throws {
        let fixture = try WorkerFixture("streams: {max_open: 1}\n", endpoints: Self.endpoints)
        let names = (0..<20).map { "s\($0)" }
        let body = names.map { "\($0) 1" }.joined(separator: "\n")
        _ = try fixture.send([Self.post("/lines", "app 0\n" + body)])
        for name in ["app"] + names { #expect(fixture.file(name) != "", "\(name)") }
    }

    @Test func `a request is rejected in the words of its protocol`() throws {
        let fixture = try WorkerFixture(endpoints: Self.endpoints)
        let answers = try fixture.send([
            "GET /lines HTTP/1.1\r\nHost: a\r\n\r\n", "GET /logs HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
        #expect(answers[0].contains("Allow: POST, HEAD, OPTIONS\r\n"))
        #expect(answers[0].hasSuffix("sorry: method_not_allowed"))
        #expect(answers[1].contains("\"no_such_path\""))
    }
}
