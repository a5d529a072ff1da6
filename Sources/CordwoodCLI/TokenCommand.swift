// SPDX-License-Identifier: Apache-2.0

import Access
import ArgumentParser
import Cordwood
import CordwoodConfiguration
import Glibc

/// `cordwood token`: the tokens that clients send.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Create, list and revoke tokens.",
        discussion: """
            A running service reads a changed file within seconds; see \
            docs/AUTHENTICATION.md.
            """,
        subcommands: [TokenNewCommand.self, TokenListCommand.self, TokenRevokeCommand.self])
}

/// The options that name the file of tokens.
struct TokenFileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file of tokens; by default the one in the service's configuration.",
            valueName: "file"),
        completion: .file())
    var file: String?

    @OptionGroup var service: ServiceFile

    /// Nil if none is configured.
    func path() throws -> String? {
        if let file { return file }
        let inputs = service.inputs()
        let path = try inputs.loadOrExit().configuration.auth.tokensFile
        service.announce(inputs)
        return path.isEmpty ? nil : path
    }

    func editor() throws -> TokenFileEditor {
        guard let path = try path() else {
            throw ValidationError(
                "No file of tokens is configured: give one with --file, or set auth.tokens_file.")
        }
        return TokenFileEditor(path: path)
    }
}

extension TokenFileEditor.Failure {
    /// Prints the mistake and returns its exit code.
    func complained() -> ExitCode {
        switch self {
        case .mistakes(let sentences):
            for sentence in sentences { complain("\(sentence).") }
            return ExitCode(EX_CONFIG)
        case .noSuchToken:
            complain("\(self).")
            return .failure
        case .system:
            complain("\(self).")
            return ExitCode(EX_CANTCREAT)
        }
    }
}
