// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What the master shows to commands such as `cordwood reload`, as a `PublishedText`.
///
/// It does not depend on the addresses and tokens of the service, which a reload may change.
package struct ServiceSummary: Equatable, Sendable {
    /// The name of the text.
    package static let name = "cordwood-summary"

    package enum State: String, Sendable {
        case starting, serving, reloading, upgrading, stopping
    }

    /// The id of the master, as it sees it.
    package var process: Int32
    package var version: String
    /// The monotonic nanosecond at which this program started: another one after an upgrade.
    package var startedAt: Int64
    /// The absolute path of the configuration's file, links not followed; empty for none.
    package var configuration: String
    package var directory = ""
    /// The URLs of its listeners, or `unix:` and a path, those for operators last.
    package var listening: [String] = []
    package var state = State.starting
    /// The reloads that HUP asked for.
    package var reloadsBegun = 0
    package var reloadsEnded = 0
    /// The mistakes for which the last of them failed; empty if it succeeded.
    package var reloadMistakes: [String] = []
    /// The upgrades that this program has refused, or that have failed.
    package var failedUpgrades = 0
    /// Why the last of them did.
    package var upgradeMistake = ""
    /// Whether systemd, or another supervisor of its protocol, has started the service.
    package var isSupervised = false

    package init(process: Int32, version: String, startedAt: Int64, configuration: String) {
        self.process = process
        self.version = version
        self.startedAt = startedAt
        self.configuration = configuration
    }

    /// A JSON object.
    package var text: String {
        JSONText.object([
            ("process", "\(process)"),
            ("version", JSONText.string(version)),
            ("started_at", "\(startedAt)"),
            ("configuration", JSONText.string(configuration)),
            ("directory", JSONText.string(directory)),
            ("listening", JSONText.array(listening.map(JSONText.quoted))),
            ("state", JSONText.string(state.rawValue)),
            ("reloads_begun", "\(reloadsBegun)"),
            ("reloads_ended", "\(reloadsEnded)"),
            ("reload_mistakes", JSONText.array(reloadMistakes.map(JSONText.quoted))),
            ("failed_upgrades", "\(failedUpgrades)"),
            ("upgrade_mistake", JSONText.string(upgradeMistake)),
            ("supervised", "\(isSupervised)"),
        ]) + "\n"
    }
}
