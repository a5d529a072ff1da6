// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration

/// How a command finds the configuration file of the service.
struct ServiceFile: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The YAML file of the service; without it, the file in CORDWOOD_CONFIG, or \
            \(ConfigurationInputs.standardPath), if it exists.
            """, valueName: "file"),
        completion: .configurations)
    var config: String?

    @Flag(name: .customLong("no-config"), help: "Read no configuration file.")
    var isWithoutFile = false

    /// The inputs of the configuration, including the environment of this process.
    ///
    /// - Parameter flags: values by the names of their flags.
    func inputs(flags: [String: [String]] = [:]) -> ConfigurationInputs {
        var environment = ConfigurationInputs.processEnvironment()
        if isWithoutFile { environment[ConfigurationEnvironment.fileVariable] = nil }
        return ConfigurationInputs(
            file: config, environment: environment,
            standardFile: isWithoutFile ? nil : ConfigurationInputs.standardPath, flags: flags)
    }

    /// The inputs for a command about the files in `directory`; nil: those of the configuration.
    func inputs(
        of directory: String?, flags: [String: [String]] = [:]
    ) -> ConfigurationInputs {
        let inputs = inputs(flags: flags)
        return directory.map(inputs.about) ?? inputs
    }

    /// Says on standard error which file was found, unless the command line names it.
    func announce(_ inputs: ConfigurationInputs) {
        guard config == nil, let file = inputs.configurationFile else { return }
        complain("the configuration is \(file)")
    }
}
