// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct DeliversWithElasticsearchClientsTests {
    static let clients = ["elasticsearch", "opensearch"]

    @Test(arguments: clients, ["none", "gzip"])
    func `the bulk helpers get an item for each document`(client: String, coding: String) throws {
        try RunningService.run { service in
            let client = StockClient("bulk.py", ["--client", client, "--coding", coding])
            let report = try client.send(1000, to: service)
            #expect(report.accepted == 1000)
            #expect(report.said == ["You Know, for Search": 1])
            report.expectAll(1000)
        }
    }

    @Test(arguments: clients, ["create", "update", "delete"])
    func `each action is a line`(client: String, action: String) throws {
        try RunningService.run { service in
            let client = StockClient("bulk.py", ["--client", client, "--action", action])
            let report = try client.send(to: service, at: "/elasticsearch")
            #expect(report.accepted == 200)
            report.expectAll()
        }
    }

    @Test(arguments: clients, ["bearer", "basic", "apikey"])
    func `a token is a password, an API key or a bearer`(client: String, login: String) throws {
        try Tokens.run { service in
            let client = StockClient(
                "bulk.py", ["--client", client, "--login", login, "--token", Tokens.all])
            let report = try client.send(
                to: service, at: "/logs/shop/elasticsearch", stream: "shop")
            #expect(report.accepted == 200)
            report.expectAll()
        }
    }

    @Test(arguments: clients)
    func `a client raises what it sent four times to a full disk`(client: String) throws {
        try Overload.run { service, _ in
            let client = StockClient("bulk.py", ["--client", client])
            let report = try client.send(1, to: service)
            #expect(report.failed == 1 && report.found == 0)
            #expect(report.said.keys.contains { $0.contains("503") })
        }
    }

    @Test(arguments: ["rsyslog", "syslog-ng"])
    func `a daemon that follows a file delivers all its lines`(daemon: String) throws {
        try RunningService.run { service in
            let client = StockClient("daemons.py", ["--client", daemon])
            try client.send(1000, to: service, at: "/logs/syslog/elasticsearch", stream: "syslog")
                .expectAll(1000)
        }
    }

    /// rsyslog reads no status, and gives up what is answered 503.
    @Test
    func `syslog-ng waits until there is space again`() throws {
        try Overload.run { service, end in
            let client = StockClient("daemons.py", ["--client", "syslog-ng"])
            let sending = try client.start(500, to: service, at: "/elasticsearch")
            defer { sending.kill() }
            try Overload.wait(for: 2, service)
            try end()
            try sending.finish().expectAll(500)
        }
    }
}
