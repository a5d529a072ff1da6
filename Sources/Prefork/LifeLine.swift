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

    /// Whether the end that the master holds stays open when it becomes another program; returns
    /// its number.
    package func setSurvivesExec(_ survives: Bool) throws(Errno) -> Int32 {
        try pipe.writing?.setCloseOnExec(!survives)
        return pipe.writing?.rawValue ?? -1
    }
}
