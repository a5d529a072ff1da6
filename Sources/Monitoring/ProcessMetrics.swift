import Bytes
import Prefork

/// The families about the processes, the configuration and the files.
extension Metrics {
    // MARK: Workers

    func workers(_ out: inout ByteBuffer) {
        gauge(
            "cordwood_workers", "Workers that run.", Int64(scoreboard.runningWorkerCount), &out)
        gauge(
            "cordwood_workers_wanted", "Workers that there should be.",
            scoreboard[0, .workersWanted], &out)
        gauge(
            "cordwood_workers_leaving", "Workers that have been replaced and still drain.",
            Int64(scoreboard.workers.leaving.count), &out)
        let rows = rowsByNumber()
        header(
            "cordwood_worker_connections", "gauge", "Open connections, by the worker's number.",
            &out)
        for row in rows {
            numbered("cordwood_worker_connections", row, scoreboard[row, .connections], &out)
        }
        header(
            "cordwood_worker_records_written_total", "counter",
            "Records that the worker with this number has written since it began.", &out)
        for row in rows {
            numbered(
                "cordwood_worker_records_written_total", row,
                scoreboard[row, .written] - scoreboard[row, .writtenBefore], &out)
        }
    }

    /// A row for each number, in their order: where two workers have the same, while one takes the
    /// other's place, the one that was started last.
    func rowsByNumber() -> [Int] {
        var rows: [Int] = []
        for row in scoreboard.workers.serving {
            if let last = rows.last, scoreboard[last, .number] == scoreboard[row, .number] {
                rows.removeLast()
            }
            rows.append(row)
        }
        return rows
    }

    private func numbered(
        _ name: StaticString, _ row: Int, _ value: Int64, _ out: inout ByteBuffer
    ) {
        out.append(name)
        out.append("{worker=\"")
        out.append(decimal: Int(scoreboard[row, .number]))
        out.append("\"} ")
        line(value, &out)
    }

    func restarts(_ out: inout ByteBuffer) {
        header(
            "cordwood_worker_restarts_total", "counter",
            "Workers and sealers that were replaced, by reason.", &out)
        sample("cordwood_worker_restarts_total{reason=\"killed\"}", .restartsKilled, &out)
        sample("cordwood_worker_restarts_total{reason=\"exited\"}", .restartsExited, &out)
        sample("cordwood_worker_restarts_total{reason=\"hung\"}", .restartsHung, &out)
        sample("cordwood_worker_restarts_total{reason=\"recycled\"}", .restartsRecycled, &out)
    }

    // MARK: The configuration

    func reloads(_ out: inout ByteBuffer) {
        gauge(
            "cordwood_start_time_seconds", "When the program was started, in seconds since 1970.",
            scoreboard[0, .startTime], &out)
        header("cordwood_reloads_total", "counter", "Reloads, by result.", &out)
        sample("cordwood_reloads_total{result=\"ok\"}", .reloads, &out)
        sample("cordwood_reloads_total{result=\"failed\"}", .reloadFailures, &out)
        gauge(
            "cordwood_last_reload_successful", "Whether the last reload was, or there was none.",
            scoreboard[0, .lastReloadFailed] == 0 ? 1 : 0, &out)
        gauge(
            "cordwood_last_reload_timestamp_seconds",
            "When the configuration that serves was taken, in seconds since 1970.",
            scoreboard[0, .reloadedAt], &out)
    }

    // MARK: Files

    func rollovers(_ out: inout ByteBuffer) {
        header("cordwood_rollovers_total", "counter", "Rollovers, by result.", &out)
        sample("cordwood_rollovers_total{result=\"ok\"}", .rollovers, &out)
        sample("cordwood_rollovers_total{result=\"failed\"}", .rolloverFailures, &out)
        gauge(
            "cordwood_rollover_overdue_seconds",
            "How long the oldest open file is past its rollover.",
            scoreboard.rolloverOverdueSeconds, &out)
    }

    func sealing(_ out: inout ByteBuffer) {
        let row = scoreboard.sealerRow ?? 0
        let since = scoreboard[row, .sealPendingSince]
        gauge(
            "cordwood_seal_pending", "Rotated files that wait to be compressed.",
            scoreboard[row, .sealPending], &out)
        gauge(
            "cordwood_seal_pending_bytes", "Bytes of rotated files that wait to be compressed.",
            scoreboard[row, .sealPendingBytes], &out)
        gauge(
            "cordwood_seal_pending_age_seconds",
            "Since the oldest file that waits to be compressed was last written.",
            since > 0 ? max(0, now - since) : 0, &out)
        counter(
            "cordwood_seal_failures_total", "Failed attempts to compress or remove a file.",
            .sealFailures, &out)
        counter("cordwood_sealed_files_total", "Files compressed.", .sealedFiles, &out)
        counter(
            "cordwood_sealed_bytes_total", "Bytes of files before they were compressed.",
            .sealedBytes, &out)
        header(
            "cordwood_files_removed_total", "counter",
            "Rotated files that retention has removed, by the limit that was exceeded.", &out)
        sample("cordwood_files_removed_total{reason=\"count\"}", .removedByCount, &out)
        sample("cordwood_files_removed_total{reason=\"age\"}", .removedByAge, &out)
        sample("cordwood_files_removed_total{reason=\"bytes\"}", .removedByBytes, &out)
    }

    func room(_ out: inout ByteBuffer) {
        guard let disk else { return }
        gauge(
            "cordwood_disk_free_bytes",
            "Bytes that may still be written to the directory's file system.",
            Int64(disk.freeBytes), &out)
        gauge(
            "cordwood_disk_size_bytes", "Bytes of the directory's file system.",
            Int64(disk.totalBytes), &out)
        gauge(
            "cordwood_disk_min_free_bytes", "Free bytes below which ingest is answered 503.",
            Int64(disk.minFreeBytes), &out)
    }
}
