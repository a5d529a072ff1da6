import ArgumentParser
import Cordwood

/// `cordwood version`: what to name in a report.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version and what it was built with.")

    func run() { print(Version.line) }
}
