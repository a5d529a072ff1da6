// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Monitoring

/// A signal to a master, and the wait for its result.
package struct MasterRequest {
    package let master: RunningMaster
    private let deadline: ContinuousClock.Instant

    /// - Parameter seconds: how long to wait for the result.
    package init(to master: RunningMaster, waitingFor seconds: Int) {
        self.master = master
        deadline = .now + .seconds(seconds)
    }

    /// Why a request was not fulfilled: a sentence for each mistake.
    package struct Failure: Error, Equatable {
        package let sentences: [String]

        init(_ sentences: String...) { self.sentences = sentences }
        init(_ sentences: [String]) { self.sentences = sentences }
    }

    private var process: pid_t { master.process }

    private func send(_ signal: Int32) throws(Failure) {
        guard kill(process, signal) != 0 else { return }
        let why = String(cString: strerror(errno))
        throw Failure("cannot send a signal to process \(process): \(why)")
    }

    /// Makes the service read its configuration again; returns a sentence about the result.
    package func reload() throws(Failure) -> String {
        let before = try summary("reload")
        try send(SIGHUP)
        let after = try wait("the reload") { summary in
            // Another program has read the configuration at its start.
            (summary.startedAt != before.startedAt && summary.state == .serving)
                || summary.reloadsEnded > before.reloadsBegun
        }
        guard after.reloadMistakes.isEmpty else {
            throw Failure(
                after.reloadMistakes + [
                    "the reload failed: the service continues with the earlier configuration"
                ])
        }
        let file = after.configuration
        return "process \(process) has reloaded its configuration"
            + (file.isEmpty ? "" : ", \(file)")
    }

    /// Makes the service start its program again; returns a sentence about the result.
    package func upgrade() throws(Failure) -> String {
        // A version without a summary becomes one that has it.
        let before = existing
        try send(SIGUSR2)
        let after = try wait("the upgrade") { summary in
            if summary.startedAt == before?.startedAt {
                return summary.failedUpgrades > before?.failedUpgrades ?? 0
            }
            return summary.state == .serving
        }
        guard after.startedAt != before?.startedAt else {
            throw Failure(after.upgradeMistake, "the upgrade failed: this version continues")
        }
        guard after.reloadMistakes.isEmpty else {
            throw Failure(
                after.reloadMistakes + [
                    "the new program runs, but its workers cannot: those of the earlier one continue"
                ])
        }
        return "process \(process) now runs version \(after.version)"
    }

    /// Makes the workers open their log files again, for a program that has renamed one.
    package func reopen() throws(Failure) -> String {
        try send(SIGUSR1)
        return "process \(process) has told its workers to open the log files again"
    }

    /// Stops the service, and waits until it has ended.
    package func stop() throws(Failure) -> String {
        try send(SIGTERM)
        while master.isAlive {
            guard pause() else {
                throw Failure(
                    "process \(process) has not stopped in time: it finishes requests for timeouts.drain at most, after timeouts.stop_delay"
                )
            }
        }
        return "process \(process) has stopped"
    }

    /// The summary, which a service that has just started does not show yet.
    private var existing: ServiceSummary? {
        for _ in 0..<50 {
            if let summary = master.summary { return summary }
            usleep(10_000)
        }
        return nil
    }

    private func summary(_ request: String) throws(Failure) -> ServiceSummary {
        if let summary = existing { return summary }
        throw Failure(
            "process \(process) does not show its state, so this command could not wait for the \(request): run it as the same user or as root; a service of version 0.1 takes signals only"
        )
    }

    /// Waits until `isDone` is true for the summary of the service.
    private func wait(
        _ what: String, until isDone: (ServiceSummary) -> Bool
    ) throws(Failure) -> ServiceSummary {
        while true {
            if let summary = master.summary {
                if isDone(summary) { return summary }
                if summary.state == .stopping {
                    throw Failure("the service stops, so \(what) does not happen")
                }
            }
            guard master.isAlive else {
                throw Failure("process \(process) has ended before \(what) was complete")
            }
            guard pause() else {
                throw Failure(
                    "\(what) was not complete in time; it may still become so: see `cordwood health` and the diagnostic log"
                )
            }
        }
    }

    /// Waits a moment; false at the deadline.
    private func pause() -> Bool {
        usleep(20_000)
        return .now < deadline
    }
}
