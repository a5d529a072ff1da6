// SPDX-License-Identifier: Apache-2.0

/// When a child that has died is started again.
///
/// At once if it had lived for a while; later each time if it keeps dying young, because a thousand
/// attempts a second do not fix the cause.
package struct RespawnPolicy: Sendable {
    /// A child that lived this long had started well.
    package static let settledSeconds: Int64 = 5
    package static let longestDelaySeconds: Int64 = 30

    private var earlyDeaths = 0

    package init() {}

    /// Seconds to wait before the next start, given how long the last child lived.
    package mutating func delay(afterLiving seconds: Int64) -> Int64 {
        if seconds >= Self.settledSeconds {
            earlyDeaths = 0
            return 0
        }
        earlyDeaths += 1
        if earlyDeaths == 1 { return 0 }
        return min(Self.longestDelaySeconds, 1 << min(Int64(earlyDeaths - 2), 5))
    }
}
