import CordwoodConfiguration
import Diagnostics
import Glibc
import HTTP
import Linux
import Logging
import Monitoring
import Prefork
import RotatingFile
import SystemPackage

/// The whole service: the configurations that are served one after the other, and what the
/// master's children do with them.
package final class Service {
    private let inputs: ConfigurationInputs
    private let program: Program
    private let lifeLine: LifeLine
    let scoreboard: Scoreboard
    /// What is served, and what is about to be.
    private(set) var serving: Generation
    private var incoming: Generation?
    /// Whether what is served has served: its workers are replaced from now on.
    private var hasServed = false
    private let notifier: ServiceNotifier
    /// Why what is about to be served was read.
    private var incomingReason = ReloadReason.request
    /// What was asked for by the last reload that failed, until one that brings as much does not.
    private var failedReason: ReloadReason?
    /// What an earlier program in this process has left; gone once the children are there.
    private var inheritance: Inheritance?

    /// Rows of the scoreboard: every child that lives, those who leave among them.
    private static let rowCount = 4096

    var log: Logger { serving.log }

    /// Runs the service that `inputs` describe until it is stopped.
    ///
    /// - Parameter arguments: what the program was started with, its name first.
    /// - Returns: the exit code, of sysexits.h where something failed.
    package static func run(
        _ configuration: EffectiveConfiguration, _ inputs: ConfigurationInputs,
        arguments: [String]
    ) -> Int32 {
        ProcessTitle.prepare()
        ProcessTitle.set("cordwood: master", name: "cordwood")
        let log = DiagnosticLog.logger("master", configuration.configuration)
        do {
            return try Service(configuration, inputs, arguments).serve()
        } catch {
            log.report(.startFailed, "\(error)")
            return error.exitCode
        }
    }

    private init(
        _ configuration: EffectiveConfiguration, _ inputs: ConfigurationInputs,
        _ arguments: [String]
    ) throws(StartError) {
        self.inputs = inputs
        program = Program(
            path: Program.path(ofCommand: arguments.first ?? "cordwood"), arguments: arguments,
            environment: inputs.environment.filter { $0.key != Handover.variable }
                .map { "\($0.key)=\($0.value)" })
        notifier = ServiceNotifier()
        ignoreWriteSignals()
        reserveStandardDescriptors()
        raiseDescriptorLimit()
        do {
            inheritance = try Inheritance(rowCount: Self.rowCount)
            lifeLine = try LifeLine()
            if let inherited = try inheritance?.takeScoreboard() {
                scoreboard = inherited
            } else {
                scoreboard = try Scoreboard(
                    rowCount: Self.rowCount, cellCount: CounterLayout.service.cellCount,
                    sharedCellCount: CounterLayout.sharedCellCount)
            }
        } catch {
            throw .system("set up shared memory", error)
        }
        let doors: [Generation.Door]
        if let inheritance { doors = inheritance.doors } else { doors = try Self.activatedDoors() }
        serving = try Generation(0, Self.settings(configuration, doors), reusing: doors)
    }

    /// The sockets that systemd has opened.
    private static func activatedDoors() throws(StartError) -> [Generation.Door] {
        let numbers: [Int32]
        do {
            numbers = try ActivatedSockets.take()
        } catch {
            throw .system("take over the sockets that LISTEN_FDS counts", error)
        }
        var doors: [Generation.Door] = []
        for number in numbers {
            do {
                let listener = try Listener(adopting: Descriptor(owning: number))
                doors.append(Generation.Door(endpoint: nil, listener: listener))
            } catch {
                throw .inherited(number, error)
            }
        }
        return doors
    }

    /// Whoever is handed a socket and is not told to listen elsewhere listens there alone.
    private static func settings(
        _ configuration: EffectiveConfiguration, _ doors: [Generation.Door]
    ) -> Configuration {
        var settings = configuration.configuration
        let isActivated = doors.contains { $0.endpoint == nil }
        if isActivated, configuration.source(of: "listen") == .builtIn { settings.listen = [] }
        return settings
    }

    private func serve() throws(StartError) -> Int32 {
        scoreboard.use(row: 0)
        set(.startedAt, to: Clock.monotonicSeconds())
        set(.startTime, to: Clock.epochSeconds())
        set(.servingGeneration, to: 0)
        set(.workersWanted, to: Int64(serving.settings.workerCount))
        set(.stopIsAnnounced, to: 0)
        set(.lastReloadFailed, to: 0)
        set(.reloadedAt, to: Clock.epochSeconds())
        Counters(scoreboard: scoreboard, row: 0).noteBeginning()
        log.report(
            .timeZone, "time zone \(serving.storage.zoneName): files are rotated by its clock")
        for door in serving.doors {
            log.report(
                .listening,
                "listening on \(serving.name(of: door)), writing to \(serving.storage.directory)"
            )
        }
        serving.warnOfDescriptorLimit()
        serving.warnOfCertificates()
        serving.warnOfDirectory()
        let master: Master
        do {
            master = try Master(
                self, first: serving.reload(after: inheritance?.files),
                rowCount: Self.rowCount, lifeLine: lifeLine,
                predecessors: inheritance?.children ?? [])
        } catch {
            throw .system("set up the master", error)
        }
        // Who reads it may send signals, which the master has begun to take.
        do {
            try serving.writePIDFile(after: nil)
        } catch {
            // An upgrade does not end what goes on well without.
            guard inheritance != nil else {
                serving.retire(keeping: nil)
                throw error
            }
            log.report(.pidFileFailed, "\(error)")
        }
        defer { serving.removePIDFile(keeping: nil) }
        do {
            let code = try master.run()
            log.report(.stopped, "stopped")
            return code
        } catch {
            serving.retire(keeping: nil)
            throw .system("run the master", error)
        }
    }

    private func set(_ cell: Cell, to value: Int64) { scoreboard[0, cell.rawValue] = value }

    func count(_ cell: Cell) { scoreboard.add(1, row: 0, cell: cell.rawValue) }
}

