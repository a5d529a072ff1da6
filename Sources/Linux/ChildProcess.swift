// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// How a child ended.
package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
    case exited(code: Int32)
    case killed(signal: Int32)

    package var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .killed(let signal):
            "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}

/// Children of this process, fork(2) and waitpid(2).
package enum ChildProcess {
    /// Runs `body` in a copy of this process, which exits with its result; returns the
    /// child's process id.
    ///
    /// The caller must have a single thread: of the others the copy would have the locks but not
    /// the threads that release them.
    package static func fork(_ body: () -> Int32) throws(Errno) -> pid_t {
        let child: pid_t = try systemCall(.fork) { Glibc.fork() }
        if child == 0 {
            let code = body()
            fflush(nil)
            // Not exit(3): the handlers that the parent registered are the parent's.
            _exit(code)
        }
        return child
    }

    /// A child that has ended, collected; nil when none has.
    ///
    /// Orphans that a PID 1 inherits too.
    package static func reap() throws(Errno) -> (process: pid_t, status: ExitStatus)? {
        var status: Int32 = 0
        do {
            let process: pid_t = try systemCall(.waitpid) { waitpid(-1, &status, WNOHANG) }
            if process == 0 { return nil }
            return (process, decode(status))
        } catch {
            if error == .noChildProcess { return nil }
            throw error
        }
    }

    /// Sends `signal`.
    ///
    /// A process that is gone is no error: its end will be reaped.
    package static func signal(_ process: pid_t, _ signal: Int32) {
        _ = Glibc.kill(process, signal)
    }

    private static func decode(_ status: Int32) -> ExitStatus {
        clinux_wifexited(status) != 0
            ? .exited(code: clinux_wexitstatus(status)) : .killed(signal: clinux_wtermsig(status))
    }
}

/// How many processors this process may use, sched_getaffinity(2): those that `taskset` or a
/// container grants, not all of the machine.
package func availableProcessorCount() -> Int {
    let count = clinux_processor_count()
    return count > 0 ? Int(count) : 1
}
