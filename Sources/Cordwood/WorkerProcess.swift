import Glibc
import HTTP
import Linux
import Logging
import Prefork
import RotatingFile
import SystemPackage

/// A worker, in its own process: the loop with the listeners, the signals and the clock in it.
struct WorkerProcess {
    private let settings: Configuration
    private let storage: Storage
    private let counters: Counters
    private let listeners: [Listener]
    private let log: Logger

    init(
        _ settings: Configuration, _ storage: Storage, _ counters: Counters,
        _ listeners: [Listener]
    ) {
        self.settings = settings
        self.storage = storage
        self.counters = counters
        self.listeners = listeners
        log = DiagnosticLog.logger("worker", settings)
    }

    /// Serves until the master says otherwise or is gone; returns the exit code.
    func run(_ child: Master.Child) -> Int32 {
        do {
            let limits = settings.httpLimits
            let worker = try Worker(
                settings, limits: limits, counters: counters, workerCount: settings.workerCount,
                log: log
            ) { [storage, log, counters] name throws(RotatingFileError) in
                try storage.open(name, log, counters)
            }
            try serve(worker, limits, child)
            counters.set(.state, to: ProcessState.absent.rawValue)
            return 0
        } catch let error as RotatingFileError {
            log.critical("\(error)")
            // What the next worker may find mended is no reason to stop the others.
            if case .system = error { return 1 }
            return StartError.file(error).exitCode
        } catch {
            log.critical("the loop has failed: \(error)")
            return 1
        }
    }

    private func serve(
        _ worker: Worker, _ limits: Limits, _ child: Master.Child
    ) throws(Errno) {
        let server = try Server(limits: limits, handler: worker)
        for listener in listeners { server.listen(on: listener) }
        let signals = try SignalQueue([SIGTERM, SIGINT, SIGQUIT])
        let drain = { [counters] in
            worker.isDraining = true
            counters.set(.state, to: ProcessState.draining.rawValue)
            server.drain()
        }
        try server.watch(signals.descriptor.rawValue) { () throws(Errno) in
            while let signal = try signals.next() {
                if signal == SIGTERM { drain() } else { server.stop() }
            }
        }
        // Its end is readable for ever: once is enough.
        try server.watch(child.lifeLine.number) { () throws(Errno) in
            try server.unwatch(child.lifeLine.number)
            drain()
        }
        // A little after each whole second, so that what is due at it is done at once.
        let intoSecond = Clock.epochNanoseconds() % 1_000_000_000
        let timer = try Timer(after: 1_002_000_000 - intoSecond, every: 1_000_000_000)
        try server.watch(timer.descriptor.rawValue) { () throws(Errno) in
            _ = try timer.expirations()
            server.tick()
        }
        worker.onTick = { [counters, unowned server] in
            counters.set(.connections, to: Int64(server.connectionCount))
            counters.set(.requestsInFlight, to: Int64(server.requestsInFlight))
        }
        counters.set(.process, to: Int64(getpid()))
        counters.set(.heartbeat, to: Worker.monotonicSeconds)
        counters.set(.state, to: ProcessState.running.rawValue)
        try server.run()
        counters.set(.connections, to: 0)
        counters.set(.requestsInFlight, to: 0)
    }
}
