// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The processes that wait for others to release an flock(2), on the whole machine as far as it may
/// be seen.
package enum LockWaiters {
    /// A process that waits for a lock, and the process that holds it.
    package struct Wait: Equatable, Sendable {
        package let waiter: pid_t
        /// 0 or less for a process of another container.
        package let holder: pid_t

        package init(waiter: pid_t, holder: pid_t) {
            self.waiter = waiter
            self.holder = holder
        }
    }

    /// All waits there are; none when /proc tells nothing.
    ///
    /// The corresponding file is /proc/locks of proc(5).
    package static func current() -> [Wait] {
        waits(in: (try? Descriptor.contents(of: "/proc/locks")) ?? "")
    }

    /// Reads lines such as these, in which an arrow marks a process that waits for the lock above
    /// with the same number; a wait for a wait is further to the right.
    ///
    ///     1: FLOCK  ADVISORY  WRITE 1234 fd:01:5678 0 EOF
    ///     1: -> FLOCK  ADVISORY  WRITE 1235 fd:01:5678 0 EOF
    static func waits(in table: String) -> [Wait] {
        var waits: [Wait] = []
        var holder: (number: Substring, process: pid_t)?
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let number = fields.first else { continue }
            let isWaiting = fields.count > 1 && fields[1] == "->"
            let rest = fields.dropFirst(isWaiting ? 2 : 1)
            guard rest.count > 4, rest.first == "FLOCK",
                let process = pid_t(rest[rest.startIndex + 3])
            else {
                if !isWaiting { holder = nil }
                continue
            }
            if !isWaiting {
                holder = (number, process)
            } else if let holder, holder.number == number {
                waits.append(Wait(waiter: process, holder: holder.process))
            }
        }
        return waits
    }
}
