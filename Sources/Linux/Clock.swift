// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The machine's clocks.
package enum Clock {
    /// Wall-clock seconds since 1970.
    package static func epochSeconds() -> Int64 { Int64(time(CLOCK_REALTIME).tv_sec) }

    /// Wall-clock nanoseconds since 1970.
    package static func epochNanoseconds() -> Int64 { nanoseconds(CLOCK_REALTIME) }

    /// Nanoseconds that only grow, for durations.
    package static func monotonicNanoseconds() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

    /// Seconds that only grow, for durations.
    package static func monotonicSeconds() -> Int64 { Int64(time(CLOCK_MONOTONIC).tv_sec) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        let now = time(clock)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    private static func time(_ clock: clockid_t) -> timespec {
        var now = timespec()
        clock_gettime(clock, &now)
        return now
    }
}
