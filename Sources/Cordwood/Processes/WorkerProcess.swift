import CordwoodConfiguration
import Diagnostics
import Glibc
import HTTP
import Linux
import Logging
import Monitoring
import OpenSSL
import Prefork
import Protocols
import RotatingFile
import SystemPackage

/// A worker, in its own process: the loop with the listeners, the signals and the clock in it.
struct WorkerProcess {
    private let settings: Configuration
    private let storage: Storage
    private let counters: Counters
    private let listeners: [(Listener, ListenerRole, TLSContext?)]
    private let connectionLimit: Int
    private let certificates: [CertificateFacts]
    private let authenticator: Authenticator?
    private let isReplacement: Bool

    /// - Parameter isReplacement: whether the generation serves already.
    init(_ generation: Generation, _ counters: Counters, isReplacement: Bool) {
        var settings = generation.settings
        settings.streams.maxOpen = generation.descriptors.openStreams
        self.settings = settings
        self.isReplacement = isReplacement
        storage = generation.storage
        listeners = generation.doors.map {
            ($0.listener, generation.role(of: $0), generation.context(of: $0))
        }
        connectionLimit = generation.descriptors.connections
        certificates = generation.tls?.certificates ?? []
        authenticator = generation.authenticator
        self.counters = counters
    }

    /// Serves until the master says otherwise or is gone; returns the exit code.
    func run(_ child: Child) -> Int32 {
        let log = DiagnosticLog.logger("\(child.role)", settings)
        ProcessMemory.returnLargeBlocks()
        do {
            var limits = settings.httpLimits
            limits.connections = connectionLimit
            let worker = try Worker(
                settings, limits: limits, counters: counters, certificates: certificates,
                authenticator: authenticator, log: log, isReplacement: isReplacement
            ) { [storage, counters] name throws(RotatingFileError) in
                try storage.open(name, log, counters)
            }
            try serve(worker, limits, child)
            counters.set(.state, to: ProcessState.absent.rawValue)
            return 0
        } catch let error as RotatingFileError {
            counters.noteError("\(error)")
            log.report(.startFailed, "cannot work until this is mended: \(error)")
            return StartError.file(error).exitCode
        } catch {
            log.report(
                .loopFailed,
                "the loop has failed: \(error); the worker is replaced: look at the limits of open files and memory"
            )
            return 1
        }
    }

    private func serve(
        _ worker: Worker, _ limits: Limits, _ child: Child
    ) throws(Errno) {
        let server = try Server(
            limits: limits, handler: worker, fields: .service, proxies: settings.trustedProxies)
        for (listener, role, context) in listeners {
            server.listen(on: listener, as: role, speaking: context)
        }
        let startedAt = Clock.monotonicSeconds()
        let signals = try SignalQueue([SIGTERM, SIGINT, SIGQUIT, SIGUSR1])
        let drain = { [counters] in
            worker.service.isDraining = true
            counters.set(.state, to: ProcessState.draining.rawValue)
            // At a stop no new handshake begins any more, and those under way end soon; at a
            // reload others take them.
            server.drain(acceptingForMilliseconds: counters.isStopAnnounced ? 200 : 0)
        }
        try server.watch(signals.descriptor.rawValue) { () throws(Errno) in
            while let signal = try signals.next() {
                switch signal {
                case SIGTERM: drain()
                case SIGUSR1: worker.reopen()
                default: server.stop()
                }
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
            counters.noteUsage()
            retireIfDue(server, child, startedAt: startedAt)
            if counters.isStopAnnounced { server.announceClose() }
        }
        worker.bufferedByteCount = { [unowned server] in server.bufferedByteCount }
        server.onLoad = { [counters] counts in
            counters.set(.connections, to: Int64(counts.connections))
            counters.set(.requestsInFlight, to: Int64(counts.requestsInFlight))
        }
        server.mayAccept = { [counters] in
            ConnectionShare(
                counters.scoreboard, worker: counters.row, limit: limits.connections,
                now: Clock.monotonicSeconds()
            ).mayAccept
        }
        counters.set(.heartbeat, to: Clock.monotonicSeconds())
        counters.set(.state, to: ProcessState.running.rawValue)
        child.reports.send(.ready)
        try server.run()
        counters.set(.connections, to: 0)
        counters.set(.requestsInFlight, to: 0)
    }

    /// Asks for a successor when this process has served enough or grown too large.
    ///
    /// It is asked for each second until the master says TERM.
    private func retireIfDue(
        _ server: Server, _ child: Child, startedAt: Int64
    ) {
        let recycle = settings.recycle
        if let most = recycle.requestCount, server.requestCount >= Self.spread(most) {
            child.reports.send(.wantsSuccessor)
        } else if let most = recycle.memoryByteCount,
            Clock.monotonicSeconds() - startedAt >= Self.leastAgeSeconds,
            let used = ProcessMemory.privateByteCount(), used > most
        {
            child.reports.send(.wantsSuccessor)
        }
    }

    /// A tenth more or less, by the process, so that not all are replaced at the same time.
    private static func spread(_ count: Int) -> Int {
        count + count / 10 * (Int(getpid()) % 21 - 10) / 10
    }

    /// Where the limit is below what any worker needs, they do not replace each other without end.
    private static let leastAgeSeconds: Int64 = 10
}
