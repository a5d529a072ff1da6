import Glibc
import Linux
import SystemPackage

/// A pipe that nobody writes to: when the master is gone, however it went, its children read the
/// end of it.
package final class LifeLine {
    private var pipe: Pipe

    package init() throws(Errno) { pipe = try Descriptor.pipe() }

    /// To be watched by a child: readable means that the master has died.
    package var number: Int32 { pipe.reading.rawValue }

    /// In a child: lets go of the end that only the master may hold.
    package func becomeChild() { pipe.writing = nil }
}
