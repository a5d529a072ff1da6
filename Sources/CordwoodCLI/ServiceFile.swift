import ArgumentParser
import CordwoodConfiguration
import Glibc

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
    ///
    /// A file that nobody named counts only for the directory that it is about: the limits of a service
    /// must not remove the files of another one.
    func inputs(
        of directory: String?, flags: [String: [String]] = [:]
    ) -> ConfigurationInputs {
        var inputs = inputs(flags: flags)
        guard let directory, inputs.isStandard else { return inputs }
        let configured = (try? inputs.load())?.configuration.directory
        let isSame = configured.map { path(of: $0) == path(of: directory) } ?? false
        if !isSame { inputs.standardFile = nil }
        return inputs
    }

    private func path(of directory: String) -> String {
        guard let path = realpath(directory, nil) else { return directory }
        defer { free(path) }
        return String(cString: path)
    }

    /// Says on standard error which file was found, unless the command line names it.
    func announce(_ inputs: ConfigurationInputs) {
        guard config == nil, let file = inputs.configurationFile else { return }
        complain("the configuration is \(file)")
    }
}
