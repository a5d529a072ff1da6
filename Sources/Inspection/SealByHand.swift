// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Glibc
import Linux
import RotatingFile
import Streams

/// One pass of a sealer by command, with or without a running service.
package enum SealByHand {
    /// The retention of the pass: only limits that were chosen, no defaults.
    ///
    /// A default may be far below the limit that a service got by its flags, which are not known
    /// here, and a removed file does not come back. The rules of a configuration file for single
    /// streams come first, as they do in a service.
    package static func options(
        _ effective: EffectiveConfiguration, hasFile: Bool
    ) -> Sealer.Options {
        var options = effective.configuration.sealing
        options.retention = effective.configuration.plans.common.retention
        func isChosen(_ key: String) -> Bool { hasFile || effective.source(of: key) != .builtIn }
        if !isChosen("rotation.backup_count") { options.retention.backupCount = 0 }
        if !isChosen("rotation.max_age") { options.retention.maximumAgeSeconds = nil }
        if !isChosen("rotation.max_total_bytes") { options.retention.maximumTotalByteCount = nil }
        return options
    }

    /// Whether a flag or the environment gives a limit: without one there is nothing to force.
    package static func hasGivenLimit(_ effective: EffectiveConfiguration) -> Bool {
        ["rotation.backup_count", "rotation.max_age", "rotation.max_total_bytes"].contains { key in
            switch effective.source(of: key) {
            case .builtIn, .file: false
            default: true
            }
        }
    }

    /// The request of the command.
    package struct Request {
        package var directory: String
        package var options: Sealer.Options
        package var configuration: Configuration
        /// Whether `configuration` comes from a file, which has the retention of each stream.
        package var hasFile: Bool
        /// The streams to seal; empty: all of them.
        package var streams: [String] = []
        /// Whether the retention that was chosen for a single stream is ignored.
        package var isForced = false
        /// Whether the pass only lists what it would do.
        package var isDryRun = false

        package init(
            directory: String, options: Sealer.Options, configuration: Configuration,
            hasFile: Bool
        ) {
            self.directory = directory
            self.options = options
            self.configuration = configuration
            self.hasFile = hasFile
        }
    }

    /// Seals and removes files once, at the lowest priority.
    ///
    /// A stream keeps the files of its own retention unless the request is forced. A rule of the
    /// configuration file says it; without a file, the service that has written to the directory.
    package static func run(_ request: Request) throws(RotatingFileError) -> Sealer.Report {
        lowerPriority()
        let (options, configuration) = (request.options, request.configuration)
        var sealer = Sealer(
            directory: request.directory, options: options,
            retention: { name in
                if request.isForced { return options.retention }
                return configuration.plans.rule(ofFile: name)?.plan.retention ?? options.retention
            })
        sealer.isSparingPromises = !request.isForced && !request.hasFile
        if !request.streams.isEmpty {
            sealer.includes = { name in
                StreamFile(named: name).map { request.streams.contains($0.stream) } ?? false
            }
        }
        let now = Clock.epochSeconds()
        return request.isDryRun ? try sealer.preview(now: now) : try sealer.run(now: now)
    }

    /// A line for each file that was sealed, removed, busy or kept, and one for all of them.
    package static func lines(of report: Sealer.Report, _ request: Request) -> [String] {
        var lines: [String] = []
        var busyCount = 0
        let verbs =
            request.isDryRun ? ("would seal  ", "would remove") : ("sealed ", "removed")
        for event in report.events {
            switch event {
            case .sealed(let name, let byteCount):
                lines.append("\(verbs.0)  \(printable(name))  \(byteCount) bytes")
            case .removed(let removal):
                let name = printable(removal.fileName)
                let why = "  \(removal.byteCount) bytes, \(removal.reason.sentence)"
                lines.append("\(verbs.1)  \(name)\(request.isDryRun ? why : "")")
            case .busy(let name):
                busyCount += 1
                let why = reason(LockHolders(of: request.directory + "/" + name))
                lines.append("busy     \(printable(name))  \(why)")
            case .spared(let name, let fileCount):
                let files = fileCount == 1 ? "1 file" : "\(fileCount) files"
                lines.append(
                    "kept     \(files) of \(printable(name)), which the service was told to keep:"
                        + " --force removes them")
            }
        }
        let would = request.isDryRun ? "would be " : ""
        lines.append(
            "\(report.sealedCount) \(would)sealed, \(report.removedCount) \(would)removed, "
                + "\(busyCount) busy, \(report.failures.count) failed")
        return lines
    }

    /// Whether a stream can have this name.
    package static func isStream(_ name: String) -> Bool { StreamName.isValid(name.utf8.span) }

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
