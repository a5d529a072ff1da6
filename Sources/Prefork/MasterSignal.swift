// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A signal that the master handles, from the table of all of them.
package struct MasterSignal: Sendable {
    package let number: Int32
    package let name: String
    /// Its effect, as a sentence of `docs/SIGNALS.md`.
    package let meaning: String

    package static let all = [
        MasterSignal(
            number: SIGTERM, name: "TERM",
            meaning: "Stop: readiness turns 503, requests in flight are finished, then exit 0."),
        MasterSignal(
            number: SIGINT, name: "INT",
            meaning: "Stop now: what is written is answered, the rest is not waited for."),
        MasterSignal(number: SIGQUIT, name: "QUIT", meaning: "The same as INT."),
        MasterSignal(
            number: SIGHUP, name: "HUP",
            meaning: "Reload: the configuration is read again and new workers take over; "
                + "if it is wrong the old ones go on."),
        MasterSignal(
            number: SIGUSR1, name: "USR1", meaning: "Open the log files again."),
        MasterSignal(
            number: SIGUSR2, name: "USR2",
            meaning: "Upgrade: the program is started again from its file, in the same process, "
                + "with the same sockets."),
        MasterSignal(
            number: SIGTTIN, name: "TTIN",
            meaning: "One worker more, until the next reload or upgrade."),
        MasterSignal(
            number: SIGTTOU, name: "TTOU",
            meaning: "One worker less, until the next reload or upgrade."),
        MasterSignal(
            number: SIGCHLD, name: "CHLD",
            meaning: "A child has ended: it is replaced; as PID 1 orphans are reaped too."),
    ]
}
