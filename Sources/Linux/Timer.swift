// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// A timer that an epoll loop waits for like for any descriptor, timerfd(2).
package struct Timer: ~Copyable {
    package let descriptor: Descriptor

    /// Fires every `interval` nanoseconds, first after `delay`, by the clock that only grows:
    /// setting the wall clock neither stops it nor makes it fire.
    package init(after delay: Int64, every interval: Int64) throws(Errno) {
        let number: Int32 = try systemCall(.timerfd_create) {
            timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC))
        }
        let timer = Descriptor(owning: number)
        var setting = itimerspec()
        setting.it_value = Self.timespec(max(delay, 1))
        setting.it_interval = Self.timespec(interval)
        _ = try systemCall(.timerfd_settime) { timerfd_settime(number, 0, &setting, nil) }
        descriptor = timer
    }

    /// How often it has fired since this was last asked.
    package func expirations() throws(Errno) -> UInt64 {
        var count: UInt64 = 0
        _ = try withUnsafeMutableBytes(of: &count) { bytes throws(Errno) in
            try descriptor.read(into: bytes)
        }
        return count
    }

    private static func timespec(_ nanoseconds: Int64) -> Glibc.timespec {
        Glibc.timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
