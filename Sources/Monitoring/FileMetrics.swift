// SPDX-License-Identifier: Apache-2.0

/// The metrics of files, of the disk and of certificates.
extension MetricTable {
    static let files: [Metric] = [
        .counter(
            "cordwood_rollovers_total", "Rollovers, by result.", by: "result",
            ["ok": .rollovers, "failed": .rolloverFailures]),
        .gauge(
            "cordwood_rollover_overdue_seconds",
            "How long the oldest open file is past its rollover."
        ) { $0.scoreboard.rolloverOverdueSeconds },
        .gauge(
            "cordwood_seal_pending", "Rotated files that wait to be compressed.",
            ofSealer: .sealPending),
        .gauge(
            "cordwood_seal_pending_bytes", "Bytes of rotated files that wait to be compressed.",
            ofSealer: .sealPendingBytes),
        .gauge(
            "cordwood_seal_pending_age_seconds",
            "Time since the last write to the oldest file that waits to be compressed."
        ) {
            let since = $0.scoreboard[$0.scoreboard.sealerRow ?? 0, .sealPendingSince]
            return since > 0 ? max(0, $0.now - since) : 0
        },
        .counter(
            "cordwood_seal_failures_total", "Failed attempts to compress or remove a file.",
            .sealFailures),
        .counter("cordwood_sealed_files_total", "Files compressed.", .sealedFiles),
        .counter(
            "cordwood_sealed_bytes_total", "Bytes of files before they were compressed.",
            .sealedBytes),
        .counter(
            "cordwood_files_removed_total",
            "Rotated files that retention has removed, by the limit that was exceeded.",
            by: "reason",
            ["count": .removedByCount, "age": .removedByAge, "bytes": .removedByBytes]),
        .gauge(
            "cordwood_disk_free_bytes",
            "Bytes that may still be written to the directory's file system."
        ) { $0.disk.map { Int64($0.freeBytes) } },
        .gauge("cordwood_disk_size_bytes", "Bytes of the directory's file system.") {
            $0.disk.map { Int64($0.totalBytes) }
        },
        .gauge(
            "cordwood_disk_min_free_bytes", "Free bytes below which ingest is answered 503."
        ) { $0.disk.map { Int64($0.minFreeBytes) } },
    ]

    static let tls: [Metric] = [
        .counter(
            "cordwood_tls_handshakes_total", "TLS handshakes, by result.", by: "result",
            ["full": .fullHandshakes, "resumed": .resumedHandshakes, "failed": .failedHandshakes]),
        Metric(
            .gauge, "cordwood_certificate_not_after_timestamp_seconds",
            "When a certificate of the service expires.", labels: ["file"]
        ) { metrics, out in
            for certificate in metrics.certificates {
                out.sample(
                    "cordwood_certificate_not_after_timestamp_seconds", "file",
                    Metrics.escaped(certificate.file), certificate.notAfter)
            }
        }.onlyIf { !$0.certificates.isEmpty },
    ]
}
