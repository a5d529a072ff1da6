// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Foundation
import Testing

/// Lines of the diagnostic log that concern a request name it.
struct NamesRequestsInItsLogTests {
    private static let id = ["X-Request-Id: the-first-one"]

    @Test
    func `a failed write is reported with the id of the first request that it cost`() throws {
        let environment = ["CORDWOOD_FAULTS": "write:4+=EIO"]
        try RunningService.run(["--workers", "1"], environment: environment) { service in
            try eventually("a write fails") {
                try service.post(#"{"a":1}"#, Self.id).status == 503
            }
            let line = try #require(try lines(service, .writeFailed).first)
            #expect(line["request_id"] == "the-first-one")
            #expect(line["process"] == "worker 0")
            #expect(line["level"] == "error")
        }
    }

    @Test
    func `at debug level every answer with an error has its line`() throws {
        try RunningService.run(["--workers", "1", "--log-level", "debug"]) { service in
            #expect(try service.post(#"{"a":1}"#, Self.id).status == 200)
            #expect(try service.post("/nowhere?a=b", #"{"a":1}"#, Self.id).status == 404)
            #expect(try service.post("/logs", "", Self.id).status == 400)
            #expect(try service.request("NO SUCH", "/").status == 400)
            let lines = try lines(service, .requestFailed)
            #expect(lines.map { $0["status"] } == ["404", "400", "400"])
            #expect(lines.map { $0["path"] } == ["/nowhere", "/logs", nil])
            #expect(lines.map { $0["peer"] } == ["127.0.0.1", "127.0.0.1", "127.0.0.1"])
            #expect(lines.prefix(2).allSatisfy { $0["request_id"] == "the-first-one" })
            #expect(lines.last?["request_id"] != nil)
        }
    }

    @Test
    func `at info level they have no line`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            #expect(try service.post("/nowhere", #"{"a":1}"#).status == 404)
            let lines = try lines(service, .requestFailed)
            #expect(lines.isEmpty)
        }
    }

    @Test
    func `at info level each kind has one line with the client, and the others are counted`()
        throws
    {
        try RunningService.run(["--workers", "1"]) { service in
            for _ in 0..<5 {
                #expect(try service.post("/nowhere", #"{"a":1}"#, Self.id).status == 404)
                #expect(try service.post("/logs", "").status == 400)
                #expect(try service.post("/logs", #"{"a":}"#).status == 400)
                #expect(try service.request("NO SUCH", "/").status == 400)
                #expect(try service.post("/logs?ack=no", #"{"a":1}"#).status == 400)
                #expect(try service.request("DELETE", "/logs").status == 405)
            }
            #expect(try service.post(#"{"a":1}"#).status == 200)
            let lines = try lines(service, .requestRejected)
            #expect(
                lines.map { $0["code"] } == [
                    "no_such_path", "empty_body", "nothing_usable", "invalid_request_target",
                    "invalid_ack", "method_not_allowed",
                ])
            #expect(lines.allSatisfy { $0["peer"] == "127.0.0.1" && $0["level"] == "notice" })
            #expect(lines.first?["request_id"] == "the-first-one")
            #expect(lines.first?["path"] == "/nowhere")
        }
    }

    private func lines(
        _ service: RunningService, _ event: DiagnosticEvent
    ) throws -> [[String: JSON]] {
        try service.lines(about: event)
            .map { try JSONDecoder().decode([String: JSON].self, from: Data($0.utf8)) }
    }
}
