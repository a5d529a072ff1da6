// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Diagnostics
import Glibc
import Linux
import Logging
import Prefork

/// The upgrade: another program in the same process, with the same sockets.
struct Upgrading {
    private let program: Program
    private let status: StatusReport

    /// - Parameter arguments: those of this program, its name first.
    init(_ inputs: ConfigurationInputs, _ arguments: [String], _ status: StatusReport) {
        self.status = status
        program = Program(
            path: Program.path(ofCommand: arguments.first ?? "cordwood"), arguments: arguments,
            environment: inputs.environment.filter { $0.key != Handover.variable }
                .map { "\($0.key)=\($0.value)" })
    }

    /// Starts a process in which the program's file checks the configuration.
    ///
    /// - Returns: nil if it cannot be started.
    func tryProgram(_ log: Logger) -> pid_t? {
        let trial = Program(
            path: program.path, arguments: Self.checking(program.arguments),
            environment: program.environment)
        do {
            return try trial.spawn()
        } catch {
            fail("cannot start \(program.path): \(error)", log, advice: Self.advice)
            return nil
        }
    }

    /// `cordwood check` with the flags of `cordwood serve`.
    static func checking(_ arguments: [String]) -> [String] {
        [arguments.first ?? "cordwood", "check"] + arguments.dropFirst(2)
    }

    /// Becomes the program; returns only if that fails.
    func become(
        _ lifeLine: LifeLine, _ scoreboard: Scoreboard, children: [Handover.Child],
        serving: Generation
    ) {
        serving.log.report(.upgrading, "upgrading: starting \(program.path) in this process")
        status.upgrading()
        let error = Inheritance.leave(
            to: program, lifeLine, scoreboard, children: children, serving: serving)
        status.serving("Serving; the upgrade failed: see the log")
        fail("\(program.path): \(error)", serving.log, advice: Self.advice)
    }

    /// The upgrade has failed, and this program continues.
    func fail(_ mistake: String, _ log: Logger, advice: String = "") {
        status.failUpgrade(mistake)
        log.report(
            .upgradeFailed, "cannot upgrade: \(mistake); this version continues\(advice)")
    }

    private static let advice = ": put a working program there and send USR2 again"
}
