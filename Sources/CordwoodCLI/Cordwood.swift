// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Cordwood

/// The command `cordwood`.
@main
struct Cordwood: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cordwood", abstract: "Receive logs over HTTP and keep them as files.",
        version: Version.line,
        subcommands: [
            ServeCommand.self, CheckCommand.self, ReloadCommand.self, UpgradeCommand.self,
            StopCommand.self, ReopenCommand.self, HealthCommand.self, StatusCommand.self,
            ScheduleCommand.self, SealCommand.self, VerifyCommand.self, TokenCommand.self,
            DemoCommand.self, VersionCommand.self,
        ])

    static func main() { runOnce() }
}
