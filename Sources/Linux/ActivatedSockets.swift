// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The sockets that systemd, or another supervisor of its protocol, has opened for this process,
/// sd_listen_fds(3).
package enum ActivatedSockets {
    /// Their descriptors, which are the caller's to own, in the order of the unit's file, and
    /// close-on-exec from now on; none when the process was started without.
    ///
    /// To be called once, before anything else is opened. A number behind which there is no
    /// descriptor is `Errno.badFileDescriptor`.
    package static func take() throws(Errno) -> [Int32] {
        let numbers = numbers(
            process: getenv("LISTEN_PID").map { String(cString: $0) },
            count: getenv("LISTEN_FDS").map { String(cString: $0) })
        for number in numbers {
            _ = try systemCall(.fcntl) { fcntl(number, F_SETFD, FD_CLOEXEC) }
        }
        return Array(numbers)
    }

    /// The variables may have come down from a parent for whom they were meant.
    static func numbers(process: String?, count: String?) -> Range<Int32> {
        let first: Int32 = 3
        guard let process, pid_t(process) == getpid(),
            let count = count.flatMap({ Int32($0) }), count > 0, count <= limit
        else { return first..<first }
        return first..<first + count
    }

    /// More than anybody listens on, and few enough to look at each.
    private static let limit: Int32 = 1024
}
