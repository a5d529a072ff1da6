/// Why what is served is to be read again; the greater reason brings all that the lesser does.
package enum ReloadReason: Comparable, Sendable {
    /// Certificates or tokens have changed on the disk: they alone are read.
    case renewal
    /// HUP has come: all of the configuration is read.
    case request
}

/// A reload that is asked for and cannot begin yet.
struct PendingReload {
    private(set) var reason: ReloadReason?

    /// Asks for one; who asked for more before still gets it.
    mutating func ask(_ reason: ReloadReason) { self.reason = max(self.reason ?? reason, reason) }

    /// What has been asked for since the last time.
    mutating func take() -> ReloadReason? {
        defer { reason = nil }
        return reason
    }

    mutating func cancel() { reason = nil }
}
