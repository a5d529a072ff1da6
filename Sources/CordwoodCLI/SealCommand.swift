// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import Inspection
import RotatingFile

/// `cordwood seal`: the work of the service's sealer, once and now.
struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Compress the rotated files of a directory and remove the oldest, once, now.",
        discussion: """
            It can run beside a service: a file that another process has open is left for later. \
            It recognises streams by their state pages, such as .app.log.state: files without one \
            stay as they are. It removes nothing unless a flag, the environment or a \
            configuration file sets a limit; with a file, its defaults count too.

            The limits of a stream in per_stream count whatever the flags say: they come from \
            --config, or from the ledgers that the service keeps beside its logs. --force applies \
            the flags all the same. Use --dry-run first to see what would be removed, and why.

            Exit status: 0, 1 something failed, 66 the directory cannot be read, 78 a value is \
            wrong.
            """)

    @Argument(
        help: ArgumentHelp(
            "The directory of the logs; by default, that of the configuration.",
            valueName: "directory"),
        completion: .directory)
    var directory: String?

    @OptionGroup var service: ServiceFile

    @Option(help: ArgumentHelp(Settings.withFlag("backup-count")?.help ?? "", valueName: "count"))
    var backupCount: String?

    @Option(help: ArgumentHelp(Settings.withFlag("max-age")?.help ?? "", valueName: "duration"))
    var maxAge: String?

    @Option(help: ArgumentHelp(Settings.withFlag("max-total-bytes")?.help ?? "", valueName: "size"))
    var maxTotalBytes: String?

    @Option(help: "The level of compression, from 1, fastest, to 9, smallest.")
    var level: Int?

    @Option(
        name: .customLong("stream"),
        help: ArgumentHelp(
            "Only this stream and its rejected records; may be repeated.",
            valueName: "name"))
    var streams: [String] = []

    @Flag(help: "Only print what would be sealed and removed, and why.")
    var dryRun = false

    @Flag(help: "Apply the limits also to streams with limits of their own.")
    var force = false

    func validate() throws {
        guard 1...9 ~= level ?? 1 else { throw ValidationError("--level must be from 1 to 9.") }
        for name in streams where !SealByHand.isStream(name) {
            throw ValidationError("--stream must be the name of a stream, without .log.")
        }
    }

    func run() throws {
        let request = try request()
        let report = try exitingUnlessListed { () throws(RotatingFileError) in
            try SealByHand.run(request)
        }
        for failure in report.failures { complain(failure) }
        for line in SealByHand.lines(of: report, request) { print(line) }
        if !report.failures.isEmpty { throw ExitCode.failure }
    }

    private func request() throws -> SealByHand.Request {
        let flags = [
            "backup-count": backupCount, "max-age": maxAge, "max-total-bytes": maxTotalBytes,
        ]
        let inputs = service.inputs(
            of: directory, flags: flags.compactMapValues { $0.map { [$0] } })
        let effective = try inputs.loadOrExit()
        service.announce(inputs)
        var options = SealByHand.options(effective, hasFile: inputs.configurationFile != nil)
        if let level { options.compressionLevel = Int32(level) }
        var request = SealByHand.Request(
            directory: directory ?? effective.configuration.directory, options: options,
            configuration: effective.configuration,
            hasFile: inputs.configurationFile != nil)
        request.streams = streams
        request.isForced = force && SealByHand.hasGivenLimit(effective)
        request.isDryRun = dryRun
        return request
    }
}
