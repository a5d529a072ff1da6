// SPDX-License-Identifier: Apache-2.0

/// The output of `cordwood status`.
package struct StatusView {
    private let change: StatusChange
    private let target: String
    private var now: StatusSample { change.later }

    /// Rates and times are those between the samples; without an earlier one, since the start.
    package init(of target: String, _ earlier: StatusSample?, _ later: StatusSample) {
        change = StatusChange(earlier: earlier, later: later)
        self.target = target
    }

    package var lines: [String] {
        var lines = ["cordwood \(now.version) at \(target): \(now.status)\(since)"]
        lines += now.reasons.map { "  \($0)" }
        lines.append("")
        lines += [
            row("requests", "\(rate(change.growthOfTotal("cordwood_http_requests_total")))/s"),
            row("records", records),
            row("bytes", bytes),
            row("answered in", latency),
            row("refused", refused),
        ]
        lines += [""] + workers + [""]
        lines += [
            row("disk", disk), row("rollovers", rollovers), row("sealing", sealing),
            row("restarts", counts("cordwood_worker_restarts_total", by: "reason")),
            row("reloads", counts("cordwood_reloads_total", by: "result")),
            row("last error", now.lastError ?? "none"),
        ]
        return lines
    }

    private func row(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 13 - name.count)) + value
    }

    private var since: String {
        let seconds = Int(now.uptime)
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        let text =
            days > 0
            ? "\(days) d \(hours) h" : hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min"
        let rates = change.earlier == nil ? "since the start" : "of the last second"
        return ", up \(seconds < 60 ? "\(seconds) s" : text); rates are those \(rates)"
    }

    // MARK: Requests

    private var records: String {
        let written = now["cordwood_records_written_total"]
        let rejected = now.total("cordwood_records_rejected_total")
        return "\(rate(change.growth("cordwood_records_written_total")))/s; "
            + "\(Int(written)) written, \(Int(rejected)) rejected"
    }

    private var bytes: String {
        let (wire, written) = ("cordwood_bytes_wire_total", "cordwood_bytes_written_total")
        return "\(Self.size(change.growth(wire) / change.seconds))/s received, "
            + "\(Self.size(change.growth(written) / change.seconds))/s written"
    }

    private var latency: String {
        let family = "cordwood_ack_seconds"
        guard let median = change.quantile(0.5, of: family),
            let late = change.quantile(0.99, of: family)
        else { return "–" }
        return "p50 \(Self.milliseconds(median)), p99 \(Self.milliseconds(late))"
    }

    private var refused: String {
        let text = counts("cordwood_overload_total", by: "reason", leavingOutZeros: true)
        return text.isEmpty ? "none" : text
    }

    private func rate(_ growth: Double) -> String { Self.decimal(growth / change.seconds) }

    // MARK: Workers

    private var workers: [String] {
        let running = Int(now["cordwood_workers"])
        let wanted = Int(now["cordwood_workers_wanted"])
        let leaving = Int(now["cordwood_workers_leaving"])
        let title =
            row("workers", "\(running) of \(wanted) run")
            + (leaving > 0 ? ", \(leaving) leaving" : "")
        let family = "cordwood_worker_records_written_total"
        let numbers = now.labelled("cordwood_worker_connections", by: "worker")
            .sorted { (Int($0.label) ?? 0) < (Int($1.label) ?? 0) }
        let growths = numbers.map { change.growth("\(family){worker=\"\($0.label)\"}") }
        let all = growths.reduce(0, +)
        let table = zip(numbers, growths).map { number, growth in
            let share = all > 0 ? "\(Int((growth / all * 100).rounded())) %" : "–"
            return Self.column(number.label, 8) + Self.column("\(Int(number.value))", 13)
                + Self.column(rate(growth), 12) + Self.column(share, 8)
        }
        let head = [("worker", 8), ("connections", 13), ("records/s", 12), ("share", 8)]
            .map { Self.column($0.0, $0.1) }.joined()
        return [title, head] + table
    }

    private static func column(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    // MARK: Files

    private var disk: String {
        let size = now["cordwood_disk_size_bytes"]
        if size == 0 { return "unknown" }
        return "\(Self.size(now["cordwood_disk_free_bytes"])) free of \(Self.size(size)), "
            + "at least \(Self.size(now["cordwood_disk_min_free_bytes"])) wanted; \(now.directory)"
    }

    private var rollovers: String {
        let overdue = Int(now["cordwood_rollover_overdue_seconds"])
        return counts("cordwood_rollovers_total", by: "result")
            + (overdue > 0 ? "; overdue for \(overdue) s" : "")
    }

    private var sealing: String {
        let count = Int(now["cordwood_seal_pending"])
        let failures = Int(now["cordwood_seal_failures_total"])
        let waiting =
            count == 0
            ? "nothing waits"
            : "\(count) of \(Self.size(now["cordwood_seal_pending_bytes"])) wait, the oldest for "
                + "\(Int(now["cordwood_seal_pending_age_seconds"])) s"
        return "\(waiting); \(Int(now["cordwood_sealed_files_total"])) done, \(failures) failures"
    }

    private func counts(
        _ family: String, by label: String, leavingOutZeros: Bool = false
    ) -> String {
        now.labelled(family, by: label).filter { !leavingOutZeros || $0.value > 0 }
            .map { "\(Int($0.value)) \($0.label)" }.joined(separator: ", ")
    }

    // MARK: Numbers

    /// With one decimal if the number is small.
    static func decimal(_ value: Double) -> String {
        if value >= 100 { return "\(Int(value.rounded()))" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func size(_ byteCount: Double) -> String {
        var value = byteCount
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return "\(unit == "B" ? "\(Int(value))" : decimal(value)) \(unit)" }
            value /= 1000
        }
        return "\(decimal(value)) TB"
    }

    static func milliseconds(_ seconds: Double) -> String {
        if seconds >= 1 { return "\(decimal(seconds)) s" }
        let microseconds = Int((seconds * 1_000_000).rounded())
        if microseconds < 1000 { return "\(microseconds) µs" }
        return "\(decimal(Double(microseconds) / 1000)) ms"
    }
}
