// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct DeliversWithDatadogClientsTests {
    @Test(arguments: ["identity", "gzip", "deflate"])
    func `the API client delivers, with a key that is a token`(coding: String) throws {
        try Tokens.run { service in
            let client = StockClient(
                "datadog.py", ["--coding", coding, "--token", Tokens.shop])
            let report = try client.send(to: service, at: "/logs/shop", stream: "shop")
            #expect(report.accepted == 200)
            report.expectAll()
        }
    }

    @Test
    func `the API client sends once, and raises`() throws {
        try Overload.run { service, _ in
            let report = try StockClient("datadog.py").send(1, to: service)
            #expect(report.failed == 1 && report.found == 0)
            #expect(report.said.keys.contains { $0.contains("503") })
        }
    }
}
