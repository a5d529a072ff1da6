// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct DeliversWithSplunkClientsTests {
    static let clients = [
        ["--client", "splunk-handler"], ["--client", "splunk-hec-handler"],
        ["--client", "splunk-hec-handler", "--endpoint", "raw"],
    ].map { StockClient("hec.py", $0) }

    @Test(arguments: clients)
    func `handlers of Python's logging deliver their events`(client: StockClient) throws {
        try RunningService.run { service in
            let report = try client.send(to: service)
            #expect(report.accepted == 200)
            report.expectAll()
        }
    }

    @Test(arguments: clients)
    func `a token of Splunk is a token`(client: StockClient) throws {
        let client = StockClient(client.script, client.arguments + ["--token", Tokens.all])
        try Tokens.run { service in
            let report = try client.send(to: service)
            #expect(report.accepted == 200)
            report.expectAll()
        }
    }

    @Test
    func `a handler that retries delivers what was answered 503`() throws {
        try Overload.run { service, end in
            let sending = try StockClient("hec.py").start(100, to: service)
            defer { sending.kill() }
            try Overload.wait(for: 1, service)
            try end()
            let report = try sending.finish()
            #expect(report.accepted == 100)
            report.expectAll(100)
        }
    }

    @Test
    func `a handler that does not retry raises`() throws {
        try Overload.run { service, _ in
            let client = StockClient("hec.py", ["--client", "splunk-hec-handler"])
            let report = try client.send(1, to: service)
            #expect(report.failed == 1 && report.found == 0)
            #expect(report.said.keys.contains { $0.contains("503") })
        }
    }

    @Test
    func `syslog-ng delivers the lines of a file to the stream in its URL`() throws {
        try Tokens.run { service in
            let client = StockClient(
                "daemons.py", ["--client", "syslog-ng-hec", "--token", Tokens.shop])
            try client.send(1000, to: service, at: "/logs/shop", stream: "shop").expectAll(1000)
        }
    }
}
