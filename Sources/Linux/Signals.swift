// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// A set of signals, sigset_t.
package struct SignalSet {
    package private(set) var raw = sigset_t()

    package init(_ signals: [Int32]) {
        sigemptyset(&raw)
        for signal in signals { sigaddset(&raw, signal) }
    }

    /// Stops delivery to this process, so that a `SignalQueue` can hand them out in its order.
    package func block() throws(Errno) {
        var set = raw
        _ = try systemCall(.sigprocmask) { sigprocmask(SIG_BLOCK, &set, nil) }
    }
}

/// Signals as events of a descriptor, signalfd(2), for an epoll loop; no handler ever runs.
package struct SignalQueue: ~Copyable {
    package let descriptor: Descriptor

    /// Blocks `signals` and queues them from now on.
    package init(_ signals: [Int32]) throws(Errno) {
        let set = SignalSet(signals)
        try set.block()
        var raw = set.raw
        let number: Int32 = try systemCall(.signalfd) {
            signalfd(-1, &raw, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
        }
        descriptor = Descriptor(owning: number)
    }

    /// The next signal; nil when none waits.
    package func next() throws(Errno) -> Int32? {
        var info = signalfd_siginfo()
        let count = try withUnsafeMutableBytes(of: &info) { bytes throws(Errno) in
            try descriptor.read(into: bytes)
        }
        return count == nil ? nil : Int32(bitPattern: info.ssi_signo)
    }
}

/// Makes a write that cannot be done an error of that call instead of the end of the process: to a
/// socket whose peer is gone (EPIPE), or beyond `RLIMIT_FSIZE` (EFBIG).
package func ignoreWriteSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
}
