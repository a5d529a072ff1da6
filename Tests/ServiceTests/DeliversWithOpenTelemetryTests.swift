// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct DeliversWithOpenTelemetryTests {
    /// Each exporter and coding, without a token at the root, and with one behind a stream.
    static let exporters = ["none", "gzip", "deflate"].flatMap { coding in
        [("proto", "python"), ("json", "otlp-json")].map { exporter, environment in
            StockClient(
                "otlp.py", ["--exporter", exporter, "--coding", coding], in: environment)
        }
    }

    @Test(arguments: exporters)
    func `every type of attribute comes back from both exporters`(client: StockClient) throws {
        try RunningService.run { service in
            let report = try client.send(50, to: service)
            #expect(report.accepted == 50)
            report.expectAll(50)
        }
    }

    @Test(arguments: [("proto", "python"), ("json", "otlp-json")])
    func `batches arrive in the stream that the endpoint names, with a token`(
        exporter: String, environment: String
    ) throws {
        let client = StockClient(
            "otlp.py",
            [
                "--exporter", exporter, "--processor", "batch", "--coding", "gzip", "--token",
                Tokens.shop,
            ], in: environment)
        try Tokens.run { service in
            let report = try client.send(1000, to: service, at: "/logs/shop", stream: "shop")
            #expect(report.accepted == 1000)
            report.expectAll(1000)
        }
    }

    @Test(arguments: [("proto", "python"), ("json", "otlp-json")])
    func `an exporter sends again what was answered 503`(
        exporter: String, environment: String
    ) throws {
        let client = StockClient("otlp.py", ["--exporter", exporter], in: environment)
        try Overload.run { service, end in
            let sending = try client.start(1, to: service)
            defer { sending.kill() }
            try Overload.wait(for: 2, service)
            try end()
            let report = try sending.finish()
            #expect(report.accepted == 1)
            report.expectAll(1)
        }
    }

    @Test
    func `an exporter without a token is told so, and gives up`() throws {
        try Tokens.run { service in
            let report = try StockClient("otlp.py").send(1, to: service)
            #expect(report.failed == 1 && report.found == 0)
            #expect(report.said.keys.contains { $0.contains("401") })
        }
    }
}
