// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// The first process: it starts the others, waits for signals, and replaces children that die.
///
/// It touches no request and starts no thread, so it can fork at any time.
package final class Master {
    /// An event, for the diagnostic log and the counters.
    package enum Event: Equatable {
        case started(Position, row: Int, process: pid_t)
        case failedToStart(Position, Errno)
        /// The position is nil if the child had been told to end.
        case ended(Position?, row: Int, process: pid_t, ExitStatus, Cause)
        case received(signal: Int32)
        /// The child had been told to end, and takes too long.
        case killing(process: pid_t)
        /// The child has recorded no heartbeat for too long.
        case hung(Position, process: pid_t)
        /// Children wait for a lock that a process of another program holds.
        case blocked(by: pid_t)
        case retiring(Position, process: pid_t)
        case upgradeRefused(ExitStatus)
    }

    /// Why a child has ended.
    package enum Cause: Equatable { case asked, unasked, hung }

    private var state: MasterState
    private unowned let service: any Supervised
    private let lifeLine: LifeLine
    private let reports: ChildReports
    private var signals: SignalQueue?
    private var monitor: HeartbeatMonitor
    private var exitCode: Int32?
    /// How many configurations have been tried.
    private var generation = 0
    private var pending = PendingRequests()
    /// The process that tries the program's file, and its deadline.
    private var upgradeTrial: (process: pid_t, endsAt: Int64)?

    package init(
        _ service: any Supervised, first: Reload, rowCount: Int, lifeLine: LifeLine,
        predecessors: [Handover.Child]
    ) throws(Errno) {
        state = MasterState(
            first, rowCount: rowCount, predecessors: predecessors, now: Self.now)
        monitor = HeartbeatMonitor(limitSeconds: first.watchdogSeconds)
        self.service = service
        self.lifeLine = lifeLine
        reports = try ChildReports()
        signals = try SignalQueue(MasterSignal.all.map(\.number))
    }

    /// Runs the service until it is stopped; returns its exit code.
    package func run() throws(Errno) -> Int32 {
        let epoll = try Epoll()
        let timer = try Timer(after: 1_000_000_000, every: 1_000_000_000)
        // Children have copies of both, but do not use them.
        let token = EventToken(slot: 0, version: 0)
        try epoll.add(timer.descriptor.rawValue, .readable, token)
        try epoll.add(reports.number, .readable, token)
        if let number = signals?.descriptor.rawValue { try epoll.add(number, .readable, token) }
        perform(state.tick(now: Self.now))
        while exitCode == nil {
            _ = try epoll.wait()
            try readReports()
            try readSignals()
            try reap()
            if try timer.expirations() > 0 { tick() }
            if !state.isChanging { resize() }
            if pending.reload.reason != nil { reload() }
            if pending.isUpgrade { tryUpgrade() }
        }
        return exitCode ?? 0
    }

    private static var now: Int64 { Clock.monotonicSeconds() }

    private func tick() {
        perform(state.tick(now: Self.now))
        let finding = monitor.look(at: state.working, now: Self.now) {
            service.heartbeat(row: $0)
        }
        if let process = finding.stranger { service.note(.blocked(by: process)) }
        for child in finding.hung {
            service.note(.hung(child.position, process: child.process))
            perform(state.isHung(child.process))
        }
        // A program that hangs is rejected like one that fails.
        if let upgradeTrial, Self.now >= upgradeTrial.endsAt {
            ChildProcess.signal(upgradeTrial.process, SIGKILL)
        }
        service.tick(state)
        if !state.isStopping, service.isRenewalDue() { pending.reload.ask(.renewal) }
    }

    // MARK: Events

    private func readReports() throws(Errno) {
        while let (process, kind) = try reports.next() {
            switch kind {
            case .ready: perform(state.isReady(process, now: Self.now))
            case .wantsSuccessor:
                let actions = state.wantsSuccessor(process, now: Self.now)
                if !actions.isEmpty, let position = state.child(process)?.position {
                    service.note(.retiring(position, process: process))
                }
                perform(actions)
            }
        }
    }

    private func readSignals() throws(Errno) {
        while let signal = try signals?.next() {
            if signal == SIGCHLD { continue }
            service.note(.received(signal: signal))
            switch signal {
            case SIGHUP: pending.reload.ask(.request)
            case SIGUSR1:
                for child in state.working { ChildProcess.signal(child.process, SIGUSR1) }
            case SIGUSR2: pending.isUpgrade = true
            case SIGTTIN: pending.sizeChanges.append(1)
            case SIGTTOU: pending.sizeChanges.append(-1)
            default: stop(signal)
            }
        }
    }

    /// One SIGCHLD may stand for many deaths (signal(7)), so all are collected every time.
    private func reap() throws(Errno) {
        while let (process, status) = try ChildProcess.reap() {
            if process == upgradeTrial?.process {
                endUpgradeTrial(status)
                continue
            }
            if let child = state.child(process) {
                let cause: Cause =
                    monitor.hasKilled(process) ? .hung : child.isLeaving ? .asked : .unasked
                service.note(
                    .ended(child.position, row: child.row, process: process, status, cause))
            }
            monitor.forget(process)
            perform(state.ended(process, status, now: Self.now))
        }
    }

    // MARK: Requests

    private func stop(_ signal: Int32) {
        pending.cancel()
        if let upgradeTrial { ChildProcess.signal(upgradeTrial.process, SIGKILL) }
        perform(state.stop(signal, now: Self.now))
    }

    /// Waits for the end of a reload: a change that is requested during one means its new count.
    private func resize() {
        for change in pending.sizeChanges {
            perform(state.resize(by: change, limit: Self.countLimit, now: Self.now))
        }
        pending.sizeChanges = []
    }

    /// Waits until an earlier reload has ended and few of the earlier children are still leaving.
    private func reload() {
        guard state.canReload, let reason = pending.reload.take() else { return }
        generation += 1
        guard let reload = service.reload(generation: generation, for: reason) else { return }
        perform(state.reload(generation: generation, reload, now: Self.now))
    }

    /// Waits for the end of a reload, because the next program would not know the sockets that the
    /// reload has opened.
    private func tryUpgrade() {
        guard upgradeTrial == nil, state.canUpgrade else { return }
        pending.isUpgrade = false
        upgradeTrial = service.tryUpgrade().map { ($0, Self.now + Self.trialSeconds) }
    }

    private func endUpgradeTrial(_ status: ExitStatus) {
        upgradeTrial = nil
        guard status == .exited(code: 0) else { return service.note(.upgradeRefused(status)) }
        // A reload may have begun meanwhile; try again after it, because the file may have changed.
        guard state.canUpgrade else {
            pending.isUpgrade = !state.isStopping
            return
        }
        service.upgrade(children: state.children)
    }

    // MARK: Actions

    private func perform(_ actions: [MasterState.Action]) {
        for action in actions {
            switch action {
            case .start(let start): self.start(start)
            case .signal(let process, let signal):
                if signal == SIGKILL, !monitor.hasKilled(process) {
                    service.note(.killing(process: process))
                }
                ChildProcess.signal(process, signal)
            case .announceStop: service.announceStop()
            case .beginStop: service.beginStop()
            case .adopt(let generation):
                monitor.limitSeconds = state.watchdogSeconds
                service.adopt(generation: generation)
            case .abandon(let generation, let code):
                service.abandon(generation: generation, code: code)
            case .finish(let code): exitCode = code
            }
        }
    }

    private func start(_ start: MasterState.Start) {
        do {
            let process = try ChildProcess.fork { [self] in
                signals = nil
                lifeLine.becomeChild()
                return service.run(
                    Child(
                        position: start.position, generation: start.generation, row: start.row,
                        lifeLine: lifeLine, reports: reports))
            }
            state.started(start, process: process, now: Self.now)
            service.note(.started(start.position, row: start.row, process: process))
        } catch {
            state.failedToStart(start, now: Self.now)
            service.note(.failedToStart(start.position, error))
        }
    }

    /// A program that takes longer to check its configuration does not work.
    private static var trialSeconds: Int64 { 30 }

    /// More processes of a role than this do not help any machine.
    private static var countLimit: Int { 512 }
}
