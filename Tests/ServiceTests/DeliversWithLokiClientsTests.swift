// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct DeliversWithLokiClientsTests {
    static let clients = [
        ["--client", "python-logging-loki"], ["--client", "python-logging-loki-0"],
        ["--client", "loki-logger-handler"],
        ["--client", "loki-logger-handler", "--coding", "gzip"],
    ].map { StockClient("loki.py", $0) }

    @Test(arguments: clients)
    func `handlers of Python's logging deliver labels and lines`(client: StockClient) throws {
        try RunningService.run { service in
            let report = try client.send(to: service)
            #expect(report.accepted == 200)
            report.expectAll()
        }
    }

    @Test(arguments: clients)
    func `a stream stands before the path, and a token beside it`(client: StockClient) throws {
        let client = StockClient(client.script, client.arguments + ["--token", Tokens.all])
        try Tokens.run { service in
            let report = try client.send(to: service, at: "/logs/shop", stream: "shop")
            #expect(report.accepted == 200)
            report.expectAll()
        }
    }

    @Test(arguments: clients)
    func `a handler is told that the disk is full, and gives up`(client: StockClient) throws {
        try Overload.run { service, _ in
            let report = try client.send(1, to: service)
            #expect(report.failed == 1 && report.found == 0)
            #expect(report.said.keys.contains { $0.contains("503") })
        }
    }
}