extension Service: Supervised {
    package func run(_ child: Child) -> Int32 {
        let mine = incoming?.number == child.generation ? incoming : serving
        guard let mine else { return StartError.internalCode }
        ProcessTitle.set("cordwood: \(child.role)")
        inheritance = nil
        incoming?.close(keeping: mine)
        serving.close(keeping: mine)
        mine.storage.useZone()
        SharedMapping.surviveLostPages()
        do {
            try mine.credentials?.drop()
        } catch {
            mine.log.report(.startFailed, "\(error)")
            return StartError.credentials(error).exitCode
        }
        let counters = Counters(scoreboard: scoreboard, row: child.row)
        switch child.role {
        case .worker(let number):
            counters.begin(.worker, number: number, generation: child.generation)
        case .sealer: counters.begin(.sealer, number: nil, generation: child.generation)
        }
        if child.role == .sealer {
            mine.close(keeping: nil)
            return SealerProcess(mine, counters).run(child)
        }
        let isReplacement = hasServed && mine.number == serving.number
        return WorkerProcess(mine, counters, isReplacement: isReplacement).run(child)
    }

    package func reload(generation: Int, for reason: ReloadReason) -> Reload? {
        notifier.reloading(status: "Reloading the configuration")
        incomingReason = reason
        let why: String
        do {
            let settings =
                reason == .renewal
                ? serving.settings : Self.settings(try inputs.load(isFirst: false), serving.doors)
            let next = try Generation(
                generation, settings, reusing: serving.doors, serving.tickets)
            do {
                try next.writePIDFile(after: serving)
            } catch {
                next.retire(keeping: serving)
                throw error
            }
            for door in next.doors
            where !serving.doors.contains(where: { $0.listener === door.listener }) {
                next.log.report(.listening, "listening on \(next.name(of: door))")
            }
            incoming = next
            return next.reload(after: inheritance?.files ?? serving.storage.identity)
        } catch let error as ConfigurationError {
            for mistake in error.mistakes { log.report(.reloadMistake, "\(mistake)") }
            why = error.mistakes.map { "\($0)" }.joined(separator: "; ")
        } catch {
            log.report(.reloadMistake, "\(error)")
            why = "\(error)"
        }
        serving.storage.useZone()
        reloadHasFailed(
            why,
            advice: reason == .renewal
                ? "fix the files: once they have changed they are read again"
                : "fix the configuration and send HUP again")
        return nil
    }

    /// - Parameter why: what `/health` and the status of the unit say; the log has said it already.
    private func reloadHasFailed(_ why: String, advice: String) {
        count(.reloadFailures)
        failedReason = max(failedReason ?? incomingReason, incomingReason)
        Counters(scoreboard: scoreboard, row: 0).noteReloadError(why)
        set(.lastReloadFailed, to: 1)
        // A status is one line: sd_notify(3).
        let line = why.split(whereSeparator: \.isNewline).joined(separator: " ")
        notifier.ready(status: "Serving; the last reload failed: \(line)")
        log.report(
            .reloadFailed, "the reload has failed and the earlier configuration goes on: \(advice)")
    }

