// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The processes that hold an flock(2) on a file, as far as this one may see them.
package struct LockHolders: Equatable, Sendable {
    /// The processes that hold it alone.
    package var exclusive: [pid_t] = []
    /// The processes that share it.
    package var shared: [pid_t] = []

    /// Of the file at `path`; empty when /proc tells nothing.
    ///
    /// The corresponding file is /proc/locks of proc(5).
    package init(of path: String) {
        let inode = (try? FileStatus(at: path))?.inode
        self.init(of: inode ?? 0, in: (try? Descriptor.contents(of: "/proc/locks")) ?? "")
    }

    /// Reads lines such as `1: FLOCK  ADVISORY  WRITE 1234 fd:01:5678 0 EOF`.
    ///
    /// Only inodes are compared: some file systems show another device there than to stat(2). A
    /// process of another container has the number 0 or less.
    init(of inode: UInt64, in table: String) {
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK", let process = pid_t(fields[4]),
                process > 0, let number = fields[5].split(separator: ":").last,
                UInt64(number) == inode
            else { continue }
            if fields[3] == "WRITE" { exclusive.append(process) } else { shared.append(process) }
        }
    }
}
