import ArgumentParser

/// The command `cordwood`.
@main
struct Cordwood: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cordwood", abstract: "Receive logs over HTTP and keep them as files.",
        subcommands: [
            ServeCommand.self, CheckCommand.self, ScheduleCommand.self, SealCommand.self,
            VerifyCommand.self, HealthCommand.self, StatusCommand.self, TokenCommand.self,
            VersionCommand.self,
        ])

    static func main() { runOnce() }
}