    package func adopt(generation: Int) {
        hasServed = true
        if let inheritance { Generation.retire(inheritance.doors, keeping: serving) }
        inheritance = nil
        guard let next = incoming, next.number == generation else {
            notifier.ready(status: "Serving")
            return log.report(.ready, "ready")
        }
        serving.retire(keeping: next)
        serving.removePIDFile(keeping: next)
        serving = next
        incoming = nil
        for door in serving.doors where door.endpoint != nil {
            door.listener.adjust(
                backlog: Int32(serving.settings.limits.listenBacklog),
                mode: serving.settings.files.socketMode)
        }
        serving.warnOfDescriptorLimit()
        serving.warnOfCertificates()
        set(.servingGeneration, to: Int64(generation))
        count(.reloads)
        set(.reloadedAt, to: Clock.epochSeconds())
        noteReload(for: incomingReason)
    }

    /// A reload that brings less than the one that failed does not make up for it.
    private func noteReload(for reason: ReloadReason) {
        if let failedReason, failedReason > reason {
            notifier.ready(status: "Serving; the last reload of the configuration failed")
            return log.report(
                .reloadStillFailed,
                "the certificates and tokens have been read again, but the configuration that HUP asked for is not served: fix it and send HUP again"
            )
        }
        failedReason = nil
        notifier.ready(status: "Serving")
        set(.lastReloadFailed, to: 0)
        log.report(.reloaded, "the configuration has been reloaded")
    }

    package func abandon(generation: Int, code: Int32) {
        incoming?.retire(keeping: serving)
        incoming?.removePIDFile(keeping: serving)
        incoming = nil
        serving.storage.useZone()
        let why = scoreboard.startError(ofGeneration: generation)
        Counters(scoreboard: scoreboard, row: 0).forgetErrors(ofGeneration: generation)
        reloadHasFailed(
            why ?? "the new workers could not start (exit code \(code)): see the diagnostic log",
            advice: "see why the new workers could not start (exit code \(code))")
    }

    package func tryUpgrade() -> pid_t? {
        do {
            let trial = Program(
                path: program.path, arguments: Self.checking(program.arguments),
                environment: program.environment)
            return try trial.spawn()
        } catch {
            log.report(
                .upgradeFailed,
                "cannot upgrade: cannot start \(program.path): \(error); this version goes on: put a program there that runs and send USR2 again"
            )
            return nil
        }
    }

    /// `cordwood check` with the flags of `cordwood serve`.
    private static func checking(_ arguments: [String]) -> [String] {
        [arguments.first ?? "cordwood", "check"] + arguments.dropFirst(2)
    }

    package func upgrade(children: [Handover.Child]) {
        guard canServeAnew() else { return }
        log.report(.upgrading, "upgrading: starting \(program.path) in this process")
        notifier.reloading(status: "Upgrading")
        let error = Inheritance.leave(
            to: program, lifeLine, scoreboard, children: children, serving: serving)
        notifier.ready(status: "Serving; the upgrade failed: see the log")
        log.report(
            .upgradeFailed,
            "cannot upgrade: \(program.path): \(error); this version goes on: put a program there that runs and send USR2 again"
        )
    }

    /// Whether what the configuration asks for now could be opened.
    ///
    /// After the program has been replaced there is nothing to go back to. A configuration that
    /// only the new program understands is for that one to judge.
    private func canServeAnew() -> Bool {
        guard let effective = try? inputs.load(isFirst: false) else { return true }
        let settings = Self.settings(effective, serving.doors)
        defer { serving.storage.useZone() }
        do {
            let next = try Generation(serving.number, settings, reusing: serving.doors)
            defer { next.retire(keeping: serving) }
            try next.writePIDFile(after: serving)
            next.removePIDFile(keeping: serving)
            return true
        } catch {
            log.report(.upgradeFailed, "cannot upgrade: \(error); this version goes on")
            return false
        }
    }

    package func announceStop() {
        set(.stopIsAnnounced, to: 1)
        notifier.stopping(status: "Taking the last requests")
    }

    package func beginStop() {
        set(.stopIsAnnounced, to: 1)
        notifier.stopping(status: "Finishing the requests in flight")
        incoming?.removePIDFile(keeping: serving)
        incoming?.retire(keeping: serving)
        serving.retire(keeping: nil)
    }

    package func heartbeat(row: Int) -> Int64 { scoreboard[row, Cell.heartbeat.rawValue] }

    package func isRenewalDue() -> Bool {
        // What is about to be served has been read anew anyway.
        guard incoming == nil, serving.secrets.hasChanged() else { return false }
        log.report(
            .secretsChanged, "certificates or tokens have changed on the disk and are read again")
        return true
    }

    package func tick(_ state: MasterState) {
        set(.heartbeat, to: Clock.monotonicSeconds())
        Counters(scoreboard: scoreboard, row: 0).noteUsage()
        // It is asked for at most every second, which is as often as this is called.
        if notifier.watchdogIntervalNanoseconds != nil { notifier.watchdog() }
        set(.workersWanted, to: Int64(state.workerCount))
        set(.nextStart, to: state.nextStart ?? 0)
    }
}
