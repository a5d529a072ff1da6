import Diagnostics
import Glibc
import Linux
import Logging
import Monitoring
import Prefork
import SystemPackage

/// The sealer, in its own process: it compresses and removes when nobody else wants the machine.
struct SealerProcess {
    private let storage: Storage
    private let counters: Counters
    private let log: Logger

    init(_ generation: Generation, _ counters: Counters) {
        storage = generation.storage
        self.counters = counters
        log = DiagnosticLog.logger("sealer", generation.settings)
    }

    /// Seals until the master says otherwise or is gone; returns the exit code.
    func run(_ child: Child) -> Int32 {
        lowerPriority()
        do {
            let signals = try SignalQueue([SIGTERM, SIGINT, SIGQUIT])
            let stopping = try Stopping(signals, child.lifeLine)
            counters.set(.state, to: ProcessState.running.rawValue)
            let chores = SealerChores(storage, counters, log)
            let sealer = chores.sealer {
                // What waits for nothing must not wait for a large file to be compressed.
                chores.doWhatIsDue()
                return stopping.isAsked(within: 0)
            }
            child.reports.send(.ready)
            var wait: Int32 = 0
            while !stopping.isAsked(within: wait) {
                chores.doWhatIsDue()
                chores.seal(by: sealer)
                wait = 1000
            }
            counters.set(.state, to: ProcessState.absent.rawValue)
            return 0
        } catch {
            log.report(
                .loopFailed,
                "cannot wait for signals: \(error); the sealer is replaced: look at the limits of open files and memory"
            )
            return 1
        }
    }
}

/// Whether the sealer is to end: a signal has come or the master is gone.
private final class Stopping {
    private let signals: SignalQueue
    private let lifeLine: LifeLine
    private let epoll: Epoll
    private var hasBeenAsked = false

    init(_ signals: consuming SignalQueue, _ lifeLine: LifeLine) throws(Errno) {
        let epoll = try Epoll()
        let token = EventToken(slot: 0, version: 0)
        try epoll.add(signals.descriptor.rawValue, .readable, token)
        try epoll.add(lifeLine.number, .readable, token)
        self.epoll = epoll
        self.signals = signals
        self.lifeLine = lifeLine
    }

    /// Waits at most `milliseconds`.
    func isAsked(within milliseconds: Int32) -> Bool {
        if !hasBeenAsked {
            hasBeenAsked = (try? epoll.wait(timeoutMilliseconds: milliseconds)) != 0
        }
        return hasBeenAsked
    }
}
