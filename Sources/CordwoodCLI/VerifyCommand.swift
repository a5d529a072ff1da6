import ArgumentParser
import Cordwood
import Glibc
import RotatingFile

/// `cordwood verify`: what of a directory can still be read.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every line and every .gz of a directory and report what is damaged.",
        discussion: """
            It only reads, and can run while a service writes there: what is being appended or \
            compressed at this moment is no damage.

            Exit status: 0 no damage, 1 damage, 66 the directory cannot be read.
            """)

    @Argument(help: ArgumentHelp("The directory of the logs.", valueName: "directory"))
    var directory: String

    @Flag(help: "The streams hold lines of text (streams.format: raw), not JSON objects.")
    var raw = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var bar = ProgressBar()
        let verification = Verification(serviceDirectory: directory, isRaw: raw)
        let report = try exitingUnlessListed {
            () throws(RotatingFileError) in try verification.run { bar.show($0, of: $1) }
        }
        bar.clear()
        let listing = VerificationListing(report, of: directory)
        print(json ? listing.json() : listing.text(), terminator: "")
        if report.isDamaged { throw ExitCode.failure }
    }
}

/// The result of `body`, which begins with listing a directory; if that fails, a sentence and exit
/// status 66.
func exitingUnlessListed<R>(_ body: () throws(RotatingFileError) -> R) throws -> R {
    do {
        return try body()
    } catch {
        complain("\(error)")
        throw ExitCode(EX_NOINPUT)
    }
}
