// SPDX-License-Identifier: Apache-2.0

import Prefork

/// The outcome of the last reloads.
///
/// After a failed reload of the configuration, a renewal of certificates does not make up for it.
struct ReloadOutcome: Equatable {
    /// The reason of the reload in progress, or of the last one.
    private(set) var reason = ReloadReason.request
    /// The reason of a failed reload, until one that includes it succeeds.
    private(set) var failed: ReloadReason?

    mutating func begin(_ reason: ReloadReason) { self.reason = reason }

    mutating func fail() { failed = max(failed ?? reason, reason) }

    /// - Returns: whether everything that was requested is served now.
    mutating func succeed() -> Bool {
        if let failed, failed > reason { return false }
        failed = nil
        return true
    }
}
