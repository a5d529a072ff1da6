// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Cordwood

/// `cordwood version`: the facts for a report.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version and the libraries it was built with.")

    func run() { print(Version.line) }
}
