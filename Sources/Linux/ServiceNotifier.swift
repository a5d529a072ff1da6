// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// Tells systemd, or another supervisor of its protocol, the state of the service, sd_notify(3).
///
/// Without the variable `NOTIFY_SOCKET` nothing is told. No call waits, and none fails: a service
/// does not stop because nobody listens.
package struct ServiceNotifier: Sendable {
    private let address: SocketAddress?
    /// How often `watchdog` should be called, half of the period demanded; nil when none is.
    package let watchdogIntervalNanoseconds: Int64?

    /// As the environment of this process says.
    package init() {
        self.init { name in getenv(name).map { String(cString: $0) } }
    }

    init(_ variable: (String) -> String?) {
        address = variable("NOTIFY_SOCKET").flatMap { name in
            switch name.first {
            case "/": SocketAddress(path: name)
            case "@": SocketAddress(abstractName: String(name.dropFirst()))
            default: nil
            }
        }
        // The period may have come down from a parent for whom it was meant.
        let process = variable("WATCHDOG_PID")
        guard address != nil, process == nil || process == "\(getpid())",
            let microseconds = variable("WATCHDOG_USEC").flatMap({ Int64($0) }),
            microseconds > 0, microseconds <= Int64.max / 1000
        else {
            watchdogIntervalNanoseconds = nil
            return
        }
        watchdogIntervalNanoseconds = microseconds * 1000 / 2
    }

    /// Whether somebody wants to know.
    package var isActive: Bool { address != nil }

    /// Start-up, or a reload, is finished.
    package func ready(status: String) { notify("READY=1\nSTATUS=\(oneLine(status))") }

    /// A reload begins; `ready` says when it has ended.
    package func reloading(status: String) {
        let microseconds = Clock.monotonicNanoseconds() / 1000
        notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=\(oneLine(status))")
    }

    /// The end of the service begins.
    package func stopping(status: String) { notify("STOPPING=1\nSTATUS=\(oneLine(status))") }

    /// The text that `systemctl status` shows.
    package func status(_ status: String) { notify("STATUS=\(oneLine(status))") }

    /// The service is alive.
    package func watchdog() { notify("WATCHDOG=1") }

    /// Another process is the service's main one from now on.
    package func mainProcess(_ process: pid_t) { notify("MAINPID=\(process)") }

    /// Sends assignments, one a line, as sd_notify(3) lists them.
    package func notify(_ state: String) {
        guard let address else { return }
        let kind = SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard let number = try? systemCall(.socket, { SocketAPI.socket(AF_UNIX, Int32(kind)) })
        else {
            return
        }
        let descriptor = Descriptor(owning: number)
        _ = try? address.withPointer { pointer, byteCount throws(Errno) in
            try state.utf8.span.withUnsafeBytes { bytes throws(Errno) in
                try systemCall(.sendto) {
                    SocketAPI.sendto(
                        descriptor.rawValue, bytes, Int32(MSG_NOSIGNAL), pointer, byteCount)
                }
            }
        }
    }

    /// A line more would be an assignment more.
    private func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
