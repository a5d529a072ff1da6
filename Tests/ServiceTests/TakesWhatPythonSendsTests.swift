// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: Program.python != nil, "needs python3 with the package requests"))
struct TakesWhatPythonSendsTests {
    @Test(arguments: ["GET", "POST"])
    func `HTTPHandler needs no settings but the path`(method: String) throws {
        try RunningService.run { service in
            _ = try Program.runPython("http_handler.py", ["\(service.port)", method])
            let records = try service.records()
            #expect(records.map { $0["msg"] } == ["paid %d € at %s", "a line\nand another"])
            #expect(records.map { $0["args"] } == ["(42, 'till & co = 7')", "()"])
            #expect(records.map { $0["levelname"] } == ["INFO", "ERROR"])
            #expect(records.allSatisfy { $0["name"] == "shop.till" && $0["created"] != nil })
        }
    }

    @Test
    func `requests keeps its session's connection`() throws {
        try RunningService.run { service in
            let report = try ClientReport.of("requests_client.py", service)
            #expect(report.answers.map(\.accepted) == [1, 3, 2, 1, 1, 1])
            #expect(report.connections == 1)
            let records = try service.records()
            #expect(
                records.map { $0["from"] } == [
                    "json", "array", "array", "array", "gzip", "gzip", "generator", "form", "put",
                ])
            #expect(records[7] == ["from": "form", "text": "a b&c=d"])
        }
    }

    @Test(arguments: [("all", 200), ("shop", 401)])
    func `a token is the password beside its name`(name: String, status: Int) throws {
        try Tokens.run { (service) throws in
            let output = try Program.runPython(
                "basic_client.py", ["\(service.port)", name, Tokens.all])
            let statuses = try JSONDecoder().decode([Int].self, from: Data(output.utf8))
            #expect(statuses == [status, status])
            let senders = try service.records().map { $0["from"] }
            #expect(senders == (status == 200 ? ["requests", "urllib", "logging"] : []))
        }
    }

    @Test
    func `urllib and http_client need nothing else`() throws {
        try RunningService.run { service in
            let report = try ClientReport.of("standard_library.py", service)
            #expect(report.answers.allSatisfy { $0.accepted == 1 && $0.rejected == 0 })
            #expect(report.connections == 1)
            let records = try service.records()
            #expect(records.prefix(2).map { $0["from"] } == ["urllib", "urllib form"])
            #expect(
                records.dropFirst(2).map { $0["n"] } == (0..<50).map { JSON.number(Double($0)) })
        }
    }
}
