import Glibc
import Linux
import SystemPackage

/// What children tell their master: a pipe with one short message after the other.
///
/// A message is a write of 8 bytes, which a pipe keeps whole (pipe(7), PIPE_BUF).
package final class ChildReports {
    package enum Kind: Int32, Sendable {
        /// The child has taken up its work.
        case ready = 1
        /// The child has worked enough and asks for a successor.
        case wantsSuccessor = 2
    }

    private var pipe: Pipe

    package init() throws(Errno) { pipe = try Descriptor.pipe(isNonblocking: true) }

    /// To be watched by the master.
    package var number: Int32 { pipe.reading.rawValue }

    /// In a child: says something of this process.
    ///
    /// A message that finds no room is dropped: who wants an answer says it again.
    package func send(_ kind: Kind) {
        withUnsafeBytes(of: (getpid(), kind.rawValue)) { bytes in
            _ = try? pipe.writing?.write(bytes)
        }
    }

    /// In the master: the next message; nil when none waits.
    package func next() throws(Errno) -> (process: pid_t, kind: Kind)? {
        var message: (pid_t, Int32) = (0, 0)
        let count = try withUnsafeMutableBytes(of: &message) { bytes throws(Errno) in
            try pipe.reading.read(into: bytes)
        }
        guard count == 8, let kind = Kind(rawValue: message.1) else { return nil }
        return (message.0, kind)
    }
}
