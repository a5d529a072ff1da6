// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: Program.node != nil, "needs node"))
struct TakesWhatNodeSendsTests {
    @Test
    func `an agent that keeps its connection and fetch are answered alike`() throws {
        try RunningService.run { service in
            let output = try ChildProcess(
                program: #require(Program.node),
                arguments: [Program.client("agent.js"), "\(service.port)"]
            ).output()
            #expect(
                try ClientReport.read(output).answers.map(\.accepted) == Array(
                    repeating: 1, count: 10) + [2])
            let records = try service.records()
            #expect(records.prefix(10).map { $0["n"] } == (0..<10).map { JSON.number(Double($0)) })
            #expect(records.suffix(2).map { $0["from"] } == ["fetch", "fetch"])
        }
    }
}
