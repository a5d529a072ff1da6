import Bytes
import Ingest
import Prefork

/// All counters in the text format of Prometheus (version 0.0.4).
struct Metrics {
    let scoreboard: Scoreboard

    func encode(diskFreeBytes: UInt64?, into out: inout ByteBuffer) {
        counter(
            "cordwood_records_received_total", "Records received, written or rejected.", .received,
            &out)
        counter("cordwood_records_written_total", "Records that stand in a file.", .written, &out)
        rejections(&out)
        counter(
            "cordwood_records_unkept_total",
            "Rejected records beyond what is kept of one request.", .unkept, &out)
        counter("cordwood_bytes_wire_total", "Bytes of bodies as they came.", .wireBytes, &out)
        counter(
            "cordwood_bytes_decoded_total", "Bytes of bodies after decompression.", .decodedBytes,
            &out)
        counter("cordwood_bytes_written_total", "Bytes appended to files.", .writtenBytes, &out)
        requests(&out)
        histogram(&out)
        gauge(
            "cordwood_requests_in_flight", "Requests whose bodies are on their way.",
            scoreboard.total(Cell.requestsInFlight.rawValue), &out)
        gauge(
            "cordwood_connections", "Open connections.",
            scoreboard.total(Cell.connections.rawValue), &out)
        header("cordwood_overload_total", "counter", "Requests answered 503, by reason.", &out)
        sample("cordwood_overload_total{reason=\"write_error\"}", .overloadWriteError, &out)
        sample("cordwood_overload_total{reason=\"sync_error\"}", .overloadSyncError, &out)
        sample("cordwood_overload_total{reason=\"disk_low\"}", .overloadDiskLow, &out)
        sample("cordwood_overload_total{reason=\"out_of_memory\"}", .overloadMemory, &out)
        sample("cordwood_overload_total{reason=\"draining\"}", .overloadDraining, &out)
        sample("cordwood_overload_total{reason=\"connections\"}", .overloadConnections, &out)
        sample(
            "cordwood_overload_total{reason=\"requests_in_flight\"}", .overloadRequestsInFlight,
            &out)
        sample("cordwood_overload_total{reason=\"buffered_bytes\"}", .overloadBufferedBytes, &out)
        header("cordwood_rollovers_total", "counter", "Rollovers, by result.", &out)
        sample("cordwood_rollovers_total{result=\"ok\"}", .rollovers, &out)
        sample("cordwood_rollovers_total{result=\"failed\"}", .rolloverFailures, &out)
        gauge(
            "cordwood_seal_pending", "Rotated files that wait to be compressed.",
            scoreboard.total(Cell.sealPending.rawValue), &out)
        counter(
            "cordwood_seal_failures_total", "Failed attempts to compress a file.", .sealFailures,
            &out)
        counter(
            "cordwood_sealed_bytes_total", "Bytes of files before they were compressed.",
            .sealedBytes, &out)
        header(
            "cordwood_worker_restarts_total", "counter",
            "Processes that ended unasked and were replaced, by reason.", &out)
        sample("cordwood_worker_restarts_total{reason=\"killed\"}", .restartsKilled, &out)
        sample("cordwood_worker_restarts_total{reason=\"exited\"}", .restartsExited, &out)
        sample("cordwood_worker_restarts_total{reason=\"hung\"}", .restartsHung, &out)
        sample("cordwood_worker_restarts_total{reason=\"recycled\"}", .restartsRecycled, &out)
        gauge("cordwood_workers", "Workers that run.", Int64(runningWorkers), &out)
        if let diskFreeBytes {
            gauge(
                "cordwood_disk_free_bytes",
                "Bytes that may still be written to the directory's file system.",
                Int64(clamping: diskFreeBytes), &out)
        }
        header("cordwood_build_info", "gauge", "The version that runs.", &out)
        out.append("cordwood_build_info{version=\"")
        out.append(string: Version.current)
        out.append("\"} 1\n")
    }

    /// Workers that have started and not ended.
    var runningWorkers: Int {
        scoreboard.workerRows.count
    }

    private func rejections(_ out: inout ByteBuffer) {
        header(
            "cordwood_records_rejected_total", "counter", "Records not written, by reason.",
            &out)
        for reason in RejectionReason.allCases {
            out.append("cordwood_records_rejected_total{reason=\"")
            out.append(reason.code)
            out.append("\"} ")
            let cell = CounterLayout.firstRejection + Int(reason.rawValue)
            line(scoreboard.total(cell), &out)
        }
    }

    private func requests(_ out: inout ByteBuffer) {
        header(
            "cordwood_http_requests_total", "counter", "Requests answered, by path and status.",
            &out)
        for (route, label) in Route.labels.enumerated() {
            for code in CounterLayout.statusCodes {
                let count = scoreboard.total(CounterLayout.request(route, code))
                // Most of the combinations cannot happen.
                if count == 0 { continue }
                out.append("cordwood_http_requests_total{path=\"")
                out.append(label)
                out.append("\",code=\"")
                out.append(decimal: Int(code))
                out.append("\"} ")
                line(count, &out)
            }
        }
    }

    private func histogram(_ out: inout ByteBuffer) {
        header("cordwood_ack_seconds", "histogram", "From a whole request to its answer.", &out)
        var cumulative: Int64 = 0
        for (index, bound) in CounterLayout.ackBounds.enumerated() {
            cumulative += scoreboard.total(CounterLayout.firstBucket + index)
            out.append("cordwood_ack_seconds_bucket{le=\"")
            seconds(bound, &out)
            out.append("\"} ")
            line(cumulative, &out)
        }
        out.append("cordwood_ack_seconds_bucket{le=\"+Inf\"} ")
        line(scoreboard.total(Cell.ackCount.rawValue), &out)
        out.append("cordwood_ack_seconds_sum ")
        seconds(scoreboard.total(Cell.ackNanoseconds.rawValue), &out)
        out.append("\ncordwood_ack_seconds_count ")
        line(scoreboard.total(Cell.ackCount.rawValue), &out)
    }

    private func counter(
        _ name: StaticString, _ help: StaticString, _ cell: Cell, _ out: inout ByteBuffer
    ) {
        header(name, "counter", help, &out)
        sample(name, cell, &out)
    }

    private func gauge(
        _ name: StaticString, _ help: StaticString, _ value: Int64, _ out: inout ByteBuffer
    ) {
        header(name, "gauge", help, &out)
        out.append(name)
        out.append(" ")
        line(value, &out)
    }

    private func header(
        _ name: StaticString, _ type: StaticString, _ help: StaticString, _ out: inout ByteBuffer
    ) {
        out.append("# HELP ")
        out.append(name)
        out.append(" ")
        out.append(help)
        out.append("\n# TYPE ")
        out.append(name)
        out.append(" ")
        out.append(type)
        out.append("\n")
    }

    private func sample(_ series: StaticString, _ cell: Cell, _ out: inout ByteBuffer) {
        out.append(series)
        out.append(" ")
        line(scoreboard.total(cell.rawValue), &out)
    }

    private func line(_ value: Int64, _ out: inout ByteBuffer) {
        out.append(decimal: Int(value))
        out.append("\n")
    }

    /// Nanoseconds as seconds, with nine decimals.
    private func seconds(_ nanoseconds: Int64, _ out: inout ByteBuffer) {
        out.append(decimal: Int(nanoseconds / 1_000_000_000))
        out.append(".")
        var rest = nanoseconds % 1_000_000_000
        var unit: Int64 = 100_000_000
        while unit > 0 {
            out.append(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
