// SPDX-License-Identifier: Apache-2.0

import Bytes
import Prefork
import Testing

@testable import Monitoring

@Suite struct MetricsTests {
    @Test func `counters of all processes are added up and the histogram is cumulative`() throws {
        let board = try CounterLayout.sample.scoreboard(rowCount: 5)
        for row in 1...2 {
            let counters = Counters(board, row: row)
            counters.run(.worker, Int64(row))
            counters.add(5, to: .written)
            counters.countRequest(0, 200)
            counters.countAcknowledgements(2, took: 300_000)
            counters.countAcknowledgements(1, took: 20_000_000_000)
        }
        let lines = Self.lines(board)
        for line in [
            "cordwood_records_written_total 10",
            "cordwood_http_requests_total{path=\"/logs\",code=\"200\"} 2",
            "cordwood_ack_seconds_bucket{le=\"0.000250000\"} 0",
            "cordwood_ack_seconds_bucket{le=\"0.000500000\"} 4",
            "cordwood_ack_seconds_bucket{le=\"10.000000000\"} 4",
            "cordwood_ack_seconds_bucket{le=\"+Inf\"} 6",
            "cordwood_ack_seconds_sum 40.001200000", "cordwood_ack_seconds_count 6",
            "cordwood_workers 2", "cordwood_disk_free_bytes 7",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func `rejections and processes have the names that the service registered`() throws {
        let board = try CounterLayout.sample.scoreboard(rowCount: 5)
        let archiver = RowRole(3, "archiver")
        for (row, role, number) in [
            (1, RowRole.worker, 0), (2, .sealer, -1), (3, archiver, 0), (4, archiver, 1),
        ] {
            let counters = Counters(board, row: row)
            counters.run(role, Int64(number))
            counters.set(.beganAt, to: Int64(row))
        }
        Counters(board, row: 1).countRejection(1, 3)
        Counters(board, row: 1).countRequest(2, 404)
        let lines = Self.lines(board)
        for line in [
            "cordwood_records_rejected_total{reason=\"too_deep\"} 3",
            "cordwood_http_requests_total{path=\"other\",code=\"404\"} 1",
            "process_start_time_seconds{process=\"worker-0\"} 1",
            "process_start_time_seconds{process=\"sealer\"} 2",
            "process_start_time_seconds{process=\"archiver-0\"} 3",
            "process_start_time_seconds{process=\"archiver-1\"} 4",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    private static func lines(_ board: Scoreboard) -> Set<String> {
        var out = ByteBuffer()
        let disk = DiskRoom(freeBytes: 7, totalBytes: 9, minFreeBytes: 1)
        Metrics(board, .sample, version: "1", disk: disk, now: 0).encode(into: &out)
        return Set(String(out).split(separator: "\n").map(String.init))
    }
}
