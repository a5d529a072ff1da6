import Glibc
import Linux
import Logging
import Prefork
import RotatingFile
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
            let pulse = Pulse(storage, counters)
            let sealer = Sealer(
                directory: storage.directory, options: storage.sealerOptions,
                retention: { [storage] in storage.plan(ofFile: $0).retention },
                shouldStop: {
                    pulse.beat()
                    return stopping.isAsked(within: 0)
                })
            child.reports.send(.ready)
            var wait: Int32 = 0
            var idle: Int32 = 0
            while !stopping.isAsked(within: min(wait, 1000)) {
                pulse.beat()
                idle += 1000
                if idle >= wait {
                    wait = pass(sealer)
                    idle = 0
                }
            }
            counters.set(.state, to: ProcessState.absent.rawValue)
            return 0
        } catch {
            log.critical(
                "cannot wait for signals: \(error); the sealer is replaced: look at the limits of open files and memory"
            )
            return 1
        }
    }

    /// Seals once; returns the milliseconds to wait before the next time.
    private func pass(_ sealer: Sealer) -> Int32 {
        do {
            let overdue = try RotatingFile.rollOverOverdue(
                in: storage.directory, now: Clock.epochSeconds()
            ) { name throws(RotatingFileError) in
                try storage.open(file: name, log, counters)
            }
            let report = try sealer.run(now: Clock.epochSeconds())
            counters.add(report.sealedCount, to: .sealedFiles)
            counters.add(Int(report.sealedByteCount), to: .sealedBytes)
            counters.add(report.failures.count, to: .sealFailures)
            let failures = overdue + report.failures
            for failure in failures { say(failure) }
            return failures.isEmpty ? 1000 : Self.pauseMilliseconds
        } catch {
            counters.add(1, to: .sealFailures)
            say("\(error)")
            return Self.pauseMilliseconds
        }
    }

    private func say(_ failure: String) {
        counters.noteError(failure)
        log.error(
            "\(failure); the file stays as it is and is tried again in \(Self.pauseMilliseconds / 1000) s: mend what stands in the way"
        )
    }

    /// What failed once will hardly succeed a second later.
    private static let pauseMilliseconds: Int32 = 30_000
}

/// The sealer's signs of life: once a second, also while it compresses a large file.
private final class Pulse {
    private let counters: Counters
    private let observer: Sealer
    private var lastBeat: Int64 = 0

    init(_ storage: Storage, _ counters: Counters) {
        self.counters = counters
        observer = Sealer(directory: storage.directory, options: storage.sealerOptions)
    }

    func beat() {
        let now = Worker.monotonicSeconds
        if now == lastBeat { return }
        lastBeat = now
        counters.set(.heartbeat, to: now)
        // A directory that cannot be listed is said by the next pass.
        guard let backlog = try? observer.backlog() else { return }
        counters.set(.sealPending, to: Int64(backlog.fileCount))
        counters.set(.sealPendingBytes, to: backlog.byteCount)
        counters.set(.sealPendingSince, to: backlog.oldestModified ?? 0)
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
        let token = EventToken(slot: 0, generation: 0)
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
