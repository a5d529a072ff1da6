// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import Glibc
import Inspection
import RotatingFile

/// `cordwood verify`: reads a directory and reports damage.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every line and every .gz of a directory and report damage.",
        discussion: """
            It only reads, and can run while a service writes there: an append or a compression \
            in progress is not damage.

            The configuration says which streams hold lines of text; without one, all hold JSON \
            objects.

            Exit status: 0 no damage, 1 damage, 66 the directory cannot be read, 78 the \
            configuration is wrong.
            """)

    @Argument(
        help: ArgumentHelp(
            "The directory of the logs; by default, that of the configuration.",
            valueName: "directory"),
        completion: .directory)
    var directory: String?

    @OptionGroup var service: ServiceFile

    @Flag(help: "All streams hold lines of text (streams.format: raw), not JSON objects.")
    var raw = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let inputs = service.inputs(of: directory)
        let found = try inputs.loadOrExit().configuration
        service.announce(inputs)
        let configuration = raw ? nil : found
        let directory = directory ?? found.directory
        var bar = ProgressBar()
        let verification = Verification(serviceDirectory: directory, configuration)
        let report = try exitingUnlessListed {
            () throws(RotatingFileError) in try verification.run { bar.show($0, of: $1) }
        }
        bar.clear()
        let listing = VerificationListing(report, of: directory)
        print(json ? listing.json() : listing.text(), terminator: "")
        if report.isDamaged { throw ExitCode.failure }
    }
}

/// Returns the result of `body`, which lists a directory first; if that fails, prints a sentence
/// and exits with status 66.
func exitingUnlessListed<R>(_ body: () throws(RotatingFileError) -> R) throws -> R {
    do {
        return try body()
    } catch {
        complain("\(error)")
        throw ExitCode(EX_NOINPUT)
    }
}
