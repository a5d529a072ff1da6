// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: Program.prometheus != nil && Program.promtool != nil, "needs prometheus"))
struct IsScrapedByPrometheusTests {
    @Test
    func `promtool finds no fault`() throws {
        try RunningService.run { service in
            _ = try service.post("{\"a\":1}\n{\"a\":2}")
            _ = try service.post("{\"a\":")
            let text = try service.get("/metrics").text
            let result = try ChildProcess(
                program: Program.promtool ?? "", arguments: ["check", "metrics"],
                input: Data(text.utf8)
            ).run()
            #expect(result.status == 0)
            #expect(result.output == "")
            #expect(result.errors == "")
        }
    }

    @Test
    func `Prometheus scrapes it and finds the accounts balanced`() throws {
        try Scratch.with { scratch in
            try RunningService.run(["--workers", "2"]) { service in
                for number in 0..<10 {
                    #expect(try service.post("{\"n\":\(number)}").status == 200)
                }
                let bad = "{\"a\":1}\nill-formed}\n"
                _ = try service.post(bad, ["Content-Type: application/x-ndjson"])
                try Prometheus.run(scraping: service.port, in: scratch) { prometheus in
                    try eventually("a scrape", within: 60) {
                        try prometheus.value(of: "up") == 1
                    }
                    let written = try prometheus.value(of: "cordwood_records_written_total")
                    #expect(written == 11)
                    let balance =
                        "cordwood_records_received_total - cordwood_records_written_total"
                        + " - on() sum(cordwood_records_rejected_total)"
                    #expect(try prometheus.value(of: balance) == 0)
                    #expect(try prometheus.value(of: "sum(cordwood_records_rejected_total)") == 1)
                }
            }
        }
    }
}
