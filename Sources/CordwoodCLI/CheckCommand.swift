// SPDX-License-Identifier: Apache-2.0

import Access
import ArgumentParser
import Cordwood
import CordwoodConfiguration
import Glibc
import Inspection

/// `cordwood check`: the effective configuration, or its mistakes.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print the effective configuration and the origin of each value.",
        discussion: """
            The output is a configuration file. Exit status: 0, or 78 and a sentence for each \
            mistake.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print only the values that are not defaults.")
    var changed = false

    @Flag(help: ArgumentHelp("Print docs/configuration.md.", visibility: .hidden))
    var printReference = false

    @Flag(help: "Print a JSON Schema of the YAML file, for editors.")
    var schema = false

    func run() throws {
        if schema { return print(ConfigurationSchema.document(), terminator: "") }
        if printReference { return print(ConfigurationReference.page(), terminator: "") }
        let inputs = options.inputs
        let configuration = try inputs.loadOrExit()
        let certificates = CertificateCheck(configuration)
        for mistake in certificates.mistakes { complain("\(mistake)") }
        for warning in certificates.warnings { complain("warning: \(warning).") }
        let tokensFile = configuration.configuration.auth.tokensFile
        let mistakesInTokens = tokensFile.isEmpty ? [] : TokenFile.mistakes(inFileAt: tokensFile)
        for mistake in mistakesInTokens { complain("\(mistake).") }
        let zone = ZoneCheck(configuration)
        if let mistake = zone.mistake { complain("\(mistake).") }
        guard certificates.mistakes.isEmpty, mistakesInTokens.isEmpty, zone.mistake == nil else {
            throw ExitCode(EX_CONFIG)
        }
        if let file = inputs.configurationFile { print("# The configuration file is \(file).") }
        print("# Files are rotated by the clock of the time zone \(zone.name).")
        print(configuration.yaml(onlyChanged: changed), terminator: "")
    }
}
