// SPDX-License-Identifier: Apache-2.0

/// How long a body may still take to arrive, or a peer to receive its answers.
///
/// A transfer may pause for `Limits.bodyTimeoutSeconds`, once: each second of a pause that is not
/// earned back by `Limits.minimumRate` bytes is gone. So a client that sends a byte now and then is
/// cut off soon after the first timeout, a client that stalls once is not, and a fast beginning
/// earns no more than one pause.
struct TransferPace {
    /// Bytes that have moved but have not earned a whole second yet.
    private var byteCount = 0

    /// The deadline of a transfer that moved `moved` bytes at `now`, before `deadline`.
    mutating func deadline(
        after deadline: Int64, moved: Int, now: Int64, limits: borrowing Limits
    ) -> Int64 {
        let latest = now + Int64(limits.bodyTimeoutSeconds)
        guard limits.minimumRate > 0 else { return latest }
        let (earned, rest) = (byteCount + moved).quotientAndRemainder(
            dividingBy: limits.minimumRate)
        byteCount = rest
        return min(latest, deadline + Int64(earned))
    }
}
