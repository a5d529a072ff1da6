// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Inspection

/// `cordwood status`: the state of a running service, redrawn each second on a terminal.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the state of a running service.",
        discussion: """
            On a terminal it refreshes every second, with the rates of that second, until q or \
            Ctrl-C; elsewhere it prints once, with the rates since the start.

            Exit status: 0; 1 and a sentence if the service does not answer; 78 if no URL is \
            given, no service is found and the configuration is wrong.
            """)

    @OptionGroup var service: ServiceFile

    @Argument(
        help: """
            The service: http://host[:port], the same with https, or unix:path; by default the \
            first address of its configuration, of admin.listen before listen and tls.listen. \
            CORDWOOD_TOKEN may have a token with the right to observe.
            """)
    var url: String?

    @OptionGroup var trust: TrustOptions

    func run() throws {
        let source = StatusSource(
            try trust.apply(to: HealthTarget.of(url, orConfigured: service)))
        do throws(HealthProbe.Failure) {
            let first = try source.sample()
            if isatty(STDOUT_FILENO) == 1, isatty(STDIN_FILENO) == 1 {
                StatusScreen.show(source, first)
            } else {
                let lines = StatusView(of: source.name, nil, first).lines
                print(lines.joined(separator: "\n"))
            }
        } catch {
            complain("\(error).")
            throw ExitCode.failure
        }
    }
}
