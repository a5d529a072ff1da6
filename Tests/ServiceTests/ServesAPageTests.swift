// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `/ui` and what it asks for, without a browser; with one: Tests/Browser.
struct ServesAPageTests {
    private static let enabled = ["CORDWOOD_UI_ENABLED": "true"]

    @Test(arguments: ["/ui", "/ui/streams", "/ui/tail?stream=app"])
    func `it exists only if enabled`(path: String) throws {
        try RunningService.run { service in
            let answer = try service.get(path)
            #expect(answer.status == 404)
        }
    }

    @Test
    func `the page is one file that may run only its own script`() throws {
        try RunningService.run(environment: Self.enabled) { service in
            let page = try service.get("/ui")
            #expect(page.status == 200)
            #expect(page.header("content-type") == "text/html; charset=utf-8")
            #expect(page.header("x-content-type-options") == "nosniff")
            #expect(page.header("referrer-policy") == "no-referrer")
            let policy = try #require(page.header("content-security-policy"))
            #expect(policy.hasPrefix("default-src 'none'; "))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            for tag in ["script", "style"] {
                let hash = try Self.hash(of: tag, in: page.text)
                #expect(
                    policy.contains("\(tag)-src 'sha256-\(hash)'"),
                    "PagePolicy names another hash of <\(tag)> than \(hash)")
            }
            // Nothing from elsewhere, no handlers and no styles in attributes.
            #expect(page.text.firstMatch(of: /\s(src|href|style|on[a-z]+)="/) == nil)
            #expect(page.text.firstMatch(of: /innerHTML|outerHTML|insertAdjacent|eval\(/) == nil)
            #expect(page.body.count < 64 << 10)
        }
    }

    @Test
    func `streams are listed with their files, sizes and times`() throws {
        try RunningService.run(["--when", "S"], environment: Self.enabled) { service in
            _ = try service.post("/logs/web", #"{"a":1}"#)
            _ = try service.post("{\"a\":1}\nnonsense\n", ["Content-Type: application/x-ndjson"])
            try eventually("a rotated file of each") {
                try service.list().streams.allSatisfy { $0.fileCount > 1 }
            }
            let list = try service.list()
            #expect(list.complete)
            #expect(list.streams.map(\.name) == ["app", "app.rejected", "web"])
            for stream in list.streams {
                #expect(stream.files.count == stream.fileCount)
                #expect(stream.files.first?.name == stream.name + ".log")
                #expect(stream.files.reduce(0) { $0 + $1.byteCount } == stream.byteCount)
                for file in stream.files {
                    let time = /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
                    #expect(file.modifiedAt.wholeMatch(of: time) != nil)
                }
            }
        }
    }

    @Test
    func `of many files the newest are listed and the others counted`() throws {
        // Else the sealer might have been there first.
        let keeping = ["--no-compression", "--backup-count", "0"]
        try RunningService.run(keeping, environment: Self.enabled) { service in
            for day in 10..<60 {
                let name = "app.log.20\(day)-01-01"
                try Data("x\n".utf8).write(to: service.directory.appendingPathComponent(name))
            }
            let app = try #require(try service.list().streams.first)
            #expect(app.fileCount == 51 && app.byteCount == 100)
            #expect(app.files.count == 30)
            #expect(app.files.map(\.name).prefix(2) == ["app.log", "app.log.2059-01-01"])
        }
    }

    @Test
    func `a list of too many files says that some are left out`() throws {
        let keeping = ["--no-compression", "--backup-count", "0"]
        try RunningService.run(keeping, environment: Self.enabled) { service in
            for year in 1000..<3100 {
                let name = "app.log.\(year)-01-01"
                try Data().write(to: service.directory.appendingPathComponent(name))
            }
            let list = try service.list()
            #expect(!list.complete)
            #expect(list.streams.reduce(0) { $0 + $1.fileCount } <= 2048)
        }
    }

    @Test
    func `the tail continues where it was, over a rollover too`() throws {
        try RunningService.run(["--max-bytes", "100"], environment: Self.enabled) { service in
            _ = try service.post("{\"n\":1}\n{\"n\":2}\n")
            let first = try service.tail("stream=app")
            #expect(first.lines == [#"{"n":1}"#, #"{"n":2}"#])
            #expect(first.next == 16 && first.size == 16 && !first.rolledOver)
            #expect(try service.tail(after: first).lines == [])
            _ = try service.post(#"{"n":3}"#)
            let second = try service.tail(after: first)
            #expect(second.lines == [#"{"n":3}"#])
            _ = try service.post(#"{"long":"\#(String(repeating: "x", count: 80))"}"#)
            let third = try service.tail(after: second)
            #expect(third.rolledOver && third.lines.count == 1)
            #expect(try service.tail(after: third).rolledOver == false)
        }
    }

    @Test
    func `a tail is bounded, and begins with a whole line`() throws {
        try RunningService.run(environment: Self.enabled) { service in
            let record = #"{"text":"\#(String(repeating: "x", count: 988))"}"#
            _ = try service.post(String(repeating: record + "\n", count: 200))
            let tail = try service.tail("stream=app")
            #expect(tail.lines == Array(repeating: record, count: 32))
            let behind = try service.tail("stream=app&file=\(tail.file ?? "")&from=1000")
            #expect(behind.skippedBytes == 199_000 - 32_768)
            #expect(behind.lines.count == 32)
        }
    }

    @Test
    func `a record is what it is, markup and all`() throws {
        try RunningService.run(environment: Self.enabled) { service in
            let record = #"{"x":"</script><img src=x onerror=alert(1)>\u2028\"\\"}"#
            _ = try service.post(record)
            let answer = try service.get("/ui/tail?stream=app")
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.header("x-content-type-options") == "nosniff")
            #expect(answer.header("cache-control") == "no-store")
            #expect(try service.tail("stream=app").lines == [record])
        }
    }

    @Test(arguments: [
        "", "stream=", "stream=../etc/passwd", "stream=..%2fapp", "stream=app.rejected.rejected",
        "stream=.app", "stream=app&from=1", "stream=app&file=1-2", "stream=app&file=1-2&from=-1",
        "stream=app&file=x&from=1", "stream=app&file=1-2&from=99999999999999999999",
        "stream=app&file=1-2-3&from=0", "stream=app&file=1-2&from=", "stream=app&file=&from=",
    ])
    func `an invalid query of a tail is 400`(query: String) throws {
        try RunningService.run(environment: Self.enabled) { service in
            let answer = try service.get("/ui/tail?" + query)
            #expect(answer.status == 400)
            #expect(try answer.failure.code == "malformed_query")
        }
    }

    @Test
    func `only streams and rejected records have a tail`() throws {
        try RunningService.run(environment: Self.enabled) { service in
            #expect(try service.get("/ui/tail?stream=other").status == 404)
            #expect(try service.get("/ui/tail?stream=app.rejected").status == 404)
            _ = try service.post("nonsense}", ["Content-Type: application/json"])
            let tail = try service.tail("stream=app.rejected")
            #expect(tail.lines.first?.contains(#""reason":"invalid_json""#) == true)
        }
    }

    @Test
    func `it accepts only GET and HEAD`() throws {
        try RunningService.run(environment: Self.enabled) { service in
            for path in ["/ui", "/ui/streams", "/ui/tail?stream=app"] {
                #expect(try service.request("HEAD", path).status == 200)
                let answer = try service.request("POST", path, [], [])
                #expect(answer.status == 405 && answer.header("allow") == "GET, HEAD")
            }
        }
    }

    /// As CSP wants it: of what stands between the tags, in Base64.
    private static func hash(of tag: String, in page: String) throws -> String {
        let parts = page.components(separatedBy: "<\(tag)>")
        let text = try #require(parts.last).components(separatedBy: "</\(tag)>")
        #expect(parts.count == 2 && text.count == 2)
        return try ChildProcess(
            program: "/bin/sh", arguments: ["-c", "openssl dgst -sha256 -binary | base64"],
            input: Data(text[0].utf8)
        ).output().trimmingCharacters(in: .newlines)
    }
}

extension RunningService {
    struct StreamList: Decodable {
        struct Stream: Decodable {
            let name: String
            let fileCount: Int
            let byteCount: Int
            let files: [File]
        }

        struct File: Decodable {
            let name: String
            let byteCount: Int
            let modifiedAt: String
        }

        let streams: [Stream]
        let complete: Bool
    }

    struct Tail: Decodable {
        let stream: String
        let file: String?
        let next: Int
        let size: Int
        let rolledOver: Bool
        let skippedBytes: Int
        let lines: [String]
    }

    func list() throws -> StreamList { try decode("/ui/streams") }

    func tail(_ query: String) throws -> Tail { try decode("/ui/tail?\(query)") }

    func tail(after tail: Tail) throws -> Tail {
        try self.tail("stream=\(tail.stream)&file=\(tail.file ?? "")&from=\(tail.next)")
    }

    private func decode<Value: Decodable>(_ path: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(try get(path).body))
    }
}
