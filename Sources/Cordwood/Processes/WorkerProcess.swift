// SPDX-License-Identifier: Apache-2.0

import Access
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

    /// - Parameter isReplacement: whether the generation already serves.
    init(_ generation: Generation, _ counters: Counters, isReplacement: Bool) {
        var settings = generation.settings
        settings.streams.maxOpen = generation.descriptors.openStreams
        self.settings = settings
        self.isReplacement = isReplacement
        storage = generation.storage
        let bound = generation.listeners
        let tls = generation.secrets.tls
        listeners = bound.all.map {
            ($0.listener, bound.role(of: $0), bound.speaksTLS($0) ? tls : nil)
        }
        connectionLimit = generation.descriptors.connections
        certificates = tls?.certificates ?? []
        authenticator = generation.secrets.authenticator
        self.counters = counters
    }

    /// Serves until the master stops it or has ended; returns the exit code.
    func run(_ child: Child) -> Int32 {
        let log = DiagnosticLog.logger("\(child.position)", settings)
        ProcessMemory.returnLargeBlocks()
        do {
            var limits = settings.http
            limits.connections = connectionLimit
            let worker = try Worker(
                settings, limits: limits, counters: counters, certificates: certificates,
                authenticator: authenticator, log: log, isReplacement: isReplacement
            ) { [storage, counters] file throws(RotatingFileError) in
                try storage.open(file.name, log, counters)
            }
            try serve(worker, limits, child)
            counters.set(.state, to: ProcessState.absent.rawValue)
            return 0
        } catch let error as RotatingFileError {
            counters.noteError("\(error)")
            log.report(.startFailed, "cannot work until this is fixed: \(error)")
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
        worker.bufferedByteCount = { [unowned server] in server.bufferedByteCount }
        try watchStops(server, worker, child)
        try watchClock(server, child)
        shareConnections(server, limits)
        counters.set(.heartbeat, to: Clock.monotonicSeconds())
        counters.set(.state, to: ProcessState.running.rawValue)
        child.reports.send(.ready)
        try server.run()
        counters.set(.connections, to: 0)
        counters.set(.requestsInFlight, to: 0)
    }

    /// Signals, and the end of the master.
    private func watchStops(
        _ server: Server, _ worker: Worker, _ child: Child
    ) throws(Errno) {
        let drain = { [counters, unowned server] in
            worker.service.isDraining = true
            counters.set(.state, to: ProcessState.draining.rawValue)
            // At a stop no new handshake begins any more, and those under way end soon; after a
            // reload other workers accept the connections.
            server.drain(acceptingForMilliseconds: counters.isStopAnnounced ? 200 : 0)
        }
        let signals = try SignalQueue([SIGTERM, SIGINT, SIGQUIT, SIGUSR1])
        try server.watch(signals.descriptor.rawValue) { [unowned server] () throws(Errno) in
            while let signal = try signals.next() {
                switch signal {
                case SIGTERM: drain()
                case SIGUSR1: worker.reopen()
                default: server.stop()
                }
            }
        }
        // Its end stays readable for ever: once is enough.
        let lifeLine = child.lifeLine.number
        try server.watch(lifeLine) { [unowned server] () throws(Errno) in
            try server.unwatch(lifeLine)
            drain()
        }
    }

    /// What is due once a second.
    private func watchClock(_ server: Server, _ child: Child) throws(Errno) {
        let recycling = Recycling(
            settings.recycle, process: getpid(), startedAt: Clock.monotonicSeconds())
        let heartbeat = try Heartbeat()
        try server.watch(heartbeat.number) { [counters, unowned server] () throws(Errno) in
            try heartbeat.acknowledge()
            server.tick()
            counters.noteUsage()
            // Repeated each second until the master answers with TERM.
            if recycling.isDue(
                requestCount: server.requestCount, now: Clock.monotonicSeconds(),
                memory: ProcessMemory.privateByteCount)
            {
                child.reports.send(.wantsSuccessor)
            }
            if counters.isStopAnnounced { server.announceClose() }
        }
    }

    /// Records the load in the scoreboard, and accepts by what the other workers have recorded.
    private func shareConnections(_ server: Server, _ limits: Limits) {
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
    }
}
