// SPDX-License-Identifier: Apache-2.0

/// Why the configuration is read again; the greater reason includes the lesser.
package enum ReloadReason: Comparable, Sendable {
    /// Certificates or tokens have changed on the disk: only they are read.
    case renewal
    /// The master has received HUP: the whole configuration is read.
    case request
}

/// A reload that is requested and cannot begin yet.
struct PendingReload {
    private(set) var reason: ReloadReason?

    /// Requests one; an earlier request for more stays.
    mutating func ask(_ reason: ReloadReason) { self.reason = max(self.reason ?? reason, reason) }

    /// The reason of all requests since the last call.
    mutating func take() -> ReloadReason? {
        defer { reason = nil }
        return reason
    }

    mutating func cancel() { reason = nil }
}

/// What signals have requested and the master has not begun yet.
struct PendingRequests {
    var reload = PendingReload()
    /// Children of the resizable role more (1) or less (-1), in the order of the signals.
    var sizeChanges: [Int] = []
    var isUpgrade = false

    /// A stop ends what was requested before it.
    mutating func cancel() {
        reload.cancel()
        isUpgrade = false
    }
}
