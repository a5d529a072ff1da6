// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// A pipe through which children send short messages to their master.
///
/// A message is one write of 8 bytes, which a pipe keeps whole (pipe(7), PIPE_BUF).
package final class ChildReports {
    package enum Kind: Int32, Sendable {
        /// The child has started to work.
        case ready = 1
        /// The child has reached a limit of `recycle` and asks for a successor.
        case wantsSuccessor = 2
    }

    private var pipe: Pipe

    package init() throws(Errno) { pipe = try Descriptor.pipe(isNonblocking: true) }

    /// The descriptor that the master watches.
    package var number: Int32 { pipe.reading.rawValue }

    /// In a child: sends a message about this process.
    ///
    /// A message that finds no room in the pipe is dropped; a child repeats what it needs.
    package func send(_ kind: Kind) {
        withUnsafeBytes(of: (getpid(), kind.rawValue)) { bytes in
            _ = try? pipe.writing?.write(bytes)
        }
    }

    /// In the master: the next message; nil if none waits.
    package func next() throws(Errno) -> (process: pid_t, kind: Kind)? {
        var message: (pid_t, Int32) = (0, 0)
        let count = try withUnsafeMutableBytes(of: &message) { bytes throws(Errno) in
            try pipe.reading.read(into: bytes)
        }
        guard count == 8, let kind = Kind(rawValue: message.1) else { return nil }
        return (message.0, kind)
    }
}
