import Glibc
import Linux
import SystemPackage

/// The first process: it starts the others, waits for signals and replaces who dies.
///
/// It touches no request and starts no thread, so that it can fork at any time.
package final class Master {
    /// What a child is told about its place.
    package struct Child {
        package let slot: Int
        package let lifeLine: LifeLine
    }

    /// What has happened, for the diagnostic log.
    package enum Event: Equatable {
        case started(slot: Int, process: pid_t)
        case failedToStart(slot: Int, Errno)
        case ended(slot: Int, process: pid_t, ExitStatus)
        case stopping(signal: Int32)
        case killing(process: pid_t)
    }

    private var state: MasterState
    private let lifeLine: LifeLine
    private var signals: SignalQueue?
    private let body: (Child) -> Int32
    private let onEvent: (Event) -> Void
    private var exitCode: Int32?

    /// - Parameters:
    ///   - slotCount: how many children there are.
    ///   - drainSeconds: how long they may take to stop.
    ///   - body: what a child does, in its own process; it returns the exit code.
    package init(
        slotCount: Int, drainSeconds: Int64, onEvent: @escaping (Event) -> Void,
        body: @escaping (Child) -> Int32
    ) throws(Errno) {
        state = MasterState(slotCount: slotCount, drainSeconds: drainSeconds)
        lifeLine = try LifeLine()
        signals = try SignalQueue([SIGTERM, SIGINT, SIGQUIT, SIGCHLD])
        self.body = body
        self.onEvent = onEvent
    }

    /// Runs the service until it is stopped; returns its exit code.
    ///
    /// - Parameter whenStopping: called once, when no new work is wanted.
    package func run(whenStopping: () -> Void) throws(Errno) -> Int32 {
        let epoll = try Epoll()
        let timer = try Timer(after: 1_000_000_000, every: 1_000_000_000)
        let token = EventToken(slot: 0, generation: 0)
        try epoll.add(timer.descriptor.rawValue, .readable, token)
        if let number = signals?.descriptor.rawValue { try epoll.add(number, .readable, token) }
        perform(state.tick(now: Self.now))
        var hasStopped = false
        while exitCode == nil {
            _ = try epoll.wait()
            _ = try timer.expirations()
            try readSignals()
            perform(state.tick(now: Self.now))
            if state.isStopping, !hasStopped {
                hasStopped = true
                whenStopping()
            }
        }
        return exitCode ?? 0
    }

    private static var now: Int64 { Clock.monotonicNanoseconds() / 1_000_000_000 }

    private func readSignals() throws(Errno) {
        while let signal = try signals?.next() {
            if signal == SIGCHLD { continue }
            onEvent(.stopping(signal: signal))
            perform(state.received(signal, now: Self.now))
        }
        // One SIGCHLD may stand for many deaths (signal(7)), so all are collected every time.
        while let (process, status) = try ChildProcess.reap() {
            if let slot = state.slot(of: process) {
                onEvent(.ended(slot: slot, process: process, status))
            }
            perform(state.ended(process, status, now: Self.now))
        }
    }

    private func perform(_ actions: [MasterState.Action]) {
        for action in actions {
            switch action {
            case .start(let slot): start(slot)
            case .signal(let process, let signal):
                if signal == SIGKILL { onEvent(.killing(process: process)) }
                ChildProcess.signal(process, signal)
            case .finish(let code): exitCode = code
            }
        }
    }

    private func start(_ slot: Int) {
        do {
            let process = try ChildProcess.fork { [self] in
                signals = nil
                lifeLine.becomeChild()
                return body(Child(slot: slot, lifeLine: lifeLine))
            }
            state.started(slot: slot, process: process, now: Self.now)
            onEvent(.started(slot: slot, process: process))
        } catch {
            state.failedToStart(slot: slot, now: Self.now)
            onEvent(.failedToStart(slot: slot, error))
        }
    }
}
