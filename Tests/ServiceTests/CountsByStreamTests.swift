// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The counts of each stream.
struct CountsByStreamTests {
    @Test func `each stream counts its records, whichever worker received them`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let type = ["Content-Type: application/x-ndjson"]
            for _ in 0..<10 {
                _ = try service.post("/logs/shop", "{\"a\":1}\n{\"a\":2}\nnonsense\n", type)
                _ = try service.post("/logs", "{\"a\":1}\n", type)
            }
            let metrics = try service.metrics()
            func value(_ family: String, _ stream: String) -> Double? {
                metrics.samples["cordwood_stream_\(family)_total{stream=\"\(stream)\"}"]
            }
            #expect(value("records_written", "shop") == 20)
            #expect(value("records_rejected", "shop") == 10)
            #expect(value("records_written", "app") == 10)
            #expect(value("records_rejected", "app") == 0)
            #expect(value("bytes_written", "app") == 80)
            #expect(value("records_written", "_other") == 0)
            #expect(
                metrics.total("cordwood_stream_bytes_written_total")
                    == metrics.total("cordwood_bytes_written_total"))
        }
    }

    @Test func `streams without end make no series without end`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            for number in 0..<120 { _ = try service.post("/logs/s\(number)", #"{"a":1}"#) }
            let metrics = try service.metrics()
            let family = "cordwood_stream_records_written_total"
            #expect(metrics.samples.keys.count { $0.hasPrefix(family) } == 101)
            // The default stream has a place as well.
            #expect(metrics.samples["\(family){stream=\"_other\"}"] == 21)
            #expect(metrics.total(family) == 120)
        }
    }

    @Test func `the counts of a worker that dies remain`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            for _ in 0..<3 { _ = try service.post("/logs/shop", #"{"a":1}"#) }
            let worker = try #require(try service.workers().first)
            kill(worker, SIGKILL)
            _ = try eventually("the next worker answers") {
                isAlive(worker) ? nil : try? service.metrics()
            }
            _ = try service.post("/logs/shop", #"{"a":1}"#)
            let key = #"cordwood_stream_records_written_total{stream="shop"}"#
            #expect(try service.metrics().samples[key] == 4)
        }
    }
}
