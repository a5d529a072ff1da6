// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Collectors, agents and drivers that no package brings, played with the heads and bodies that
/// their sources build; each says which status and body it demands.
@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct TakesWhatCollectorsSendTests {
    static let families = [
        "otlp", "elasticsearch", "loki", "splunk", "datadog", "firehose", "logplex", "native",
    ]

    @Test(arguments: families)
    func `each client hears what it demands, and each record stands there once`(
        family: String
    ) throws {
        try RunningService.run { service in
            let report = try StockClient.replay(family, to: service)
            #expect(!report.isEmpty)
            #expect(report.filter { !$0.value.isEmpty } == [:])
        }
    }

    @Test(arguments: families)
    func `behind a stream and with a token nothing is different`(family: String) throws {
        try Tokens.run { service in
            let report = try StockClient.replay(
                family, to: service, at: "/logs/shop", stream: "shop", token: Tokens.all)
            #expect(!report.isEmpty)
            #expect(report.filter { !$0.value.isEmpty } == [:])
        }
    }
}
