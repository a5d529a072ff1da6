// SPDX-License-Identifier: Apache-2.0

/// The metrics of the processes and of the configuration.
extension MetricTable {
    static let processes: [Metric] = [
        .gauge("cordwood_workers", "Running workers.") { Int64($0.scoreboard.runningWorkerCount) },
        .gauge(
            "cordwood_workers_wanted", "Workers that should run.", ofMaster: .workersWanted),
        .gauge(
            "cordwood_workers_leaving", "Workers that have been replaced and still drain."
        ) { Int64($0.scoreboard.workers.leaving.count) },
        .perWorker(
            .gauge, "cordwood_worker_connections", "Open connections, by the worker's number."
        ) { $0.scoreboard[$1, .connections] },
        .perWorker(
            .counter, "cordwood_worker_records_written_total",
            "Records that the worker with this number has written since it started."
        ) { $0.scoreboard[$1, .written] - $0.scoreboard[$1, .writtenBefore] },
        .counter(
            "cordwood_worker_restarts_total", "Workers and sealers that were replaced, by reason.",
            by: "reason",
            [
                "killed": .restartsKilled, "exited": .restartsExited, "hung": .restartsHung,
                "recycled": .restartsRecycled,
            ]),
    ]

    static let configuration: [Metric] = [
        .gauge(
            "cordwood_start_time_seconds", "When the program was started, in seconds since 1970.",
            ofMaster: .startTime),
        .counter(
            "cordwood_reloads_total", "Reloads, by result.", by: "result",
            ["ok": .reloads, "failed": .reloadFailures]),
        .gauge(
            "cordwood_last_reload_successful", "Whether the last reload succeeded, if any."
        ) { $0.scoreboard[0, .lastReloadFailed] == 0 ? 1 : 0 },
        .gauge(
            "cordwood_last_reload_timestamp_seconds",
            "When the current configuration was loaded, in seconds since 1970.",
            ofMaster: .reloadedAt),
    ]

    /// The metrics that every client library of Prometheus has, for each process of the service.
    ///
    /// One process cannot answer for all of them: a sum of open files beside the limit of one
    /// process would hide the worker that is near its limit.
    static let usage: [Metric] = [
        Metric(
            .counter, "process_cpu_seconds_total", "Processor time, in user and in system mode.",
            labels: ["process"]
        ) { metrics, out in
            for (row, process) in metrics.processes {
                out.series("process_cpu_seconds_total", "process", process)
                out.append(seconds: metrics.scoreboard[row, .processorNanoseconds])
                out.append("\n")
            }
        },
        .perProcess(
            .gauge, "process_resident_memory_bytes",
            "Resident memory; shared memory counts in each process.", .residentBytes),
        .perProcess(
            .gauge, "process_virtual_memory_bytes", "Mapped addresses.", .virtualBytes),
        .perProcess(.gauge, "process_open_fds", "Open descriptors.", .openDescriptors),
        .perProcess(
            .gauge, "process_max_fds", "Descriptors that may be open.", .descriptorLimit),
        .perProcess(
            .gauge, "process_start_time_seconds",
            "When the process started, in seconds since 1970.", .beganAt),
    ]
}
