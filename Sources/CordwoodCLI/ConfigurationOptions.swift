// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import Glibc

/// The flags that change a configuration, the same for every command that reads one.
///
/// All of them are text here: the table of settings checks them, as it does files and variables.
struct ConfigurationOptions: ParsableArguments {
    @OptionGroup var service: ServiceFile

    @Argument(
        help: ArgumentHelp(
            "The configuration file: --config does the same.", valueName: "file.yaml"),
        completion: .configurations)
    var file: String?

    @Option(help: help("listen", "address:port"))
    var listen: [String] = []

    @Option(help: help("directory", "path"), completion: .directory)
    var directory: String?

    @Option(help: help("workers", "count"))
    var workers: String?

    @Option(help: help("ack", "write|fsync"), completion: .list(["write", "fsync"]))
    var ack: String?

    @Option(help: help("when", "S|M|H|D|MIDNIGHT|W0…W6"), completion: .units)
    var when: String?

    @Option(help: help("interval", "count"))
    var interval: String?

    @Option(help: help("at", "HH:MM[:SS]"))
    var at: String?

    @Flag(inversion: .prefixedNo, help: help("utc"))
    var utc: Bool?

    @Option(help: help("timezone", "Area/City"))
    var timezone: String?

    @Flag(inversion: .prefixedNo, help: help("aligned"))
    var aligned: Bool?

    @Option(help: help("backup-count", "count"))
    var backupCount: String?

    @Option(help: help("max-age", "duration"))
    var maxAge: String?

    @Option(help: help("max-bytes", "size"))
    var maxBytes: String?

    @Option(help: help("max-total-bytes", "size"))
    var maxTotalBytes: String?

    @Flag(inversion: .prefixedNo, help: help("compression"))
    var compression: Bool?

    @Option(help: help("log-level", "level"), completion: .levels)
    var logLevel: String?

    @Option(
        help: help("log-format", "auto|text|json"), completion: .list(["auto", "text", "json"]))
    var logFormat: String?

    /// The inputs of the configuration, including the environment of this process.
    var inputs: ConfigurationInputs {
        let single = [
            "directory": directory, "workers": workers, "ack": ack, "when": when,
            "interval": interval, "at": at, "utc": utc.map { "\($0)" }, "timezone": timezone,
            "aligned": aligned.map { "\($0)" }, "backup-count": backupCount, "max-age": maxAge,
            "max-bytes": maxBytes, "max-total-bytes": maxTotalBytes,
            "compression": compression.map { "\($0)" },
            "log-level": logLevel, "log-format": logFormat,
        ]
        var flags = single.compactMapValues { $0.map { [$0] } }
        if !listen.isEmpty { flags["listen"] = listen }
        var inputs = service.inputs(flags: flags)
        if let file { inputs.file = file }
        return inputs
    }

    func validate() throws {
        if file != nil, service.config != nil {
            throw ValidationError("The configuration file is given twice: give it once.")
        }
    }

    private static func help(_ flag: String, _ valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp(Settings.withFlag(flag)?.help ?? "", valueName: valueName)
    }
}

extension ConfigurationInputs {
    /// The configuration; if it is wrong, a sentence for each mistake and exit status 78.
    func loadOrExit() throws -> EffectiveConfiguration {
        do throws(ConfigurationError) {
            return try load()
        } catch {
            for mistake in error.mistakes { complain("\(mistake)") }
            throw ExitCode(EX_CONFIG)
        }
    }
}

/// Prints a mistake to standard error.
func complain(_ sentence: String) {
    let line = "cordwood: \(sentence)\n"
    // A closed standard error must not stop the command.
    _ = line.utf8CString.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
}
