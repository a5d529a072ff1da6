// SPDX-License-Identifier: Apache-2.0

/// Which files failed lately, so that they are left alone for a while and nothing else is.
///
/// A file that failed once will hardly succeed a second later.
package final class FailurePauses {
    private var endsAt: [String: Int64] = [:]
    private let seconds: Int64
    private let now: () -> Int64

    /// - Parameters:
    ///   - seconds: how long a file is left alone.
    ///   - now: a clock that only grows, in seconds.
    package init(seconds: Int64, now: @escaping () -> Int64) {
        self.seconds = seconds
        self.now = now
    }

    /// Leaves the file of this name alone from now on.
    package func begin(_ name: String) {
        let now = now()
        // Names of files that are gone are never asked for again.
        if endsAt.count >= 1024 { endsAt = endsAt.filter { $0.value > now } }
        endsAt[name] = now + seconds
    }

    /// Whether the file of this name is left alone.
    package func isPaused(_ name: String) -> Bool { endsAt[name].map { $0 > now() } ?? false }
}
