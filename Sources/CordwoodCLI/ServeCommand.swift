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

    func run() throws {
        let inputs = options.inputs
        throw ExitCode(
            Service.run(
                try inputs.loadOrExit(), inputs, arguments: CommandLine.arguments))
    }
}
