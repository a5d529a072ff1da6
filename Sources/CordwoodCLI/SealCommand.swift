import ArgumentParser
import Cordwood
import RotatingFile

/// `cordwood seal`: what the service's sealer does, once and now.
struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Compress the rotated files of a directory and remove the oldest, once, now.",
        discussion: """
            It can run beside a service: a file that another process has open is left for later. \
            Streams are known by their state pages, such as .app.log.state: files without one \
            stay as they are. Nothing is removed unless a limit is given, by a flag, by the \
            environment or by a configuration file; with a file, its defaults count too, and what \
            it says for single streams counts for those.

            Exit status: 0, 1 something failed, 66 the directory cannot be read, 78 a value is \
            wrong.
            """)

    @Argument(
        help: ArgumentHelp("The directory of the logs.", valueName: "directory"),
        completion: .directory)
    var directory: String

    @Option(
        help: ArgumentHelp(
            "The YAML file of the service; without it, the one that CORDWOOD_CONFIG names, if any.",
            valueName: "file"),
        completion: .configurations)
    var config: String?

    @Option(help: ArgumentHelp(Settings.withFlag("backup-count")?.help ?? "", valueName: "count"))
    var backupCount: String?

    @Option(help: ArgumentHelp(Settings.withFlag("max-age")?.help ?? "", valueName: "duration"))
    var maxAge: String?

    @Option(help: ArgumentHelp(Settings.withFlag("max-total-bytes")?.help ?? "", valueName: "size"))
    var maxTotalBytes: String?

    @Option(help: "How to compress, from 1, fastest, to 9, smallest.")
    var level: Int?

    func validate() throws {
        guard 1...9 ~= level ?? 1 else { throw ValidationError("--level must be from 1 to 9.") }
    }

    func run() throws {
        let (options, configuration) = try options()
        let report = try exitingUnlessListed { () throws(RotatingFileError) in
            try SealByHand.run(directory, options, configuration)
        }
        for failure in report.failures { complain(failure) }
        for line in SealByHand.lines(of: report, in: directory) { print(line) }
        if !report.failures.isEmpty { throw ExitCode.failure }
    }

    private func options() throws -> (Sealer.Options, Configuration) {
        let flags = [
            "backup-count": backupCount, "max-age": maxAge, "max-total-bytes": maxTotalBytes,
        ]
        let inputs = ConfigurationInputs(
            file: config, environment: ConfigurationInputs.processEnvironment(),
            flags: flags.compactMapValues { $0.map { [$0] } })
        let effective = try inputs.loadOrExit()
        var options = SealByHand.options(effective, hasFile: inputs.configurationFile != nil)
        if let level { options.compressionLevel = Int32(level) }
        return (options, effective.configuration)
    }
}
