// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Diagnostics
import Glibc
import HTTP
import Linux
import Logging
import Monitoring
import Prefork
import SystemPackage

/// The service: it opens everything, then runs the master until the end.
package enum Service {
    /// Rows of the scoreboard: one for every living child, including children that are ending.
    private static let rowCount = 4096

    /// Runs the service that `inputs` describe until it is stopped.
    ///
    /// - Parameter arguments: those of this program, its name first.
    /// - Returns: the exit code, of sysexits.h if something failed.
    package static func run(
        _ configuration: EffectiveConfiguration, _ inputs: ConfigurationInputs,
        arguments: [String]
    ) -> Int32 {
        // The default of these is to end the process, and a command may find it by its title.
        try? SignalSet([SIGHUP, SIGUSR1, SIGUSR2]).block()
        ProcessTitle.prepare()
        ProcessTitle.set("cordwood: master", name: "cordwood")
        let log = DiagnosticLog.logger("master", configuration.configuration)
        do {
            return try serve(configuration, inputs, arguments)
        } catch {
            log.report(.startFailed, "\(error)")
            return error.exitCode
        }
    }

    private static func serve(
        _ configuration: EffectiveConfiguration, _ inputs: ConfigurationInputs,
        _ arguments: [String]
    ) throws(StartError) -> Int32 {
        ignoreWriteSignals()
        reserveStandardDescriptors()
        raiseDescriptorLimit()
        var inheritance: Inheritance?
        let lifeLine: LifeLine
        let scoreboard: Scoreboard
        do {
            inheritance = try Inheritance(rowCount: rowCount)
            lifeLine = try LifeLine()
            if let inherited = try inheritance?.takeScoreboard() {
                scoreboard = inherited
            } else {
                scoreboard = try Scoreboard(
                    rowCount: rowCount, cellCount: CounterLayout.service.cellCount,
                    sharedCellCount: CounterLayout.sharedCellCount)
            }
        } catch {
            throw .system("set up shared memory", error)
        }
        let open: [BoundListener]
        if let inheritance {
            open = inheritance.listeners
        } else {
            open = try BoundListeners.activated()
        }
        let first = try Generation(
            0, configuration.configuration(listeningOn: open), reusing: open)
        let predecessors = inheritance?.children
        let files = inheritance?.files
        let supervision = Supervision(
            Generations(first: first, inheritance), inputs, arguments, lifeLine, scoreboard)
        // `Generations` releases it; another reference would keep the predecessors' pipe open.
        inheritance = nil
        return try run(supervision, lifeLine, predecessors, writing: files)
    }

    /// - Parameters:
    ///   - predecessors: the children of an earlier program; nil if this is the first.
    ///   - files: `Storage.identity` of what the predecessors write.
    private static func run(
        _ supervision: Supervision, _ lifeLine: LifeLine, _ predecessors: [Handover.Child]?,
        writing files: String?
    ) throws(StartError) -> Int32 {
        supervision.begin()
        let first = supervision.serving
        let master: Master
        do {
            master = try Master(
                supervision, first: first.reload(after: files), rowCount: rowCount,
                lifeLine: lifeLine, predecessors: predecessors ?? [])
        } catch {
            throw .system("set up the master", error)
        }
        // A program that reads the file may send signals, which the master now receives.
        do {
            try first.writePIDFile(after: nil)
        } catch {
            // An upgrade does not end a service that works without the file.
            guard predecessors != nil else {
                first.retire(keeping: nil)
                throw error
            }
            first.log.report(.pidFileFailed, "\(error)")
        }
        defer { supervision.serving.removePIDFile(keeping: nil) }
        do {
            let code = try master.run()
            supervision.serving.log.report(.stopped, "stopped")
            return code
        } catch {
            supervision.serving.retire(keeping: nil)
            throw .system("run the master", error)
        }
    }
}

extension EffectiveConfiguration {
    /// The configuration; a service that has inherited sockets and no address to listen on of its
    /// own listens only on them.
    func configuration(listeningOn open: [BoundListener]) -> Configuration {
        var settings = configuration
        let isActivated = open.contains { $0.address == nil }
        if isActivated, source(of: "listen") == .builtIn { settings.listen = [] }
        return settings
    }
}
