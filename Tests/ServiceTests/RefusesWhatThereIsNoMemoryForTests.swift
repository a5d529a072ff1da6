// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Where the system gives no more memory, the request that needs it is answered 503, and the worker
/// serves on.
struct RefusesWhatThereIsNoMemoryForTests {
    private static let record = #"{"a":"hello","b":12345}"# + "\n"

    /// A request of some 30 MB, or one that becomes as large.
    private static func request(_ kind: String) throws -> [UInt8] {
        let count = 1_200_000
        let type = "Content-Type: application/x-ndjson"
        let body = Array(repeatElement(record, count: count).joined().utf8)
        switch kind {
        case "chunked":
            let head = Request.bytes("POST", "/logs", [type, "Transfer-Encoding: chunked"])
            let size = Array((String(body.count, radix: 16) + "\r\n").utf8)
            return head + size + body + Array("\r\n0\r\n\r\n".utf8)
        case "gzip", "letters":
            let text = kind == "gzip" ? #"b'{"a":"hello"}\n' * 2500000"# : #"b'a\n' * 3000000"#
            let source =
                "import base64, gzip\nprint(base64.b64encode(gzip.compress(\(text))).decode())"
            let output = try ChildProcess(
                program: #require(Program.python), arguments: ["-c", source]
            ).output().trimmingCharacters(in: .newlines)
            let data = try #require(Data(base64Encoded: output))
            let media = kind == "gzip" ? type : "Content-Type: text/plain"
            return Request.bytes(
                "POST", "/logs", [media, "Content-Encoding: gzip"], [UInt8](data))
        default: return Request.bytes("POST", "/logs", [type], body)
        }
    }

    @Test(arguments: ["length", "chunked", "gzip", "letters"])
    func `a request that there is no memory for is 503, and others are served`(
        kind: String
    ) throws {
        // With stamps the lines of letters would be too large for the file in one step.
        try RunningService.run(["--workers", "1"], environment: RunningService.unstamped) {
            service in
            #expect(try service.post(#"{"a":1}"#).status == 200)
            let worker = try #require(try service.workers().first)
            let request = try Self.request(kind)
            let limited = try addressSpace(of: worker) + (24 << 20)
            try limit(worker, to: "\(limited):")
            for _ in 0..<3 {
                let client = try service.connect()
                // It may be refused before its end.
                try? client.send(request)
                let answer = try #require(try client.response())
                #expect(answer.status == 503)
                #expect(try answer.failure.code == "out_of_memory")
                #expect(answer.header("retry-after") != nil)
                #expect(try service.post(#"{"a":1}"#).status == 200)
            }
            #expect(try service.workers() == [worker])
            #expect(try service.lines().count == 4)
            try limit(worker, to: "unlimited:")
            let client = try service.connect()
            try client.send(request)
            #expect(try client.response()?.status == 200)
        }
    }

    private func addressSpace(of process: pid_t) throws -> Int {
        let pages = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
            .split(separator: " ")
        return try #require(Int(pages[0])) * Int(getpagesize())
    }

    /// Sets the soft limit, which may be raised again.
    private func limit(_ process: pid_t, to byteCount: String) throws {
        _ = try ChildProcess(
            program: "/usr/bin/prlimit",
            arguments: ["--pid", "\(process)", "--as=\(byteCount)"]
        ).output()
    }
}
