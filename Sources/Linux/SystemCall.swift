// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The system calls that a test may make fail, by the name that `strace` shows.
package enum SystemCall: String, CaseIterable, Sendable {
    case accept4, bind, chmod, connect, epoll_create1, epoll_ctl, epoll_wait, execve, fallocate
    case fchmod, fchown, fcntl, fdatasync, fgetxattr, flock, fork, fsetxattr, fstat, fsync
    case ftruncate, futimens
    case getdents64, getsockname, getsockopt, lchown, listen, lseek, memfd_create, mkdir, mmap
    case open, pipe2, poll, pread, pwrite, read, readlink, recv, rename, renameat2, rmdir
    case send, sendto
    case setgroups, setresgid, setresuid, setsockopt
    case shutdown, signalfd, sigprocmask
    case socket, stat, statfs, timerfd_create, timerfd_settime, unlink, waitpid, write
}

/// Runs `body`, one system call, and throws its `Errno` when it returns -1.
///
/// This is the only place that reads `errno`, runs an interrupted call again, and lets a debug build
/// make a call fail. `close` must not come through here, because Linux frees the number even on
/// `EINTR`.
@inline(__always)
package func systemCall<Result: FixedWidthInteger & SignedInteger>(
    _ name: SystemCall, _ body: () -> Result
) throws(Errno) -> Result {
    while true {
        try failIfAsked(name)
        let result = body()
        if result != -1 { return result }
        let error = Errno(rawValue: errno)
        if error != .interrupted { throw error }
    }
}

@inline(__always)
private func failIfAsked(_ name: SystemCall) throws(Errno) {
    #if DEBUG
        if let injected = FaultPlan.current?.fault(before: name) { throw injected }
    #endif
}

/// Like `systemCall`, but 'would block' is an answer, `nil`, and not an error.
@inline(__always)
package func nonblockingSystemCall<Result: FixedWidthInteger & SignedInteger>(
    _ name: SystemCall, _ body: () -> Result
) throws(Errno) -> Result? {
    do {
        return try systemCall(name, body)
    } catch {
        if error == .wouldBlock || error == .resourceTemporarilyUnavailable { return nil }
        throw error
    }
}
