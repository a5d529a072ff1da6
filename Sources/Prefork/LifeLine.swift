// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// A pipe that no process writes to: when the master has ended, for whatever reason, its children
/// read the end of file.
package final class LifeLine {
    private var pipe: Pipe

    package init() throws(Errno) { pipe = try Descriptor.pipe() }

    /// The descriptor that a child watches: it becomes readable when the master has ended.
    package var number: Int32 { pipe.reading.rawValue }

    /// In a child: closes the end that only the master may hold.
    package func becomeChild() { pipe.writing = nil }

    /// Sets whether the master's end stays open when it becomes another program; returns its
    /// number.
    package func setSurvivesExec(_ survives: Bool) throws(Errno) -> Int32 {
        try pipe.writing?.setCloseOnExec(!survives)
        return pipe.writing?.rawValue ?? -1
    }
}
