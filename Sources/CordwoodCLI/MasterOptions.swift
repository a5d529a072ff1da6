// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import Glibc
import Inspection

/// How a command finds the running service, and how long it waits.
struct MasterOptions: ParsableArguments {
    @OptionGroup var service: ServiceFile

    @Option(
        help: """
            The process id of the master; by default it is that of pid_file, or of the only service \
            that runs with this configuration.
            """)
    var pid: Int32?

    @Option(help: ArgumentHelp("The number of seconds to wait.", valueName: "seconds"))
    var timeout = 120

    func validate() throws {
        guard pid ?? 1 > 0 else { throw ValidationError("--pid must be a process id.") }
        guard timeout > 0 else { throw ValidationError("--timeout must be at least 1.") }
    }

    /// Finds the master and asks it; prints the result.
    func ask(
        _ question: (MasterRequest) throws(MasterRequest.Failure) -> String
    ) throws {
        try ask(master(), question)
    }

    func ask(
        _ master: RunningMaster, _ question: (MasterRequest) throws(MasterRequest.Failure) -> String
    ) throws {
        do throws(MasterRequest.Failure) {
            print(printable(try question(MasterRequest(to: master, waitingFor: timeout))))
        } catch {
            for sentence in error.sentences { complain(printable(sentence)) }
            throw ExitCode.failure
        }
    }

    func master() throws -> RunningMaster {
        let inputs = service.inputs()
        if let file = inputs.configurationFile, access(file, R_OK) != 0 {
            complain("cannot read \(file): \(String(cString: strerror(errno)))")
            throw ExitCode(EX_CONFIG)
        }
        // A reload is how a mistake in the file is reported, so it must not stop this command.
        let settings = (try? inputs.load())?.configuration ?? Configuration()
        do throws(RunningMaster.Failure) {
            return try RunningMaster.find(
                pid, pidFile: settings.pidFile, configuration: inputs.configurationFile,
                directory: settings.directory)
        } catch {
            complain(printable("\(error)"))
            throw ExitCode.failure
        }
    }

    /// The text of another process, without what could control a terminal.
    private func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.isControl ? "\u{FFFD}" : $0 }))
    }
}
