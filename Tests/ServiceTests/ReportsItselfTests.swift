// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct ReportsItselfTests {
    @Test(arguments: [("/livez", "ok\n"), ("/readyz", "ready\n")])
    func `a probe is answered with one word`(path: String, word: String) throws {
        try RunningService.run { service in
            let answer = try service.get(path)
            #expect(answer.status == 200)
            #expect(answer.text == word)
            #expect(answer.header("content-type")?.hasPrefix("text/plain") == true)
        }
    }

    @Test
    func `health is JSON and names every worker`() throws {
        try RunningService.run(["--workers", "3"]) { service in
            let health = try service.health()
            #expect(health.status == "ok")
            #expect(!health.version.isEmpty)
            #expect(health.workers.allSatisfy { $0.state == "running" })
            #expect(Set(health.workers.map(\.pid)).isSubset(of: Set(try service.children())))
            #expect(health.workers.count == 3)
            #expect(health.records.received == 0)
        }
    }

    @Test
    func `the metrics are in Prometheus' format and have their names`() throws {
        try RunningService.run { service in
            _ = try service.post(#"{"a":1}"#)
            let answer = try service.get("/metrics")
            #expect(answer.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
            let metrics = try Metrics(answer.text)
            for name in Self.names { #expect(metrics.types[name] != nil, "\(name)") }
            let key = #"cordwood_http_requests_total{path="/logs",code="200"}"#
            #expect(metrics.samples[key] == 1)
            // Counted when the answer has been sent.
            try eventually("the answer's time") {
                try service.metrics().samples["cordwood_ack_seconds_count"] == 1
            }
        }
    }

    @Test
    func `any worker counts for all of them, and received is written and rejected`() throws {
        try RunningService.run(["--workers", "4"]) { service in
            // Kept open, so that they spread over the workers.
            let connections = try (0..<32).map { _ in try service.connect() }
            for connection in connections {
                try connection.send(
                    Request.bytes(
                        "POST", "/logs", ["Content-Type: application/x-ndjson"],
                        Array("{\"a\":1}\nnonsense\n{\"a\":2}\n".utf8)))
            }
            for connection in connections { #expect(try connection.response()?.status == 200) }
            let seen = try (0..<8).map { _ in try service.metrics() }
            for metrics in seen {
                #expect(metrics.total("cordwood_records_received_total") == 96)
                #expect(metrics.total("cordwood_records_written_total") == 64)
                #expect(metrics.total("cordwood_records_rejected_total") == 32)
                let key = #"cordwood_http_requests_total{path="/logs",code="200"}"#
                #expect(metrics.samples[key] == 32)
            }
            #expect(try service.lines().count == 64)
            #expect(try service.lines(of: "app.rejected").count == 32)
        }
    }

    @Test
    func `the counts of a worker outlive it`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            for _ in 0..<10 { _ = try service.post(#"{"a":1}"#) }
            let worker = try #require(try service.workers().first)
            kill(worker, SIGKILL)
            let metrics = try eventually("an answer of the next worker") {
                isAlive(worker) ? nil : try? service.metrics()
            }
            #expect(metrics.total("cordwood_records_written_total") == 10)
        }
    }

    private static let names = [
        "cordwood_http_requests_total", "cordwood_records_received_total",
        "cordwood_records_written_total", "cordwood_records_rejected_total",
        "cordwood_bytes_wire_total", "cordwood_bytes_decoded_total", "cordwood_bytes_written_total",
        "cordwood_ack_seconds", "cordwood_requests_in_flight", "cordwood_connections",
        "cordwood_overload_total", "cordwood_rollovers_total", "cordwood_seal_pending",
        "cordwood_seal_failures_total", "cordwood_sealed_bytes_total", "cordwood_disk_free_bytes",
        "cordwood_worker_restarts_total", "cordwood_workers", "cordwood_build_info",
        "cordwood_workers_wanted", "cordwood_worker_connections", "cordwood_reloads_total",
        "cordwood_last_reload_successful", "cordwood_last_reload_timestamp_seconds",
        "cordwood_start_time_seconds", "cordwood_rollover_overdue_seconds",
        "cordwood_seal_pending_bytes",
    ]
}
