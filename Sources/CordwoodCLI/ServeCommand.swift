// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Cordwood

/// `cordwood serve`: the service itself, in the foreground.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Receive logs over HTTP and write them until stopped.",
        discussion: """
            Every setting can also be a key of the YAML file or an environment variable: see \
            docs/configuration.md, or the output of `cordwood check`.

            Exit status: 0 stopped, 64 usage, 69 an address is in use, 73 a file cannot be \
            created, 78 the configuration is wrong.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Argument(
        help: ArgumentHelp(
            "The configuration file: --config does the same.", valueName: "file.yaml"),
        completion: .configurations)
    var file: String?

    func validate() throws {
        if file != nil, options.service.config != nil {
            throw ValidationError("The configuration file is given twice: give it once.")
        }
    }

    func run() throws {
        var inputs = options.inputs
        if let file { inputs.file = file }
        throw ExitCode(
            Service.run(
                try inputs.loadOrExit(), inputs, arguments: CommandLine.arguments))
    }
}
