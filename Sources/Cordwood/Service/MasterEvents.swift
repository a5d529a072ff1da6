// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Glibc
import Linux
import Logging
import Monitoring
import Prefork

/// Logs and counts the events of the master.
struct MasterEvents {
    /// The master's row.
    private let counters: Counters
    private let log: Logger
    private let watchdogSeconds: Int

    init(_ counters: Counters, _ log: Logger, watchdogSeconds: Int) {
        self.counters = counters
        self.log = log
        self.watchdogSeconds = watchdogSeconds
    }

    func note(_ event: Master.Event) {
        switch event {
        case .started(let position, _, let process):
            log.report(
                .processStarted, "the \(position) has started", metadata: ["process": "\(process)"])
        case .failedToStart(let position, let error):
            log.report(
                .forkFailed,
                "cannot fork the \(position): \(error); trying again in a second: look at the limits of processes and memory"
            )
        case .ended(let position, let row, let process, let status, let cause):
            end(position, row, process, status, cause)
        case .received(let signal):
            let name = MasterSignal.all.first { $0.number == signal }?.name ?? "\(signal)"
            log.report(.signalReceived, "received \(name)", metadata: ["signal": "\(name)"])
        case .killing(let process):
            log.report(
                .drainTimedOut,
                "process \(process) did not stop in time and is killed: raise timeouts.drain if requests take longer"
            )
        case .hung(let position, let process):
            log.report(
                .processHung,
                "the \(position) has sent no heartbeat for \(watchdogSeconds) s and is killed: look for a disk that does not answer",
                metadata: ["process": "\(process)"])
        case .blocked(let process):
            log.report(
                .lockHeld,
                "no record can be written: process \(process), which is not part of this service, holds the lock of a log file; end it",
                metadata: ["process": "\(process)"])
        case .retiring(let position, let process):
            counters.add(1, to: .restartsRecycled)
            log.report(
                .processRecycled,
                "the \(position) has reached recycle.requests or recycle.memory and gets a successor",
                metadata: ["process": "\(process)"])
        case .upgradeRefused(let status):
            log.report(
                .upgradeRefused,
                "the upgrade is rejected and this version continues: the new one \(status) when it checked the configuration: fix what it has reported and send USR2 again"
            )
        }
    }

    private func end(
        _ position: Position?, _ row: Int, _ process: pid_t, _ status: ExitStatus,
        _ cause: Master.Cause
    ) {
        // An earlier version may have had more rows.
        guard row < counters.scoreboard.rowCount else { return }
        for cell in [Cell.state, .connections, .requestsInFlight] {
            counters.scoreboard[row, cell.rawValue] = 0
        }
        let other =
            cause == .asked ? "a process that was leaving" : "a process of the earlier version"
        let name = position.map { "the \($0)" } ?? other
        if cause == .asked, status == .exited(code: 0) {
            return log.report(
                .processEnded, "\(name) \(status)", metadata: ["process": "\(process)"])
        }
        if cause != .asked {
            switch status {
            case _ where cause == .hung: counters.add(1, to: .restartsHung)
            case .killed: counters.add(1, to: .restartsKilled)
            case .exited: counters.add(1, to: .restartsExited)
            }
        }
        log.report(
            .processDied,
            "\(name) \(status): see what it has said before\(hint(status))",
            metadata: ["process": "\(process)"])
    }

    /// The kernel reports no reason when it kills a process because memory ran out.
    private func hint(_ status: ExitStatus) -> String {
        guard case .killed(SIGKILL) = status else { return "" }
        return ", or whether the kernel ran out of memory"
    }
}
