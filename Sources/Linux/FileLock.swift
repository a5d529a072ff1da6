// SPDX-License-Identifier: Apache-2.0

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

/// An advisory lock on one byte of an open file description, fcntl_locking(2).
///
/// It belongs to the description as that of flock(2) does, but it needs the right to read the file
/// to be shared, and the right to write it to be exclusive. The byte need not exist.
extension Descriptor {
    /// Takes the lock of the byte at `offset` beside others that share it; false when somebody
    /// holds it alone.
    ///
    /// The corresponding system call is `fcntl` with F_OFD_SETLK.
    package func tryShareByte(at offset: Int64) throws(Errno) -> Bool {
        try tryLockByte(at: offset, F_RDLCK)
    }

    /// Takes the lock of the byte at `offset` if nobody else holds it; false when somebody does.
    package func tryLockByteExclusively(at offset: Int64) throws(Errno) -> Bool {
        try tryLockByte(at: offset, F_WRLCK)
    }

    private func tryLockByte(at offset: Int64, _ kind: Int32) throws(Errno) -> Bool {
        do {
            return try nonblockingSystemCall(.fcntl) {
                clinux_lock_byte(rawValue, kind, offset)
            } != nil
        } catch {
            // POSIX allows either of the two errors.
            if error == .permissionDenied { return false }
            throw error
        }
    }

    /// Releases the lock of the byte at `offset`.
    package func unlockByte(at offset: Int64) { _ = clinux_lock_byte(rawValue, F_UNLCK, offset) }

    /// Whether another open file description holds the lock of the byte at `offset`, alone or not.
    ///
    /// The corresponding system call is `fcntl` with F_OFD_GETLK.
    package func isByteLockedByOthers(at offset: Int64) throws(Errno) -> Bool {
        try systemCall(.fcntl) { clinux_byte_is_locked(rawValue, offset) } != 0
    }
}
