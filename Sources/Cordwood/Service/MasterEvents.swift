import Diagnostics
import Glibc
import Linux
import Monitoring
import Prefork

/// What the master says and counts of its children.
extension Service {
    package func note(_ event: Master.Event) {
        switch event {
        case .started(let role, _, let process):
            log.report(
                .processStarted, "the \(role) has started", metadata: ["process": "\(process)"])
        case .failedToStart(let role, let error):
            log.report(
                .forkFailed,
                "cannot fork the \(role): \(error); trying again in a second: look at the limits of processes and memory"
            )
        case .ended(let role, let row, let process, let status, let cause):
            end(role, row, process, status, cause)
        case .received(let signal):
            let name = MasterSignal.all.first { $0.number == signal }?.name ?? "\(signal)"
            log.report(.signalReceived, "received \(name)", metadata: ["signal": "\(name)"])
        case .killing(let process):
            log.report(
                .drainTimedOut,
                "process \(process) did not stop in time and is killed: raise timeouts.drain if requests take longer"
            )
        case .hung(let role, let process):
            log.report(
                .processHung,
                "the \(role) has given no sign of life for \(serving.settings.timeouts.watchdogSeconds) s and is killed: look for a disk that does not answer",
                metadata: ["process": "\(process)"])
        case .blocked(let process):
            log.report(
                .lockHeld,
                "no record can be written: process \(process), which is not part of this service, holds the lock of a log file; end it",
                metadata: ["process": "\(process)"])
        case .retiring(let role, let process):
            count(.restartsRecycled)
            log.report(
                .processRecycled,
                "the \(role) has done its share and gets a successor",
                metadata: ["process": "\(process)"])
        case .upgradeRefused(let status):
            log.report(
                .upgradeRefused,
                "the upgrade is refused and this version goes on: the new one \(status) when it checked the configuration: mend what it has said and send USR2 again"
            )
        }
    }

    private func end(
        _ role: Role?, _ row: Int, _ process: pid_t, _ status: ExitStatus, _ cause: Master.Cause
    ) {
        // An earlier version may have had more rows.
        guard row < scoreboard.rowCount else { return }
        for cell in [Cell.state, .connections, .requestsInFlight] {
            scoreboard[row, cell.rawValue] = 0
        }
        let other =
            cause == .asked ? "a process that was leaving" : "a process of the earlier version"
        let name = role.map { "the \($0)" } ?? other
        if cause == .asked, status == .exited(code: 0) {
            return log.report(
                .processEnded, "\(name) \(status)", metadata: ["process": "\(process)"])
        }
        if cause != .asked {
            switch status {
            case _ where cause == .hung: count(.restartsHung)
            case .killed: count(.restartsKilled)
            case .exited: count(.restartsExited)
            }
        }
        log.report(
            .processDied,
            "\(name) \(status): see what it has said before\(hint(status))",
            metadata: ["process": "\(process)"])
    }

    /// The kernel says nothing to a process that it kills for want of memory.
    private func hint(_ status: ExitStatus) -> String {
        guard case .killed(SIGKILL) = status else { return "" }
        return ", or whether the kernel had no memory for it"
    }
}
