// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Inspection

@Suite struct StatusViewTests {
    private static let health = #"""
        {"status":"degraded","version":"1.2.3","uptime_seconds":3720,
         "reasons":[{"code":"disk_low","message":"There is no room."}],
         "disk":{"directory":"/logs"},"last_write_error":{"at":"2026-11-23","error":"no space"},
         "sealing":{"last_error":{"at":"2026-11-22","error":"older"}}}
        """#

    /// Of the answers of a second `fast` took at most 1 ms and `slow` between 10 and 20.
    private static func sample(
        at time: Double, records: Int, fast: Int, slow: Int
    ) throws -> StatusSample {
        let metrics = """
            # HELP cordwood_records_written_total Records.
            # TYPE cordwood_records_written_total counter
            cordwood_records_written_total \(records)
            cordwood_records_rejected_total{reason="too_large"} 2
            cordwood_ack_seconds_bucket{le="0.001000000"} \(fast)
            cordwood_ack_seconds_bucket{le="0.010000000"} \(fast)
            cordwood_ack_seconds_bucket{le="0.020000000"} \(fast + slow)
            cordwood_ack_seconds_bucket{le="+Inf"} \(fast + slow)
            cordwood_workers 2
            cordwood_workers_wanted 2
            cordwood_worker_connections{worker="0"} 3
            cordwood_worker_connections{worker="10"} 5
            cordwood_worker_records_written_total{worker="0"} \(records / 4)
            cordwood_worker_records_written_total{worker="10"} \(records / 4 * 3)
            cordwood_overload_total{reason="disk_low"} 4
            cordwood_overload_total{reason="draining"} 0
            cordwood_disk_size_bytes 5000000000
            cordwood_disk_free_bytes 1500000000

            """
        return try #require(StatusSample(metrics: metrics, health: health, time: time))
    }

    @Test func `rates and times are those between two samples`() throws {
        let view = StatusView(
            of: "http://h", try Self.sample(at: 10, records: 1000, fast: 500, slow: 0),
            try Self.sample(at: 12, records: 3000, fast: 1400, slow: 100))
        let text = view.lines.joined(separator: "\n")
        for part in [
            "cordwood 1.2.3 at http://h: degraded, up 1 h 2 min; rates are those of the last second",
            "  There is no room.", "records      1000/s; 3000 written, 2 rejected",
            "p50 556 µs, p99 19.0 ms", "2 of 2 run", "3         250    25 %",
            "5         750    75 %", "refused      4 disk_low\n", "1.5 GB free of 5.0 GB",
            "last error   2026-11-23 no space",
        ] {
            #expect(text.contains(part), "\(part) is not in\n\(text)")
        }
    }

    @Test func `without an earlier sample they are those since the start`() throws {
        let view = StatusView(
            of: "x", nil, try Self.sample(at: 10, records: 37_200, fast: 0, slow: 0))
        let text = view.lines.joined(separator: "\n")
        #expect(text.contains("records      10.0/s; 37200 written"))
        #expect(text.contains("answered in  –"))
    }

    @Test func `a counter that was reset has grown by its new value`() throws {
        let change = StatusChange(
            earlier: try Self.sample(at: 1, records: 500, fast: 0, slow: 0),
            later: try Self.sample(at: 2, records: 40, fast: 0, slow: 0))
        #expect(change.growth("cordwood_records_written_total") == 40)
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (250_000_000, "250 MB"),
        (3_200_000_000_000, "3.2 TB"),
    ])
    func `sizes have three digits or so`(byteCount: Double, text: String) {
        #expect(StatusView.size(byteCount) == text)
    }

    @Test(arguments: [(0.000_25, "250 µs"), (0.0015, "1.5 ms"), (0.5, "500 ms"), (2, "2.0 s")])
    func `times have their unit`(seconds: Double, text: String) {
        #expect(StatusView.milliseconds(seconds) == text)
    }

    @Test(arguments: [("x", "{}"), ("", "nonsense"), ("metric x\n", #"{"status":"ok"}"#)])
    func `answers of others are no sample`(metrics: String, health: String) {
        #expect(StatusSample(metrics: metrics, health: health, time: 0) == nil)
    }
}
