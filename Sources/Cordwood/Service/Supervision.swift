// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Diagnostics
import Glibc
import Linux
import Logging
import Monitoring
import Prefork

/// The service as the master sees it: its configurations, its children and its end.
final class Supervision {
    private let inputs: ConfigurationInputs
    private let scoreboard: Scoreboard
    private let lifeLine: LifeLine
    /// The master's row.
    private let counters: Counters
    private let status: StatusReport
    private let upgrading: Upgrading
    private var reloading: Reloading
    private var generations: Generations

    /// - Parameter arguments: those of this program, its name first.
    init(
        _ generations: Generations, _ inputs: ConfigurationInputs, _ arguments: [String],
        _ lifeLine: LifeLine, _ scoreboard: Scoreboard
    ) {
        self.generations = generations
        self.inputs = inputs
        self.lifeLine = lifeLine
        self.scoreboard = scoreboard
        counters = Counters(scoreboard: scoreboard, row: 0)
        status = StatusReport(configuration: inputs.configurationFile)
        upgrading = Upgrading(inputs, arguments, status)
        reloading = Reloading(counters, status)
    }

    var serving: Generation { generations.serving }

    private var log: Logger { serving.log }

    /// Logs and records the start.
    func begin() {
        scoreboard.use(row: 0)
        counters.set(.startedAt, to: Clock.monotonicSeconds())
        counters.set(.startTime, to: Clock.epochSeconds())
        counters.set(.servingGeneration, to: 0)
        counters.set(.workersWanted, to: Int64(serving.settings.workerCount))
        counters.set(.stopIsAnnounced, to: 0)
        counters.set(.lastReloadFailed, to: 0)
        counters.set(.reloadedAt, to: Clock.epochSeconds())
        counters.noteBeginning()
        let stream = serving.settings.streams.defaultStream
        log.report(.timeZone, "\(serving.storage.summary(of: stream))")
        for bound in serving.listeners.all { serving.reportListening(bound) }
        serving.warnOfDescriptorLimit()
        serving.warnOfCertificates()
        serving.warnOfDirectory()
    }
}

extension Supervision: Supervised {
    func run(_ child: Child) -> Int32 {
        ProcessTitle.set("cordwood: \(child.position)")
        status.withdraw()
        let (generation, isReplacement) = generations.enter(child.generation)
        SharedMapping.surviveLostPages()
        do {
            try generation.credentials?.drop()
        } catch {
            generation.log.report(.startFailed, "\(error)")
            return StartError.credentials(error).exitCode
        }
        guard let role = ProcessRole.named(child.position.role) else {
            return StartError.internalCode
        }
        let counters = Counters(scoreboard: scoreboard, row: child.row)
        counters.begin(role.row, number: child.position.number, generation: child.generation)
        if !role.listens { generation.close(keeping: nil) }
        return role.run(child, generation, counters, isReplacement)
    }

    // MARK: Reloads

    func reload(generation: Int, for reason: ReloadReason) -> Reload? {
        reloading.begin(reason)
        let mistakes: [String]
        do {
            let next = try prepare(generation, for: reason)
            let writing = generations.writing
            generations.prepare(next)
            return next.reload(after: writing)
        } catch let error as ConfigurationError {
            mistakes = error.mistakes.map { "\($0)" }
        } catch {
            mistakes = ["\(error)"]
        }
        serving.storage.useZone()
        reloading.fail(mistakes, log)
        return nil
    }

    private func prepare(_ number: Int, for reason: ReloadReason) throws -> Generation {
        let open = serving.listeners.all
        let settings =
            reason == .renewal
            ? serving.settings : try inputs.load(isFirst: false).configuration(listeningOn: open)
        let next = try Generation(number, settings, reusing: open, after: serving)
        do {
            try next.writePIDFile(after: serving)
        } catch {
            next.retire(keeping: serving)
            throw error
        }
        for bound in next.listeners.without(serving.listeners) {
            next.reportListening(bound)
        }
        return next
    }

    func adopt(generation: Int) {
        guard generations.adopt(generation) else {
            status.serving("Serving", serving)
            return log.report(.ready, "ready")
        }
        serving.warnOfDescriptorLimit()
        serving.warnOfCertificates()
        reloading.succeed(serving)
    }

    func abandon(generation: Int, code: Int32) {
        generations.abandon()
        let why = scoreboard.startError(ofGeneration: generation)
        counters.forgetErrors(ofGeneration: generation)
        reloading.fail(why, exitCode: code, log)
    }

    func isRenewalDue() -> Bool {
        // The incoming generation has just read them.
        guard generations.incoming == nil, serving.secrets.haveChanged() else { return false }
        log.report(
            .secretsChanged, "certificates or tokens have changed on the disk and are read again")
        return true
    }

    // MARK: Upgrades

    func tryUpgrade() -> pid_t? { upgrading.tryProgram(log) }

    func upgrade(children: [Handover.Child]) {
        guard canServeAgain() else { return }
        upgrading.become(lifeLine, scoreboard, children: children, serving: serving)
    }

    /// Whether the current configuration can be opened, because after `execve` there is no way back.
    ///
    /// A configuration that only the new program understands is left to that program.
    private func canServeAgain() -> Bool {
        guard let effective = try? inputs.load(isFirst: false) else { return true }
        let open = serving.listeners.all
        let settings = effective.configuration(listeningOn: open)
        defer { serving.storage.useZone() }
        do {
            let next = try Generation(serving.number, settings, reusing: open)
            defer { next.retire(keeping: serving) }
            try next.writePIDFile(after: serving)
            next.removePIDFile(keeping: serving)
            return true
        } catch {
            upgrading.fail("\(error)", log)
            return false
        }
    }

    // MARK: The end

    func announceStop() {
        counters.set(.stopIsAnnounced, to: 1)
        status.stopping("Accepting the last requests")
    }

    func beginStop() {
        counters.set(.stopIsAnnounced, to: 1)
        status.stopping("Finishing the requests in flight")
        generations.retire()
    }

    // MARK: Each second

    func heartbeat(row: Int) -> Int64 { scoreboard[row, .heartbeat] }

    func tick(_ state: MasterState) {
        counters.set(.heartbeat, to: Clock.monotonicSeconds())
        counters.noteUsage()
        status.heartbeat()
        counters.set(.workersWanted, to: Int64(state.count(of: RowRole.worker.name)))
        counters.set(.nextStart, to: state.nextStart ?? 0)
    }

    func note(_ event: Master.Event) {
        if case .upgradeRefused(let ending) = event {
            status.failUpgrade("the new program \(ending) when it checked the configuration")
        }
        MasterEvents(
            counters, log, watchdogSeconds: serving.settings.timeouts.watchdogSeconds
        ).note(event)
    }
}
