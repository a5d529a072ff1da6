import Bytes
import Prefork
import Testing

@testable import Cordwood

@Suite struct MetricsTests {
    @Test func `counters of all processes are added up and the histogram is cumulative`() throws {
        let board = try Scoreboard(rowCount: 3, cellCount: CounterLayout.cellCount)
        for row in 1...2 {
            let counters = Counters(scoreboard: board, row: row)
            board.use(row: row)
            counters.set(.role, to: ProcessRole.worker.rawValue)
            counters.add(5, to: .written)
            counters.countRequest(0, 200)
            counters.countAcknowledgements(2, took: 300_000)
            counters.countAcknowledgements(1, took: 20_000_000_000)
            counters.set(.role, to: ProcessRole.worker.rawValue)
            counters.set(.state, to: ProcessState.running.rawValue)
        }
        var out = ByteBuffer()
        let disk = DiskRoom(freeBytes: 7, totalBytes: 9, minFreeBytes: 1)
        Metrics(scoreboard: board, disk: disk, now: 0).encode(into: &out)
        let lines = Set(
            String(decoding: (0..<out.count).map { out.span[$0] }, as: UTF8.self)
                .split(separator: "\n").map(String.init))
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
}
