import CLinux
import Glibc
import SystemPackage

/// An advisory lock on an open file description, flock(2).
///
/// It belongs to the description, not to the process: the kernel releases it when the last
/// descriptor of the description is closed, so a process that dies leaves no lock behind.
extension Descriptor {
    /// Waits until nobody else holds the lock.
    package func lockExclusively() throws(Errno) {
        _ = try systemCall(.flock) { flock(rawValue, LOCK_EX) }
    }

    /// Takes the lock if nobody else holds it; false when somebody does.
    package func tryLockExclusively() throws(Errno) -> Bool {
        try nonblockingSystemCall(.flock) { flock(rawValue, LOCK_EX | LOCK_NB) } != nil
    }

    /// Takes the lock beside others that share it; false when somebody holds it alone.
    package func tryLockShared() throws(Errno) -> Bool {
        try nonblockingSystemCall(.flock) { flock(rawValue, LOCK_SH | LOCK_NB) } != nil
    }

    /// Releases the lock.
    ///
    /// It cannot fail for a descriptor that is open.
    package func unlock() {
        _ = flock(rawValue, LOCK_UN)
    }
}
