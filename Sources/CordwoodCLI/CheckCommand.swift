import ArgumentParser
import Cordwood

/// `cordwood check`: the effective configuration, or what is wrong with it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print the effective configuration and where each value came from.",
        discussion: """
            What it prints is a configuration file. Exit status: 0, or 78 and a sentence for each \
            mistake.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: ArgumentHelp("Print docs/configuration.md.", visibility: .hidden))
    var printReference = false

    func run() throws {
        print(
            printReference ? ConfigurationReference.page() : try options.inputs.loadOrExit().yaml(),
            terminator: "")
    }
}
