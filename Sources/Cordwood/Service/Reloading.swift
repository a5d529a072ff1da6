// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Linux
import Logging
import Monitoring
import Prefork

/// Reports a reload: in the diagnostic log, in the master's counters, to systemd and to commands.
struct Reloading {
    private let counters: Counters
    private let status: StatusReport
    private var outcome = ReloadOutcome()

    init(_ counters: Counters, _ status: StatusReport) {
        self.counters = counters
        self.status = status
    }

    private var isRequested: Bool { outcome.reason == .request }

    mutating func begin(_ reason: ReloadReason) {
        outcome.begin(reason)
        status.reloading(isRequested: isRequested)
    }

    /// The configuration cannot be served, because of `mistakes`.
    mutating func fail(_ mistakes: [String], _ log: Logger) {
        for mistake in mistakes { log.report(.reloadMistake, "\(mistake)") }
        fail(
            mistakes, log,
            advice: outcome.reason == .renewal
                ? "fix the files: they are read again as soon as they change"
                : "fix the configuration and send HUP again")
    }

    /// The children of the configuration cannot work.
    ///
    /// - Parameter why: nil if they have recorded no reason.
    mutating func fail(_ why: String?, exitCode: Int32, _ log: Logger) {
        let cannotStart = "the new workers could not start (exit code \(exitCode))"
        fail(
            [why ?? "\(cannotStart): see the diagnostic log"], log,
            advice: "see why \(cannotStart)")
    }

    /// - Parameter mistakes: for `/health`, the status of the unit and the command that asked; the
    ///   log has them already.
    private mutating func fail(_ mistakes: [String], _ log: Logger, advice: String) {
        let why = mistakes.joined(separator: "; ")
        outcome.fail()
        counters.add(1, to: .reloadFailures)
        counters.noteReloadError(why)
        counters.set(.lastReloadFailed, to: 1)
        // A status is one line: sd_notify(3).
        let line = why.split(whereSeparator: \.isNewline).joined(separator: " ")
        status.endReload(isRequested: isRequested, mistakes: mistakes)
        status.serving("Serving; the last reload failed: \(line)")
        log.report(
            .reloadFailed,
            "the reload failed and the earlier configuration is still served: \(advice)")
    }

    /// The generation serves.
    mutating func succeed(_ generation: Generation) {
        counters.set(.servingGeneration, to: Int64(generation.number))
        counters.add(1, to: .reloads)
        counters.set(.reloadedAt, to: Clock.epochSeconds())
        status.endReload(isRequested: isRequested, mistakes: [])
        guard outcome.succeed() else {
            status.serving("Serving; the last reload of the configuration failed", generation)
            return generation.log.report(
                .reloadStillFailed,
                "the certificates and tokens have been read again, but the configuration that HUP asked for is not served: fix it and send HUP again"
            )
        }
        status.serving("Serving", generation)
        counters.set(.lastReloadFailed, to: 0)
        generation.log.report(.reloaded, "the configuration has been reloaded")
    }
}
