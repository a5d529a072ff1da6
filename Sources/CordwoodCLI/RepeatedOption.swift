// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import Inspection

/// Options that occur more often than they count.
///
/// The parser uses only the last of them, so a part of a long line in a unit or a script would be
/// ignored silently.
struct RepeatedOption {
    /// The names that occur in `arguments` again, as they are written the second time.
    ///
    /// `--utc` and `--no-utc` are one option. A value never begins with two dashes, because the
    /// parser reads it as an option as well.
    static func names(in arguments: some Sequence<String>) -> [String] {
        var seen: Set<Substring> = []
        var again: [String] = []
        for argument in arguments {
            if argument == "--" { break }
            // A request for help is answered all the same.
            if ["--help", "-h"].contains(argument) { return [] }
            guard argument.hasPrefix("--") else { continue }
            let name = argument.prefix { $0 != "=" }
            let meaning = name.hasPrefix("--no-") ? "--" + name.dropFirst(5) : name
            if !seen.insert(meaning).inserted { again.append(String(name)) }
        }
        return again
    }

    /// The options of a command that are lists: every occurrence counts.
    static func lists(of command: any ParsableCommand.Type) -> Set<String> {
        let arguments = JSONValue(command._dumpHelp().utf8)?["command"]?["arguments"]?.items ?? []
        let names = arguments.filter { $0["isRepeating"] == .bool(true) }
            .flatMap { $0["names"]?.items ?? [] }
        return Set(names.compactMap { $0["name"]?.string.map { "--" + $0 } })
    }
}

extension ParsableCommand {
    /// Names the command that was probably meant.
    private static func checkCommand() throws {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let written = CommandLine.arguments.dropFirst().first, !written.hasPrefix("-"),
            !names.contains(written), let meant = Suggestion.nearest(to: written, among: names)
        else { return }
        throw ValidationError("There is no command '\(written)'. Did you mean '\(meant)'?")
    }

    /// Runs the command in the arguments of this process, unless an option occurs twice.
    static func runOnce() {
        do {
            try checkCommand()
            var command = try parseAsRoot()
            let names = RepeatedOption.names(in: CommandLine.arguments.dropFirst())
            if !names.isEmpty {
                let lists = RepeatedOption.lists(of: type(of: command))
                if let name = names.first(where: { !lists.contains($0) }) {
                    throw ValidationError(
                        "\(name) is given twice, or together with its opposite: give it once.")
                }
            }
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}
