// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Monitoring

/// Reports the state of the service to systemd, and to commands such as `cordwood reload`.
final class StatusReport {
    private let notifier = ServiceNotifier()
    private var summary: ServiceSummary
    /// Nil if the system has no memory for it: the commands cannot wait then.
    private var text: PublishedText?

    /// - Parameter configuration: the file of the configuration; nil for none.
    init(configuration: String?) {
        summary = ServiceSummary(
            process: getpid(), version: Version.current,
            startedAt: Clock.monotonicNanoseconds(),
            configuration: configuration.map(Program.absolute) ?? "")
        summary.isSupervised = notifier.isActive
        text = try? PublishedText(named: ServiceSummary.name)
        publish()
    }

    /// In a child, which must neither be taken for the master nor change what it shows.
    func withdraw() { text = nil }

    private func publish() { try? text?.publish(summary.text) }

    /// The service has started, or is as it was before an attempt that failed.
    ///
    /// - Parameter generation: what it serves; nil for the same as before.
    func serving(_ status: String, _ generation: Generation? = nil) {
        if let generation {
            summary.directory = Program.absolute(generation.storage.directory)
            summary.listening = generation.listeners.names
        }
        summary.state = .serving
        publish()
        notifier.ready(status: status)
    }

    func reloading(isRequested: Bool) {
        if isRequested { summary.reloadsBegun += 1 }
        summary.state = .reloading
        publish()
        notifier.reloading(status: "Reloading the configuration")
    }

    /// A reload has ended; `serving` follows.
    ///
    /// - Parameter mistakes: why it failed; empty if it succeeded.
    func endReload(isRequested: Bool, mistakes: [String]) {
        guard isRequested else { return }
        // An upgrade reads the configuration too, without a reload.
        summary.reloadsBegun = max(summary.reloadsBegun, summary.reloadsEnded + 1)
        summary.reloadsEnded += 1
        summary.reloadMistakes = mistakes
    }

    func upgrading() {
        summary.state = .upgrading
        publish()
        notifier.reloading(status: "Upgrading")
    }

    /// An upgrade was refused or has failed; this program continues.
    func failUpgrade(_ mistake: String) {
        summary.failedUpgrades += 1
        summary.upgradeMistake = mistake
        summary.state = .serving
        publish()
    }

    func stopping(_ status: String) {
        summary.state = .stopping
        publish()
        notifier.stopping(status: status)
    }

    /// Tells systemd that the master works; call it once a second, which is as often as systemd
    /// may ask for it.
    func heartbeat() {
        if notifier.watchdogIntervalNanoseconds != nil { notifier.watchdog() }
    }
}
