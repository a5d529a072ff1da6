import Glibc
import Linux
import RotatingFile

/// One pass of a sealer that somebody asked for, beside a service or without one.
package enum SealByHand {
    /// What to keep: of the limits only those that somebody has chosen.
    ///
    /// The service's own default may be far below what a service was given by its flags, which are
    /// not known here, and what is removed does not come back.
    ///
    /// What a file says for single streams counts for them before all else, as it does for a
    /// service.
    package static func options(
        _ effective: EffectiveConfiguration, hasFile: Bool
    ) -> Sealer.Options {
        var options = effective.configuration.sealerOptions
        func isChosen(_ key: String) -> Bool { hasFile || effective.source(of: key) != .builtIn }
        if !isChosen("rotation.backup_count") { options.retention.backupCount = 0 }
        if !isChosen("rotation.max_age") { options.retention.maximumAgeSeconds = nil }
        if !isChosen("rotation.max_total_bytes") { options.retention.maximumTotalByteCount = nil }
        return options
    }

    /// Seals and removes once, behind everybody else who wants the machine.
    package static func run(
        _ directory: String, _ options: Sealer.Options, _ configuration: Configuration
    ) throws(RotatingFileError) -> Sealer.Report {
        lowerPriority()
        let sealer = Sealer(
            directory: directory, options: options,
            retention: { name in
                configuration.rule(ofFile: name)?.settings.rotation.retention ?? options.retention
            })
        return try sealer.run(now: Clock.epochSeconds())
    }

    /// A line for each file that something became of, and one for all of them.
    package static func lines(of report: Sealer.Report, in directory: String) -> [String] {
        var lines: [String] = []
        var busyCount = 0
        for event in report.events {
            switch event {
            case .sealed(let name, let byteCount):
                lines.append("sealed   \(printable(name))  \(byteCount) bytes")
            case .removed(let name): lines.append("removed  \(printable(name))")
            case .busy(let name):
                busyCount += 1
                let why = reason(LockHolders(of: directory + "/" + name))
                lines.append("busy     \(printable(name))  \(why)")
            }
        }
        lines.append(
            "\(report.sealedCount) sealed, \(report.removedCount) removed, \(busyCount) busy, "
                + "\(report.failures.count) failed")
        return lines
    }

    private static func reason(_ holders: LockHolders) -> String {
        func named(_ processes: [pid_t]) -> String {
            let numbers = Set(processes).sorted().map(String.init).joined(separator: ", ")
            return processes.count == 1 ? "process \(numbers)" : "processes \(numbers)"
        }
        if !holders.exclusive.isEmpty { return "\(named(holders.exclusive)) is sealing it" }
        if !holders.shared.isEmpty {
            return "\(named(holders.shared)) had it open to append, and lets go within a second"
        }
        return "a process had it open, and lets go within a second or is sealing it"
    }

    private static func printable(_ text: String) -> String { QuotedText.asScalar(text) }
}
