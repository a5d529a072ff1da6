// SPDX-License-Identifier: Apache-2.0

import Access
import ArgumentParser
import Cordwood

/// `cordwood token revoke`: removes a token.
struct TokenRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Remove a token from the file.",
        discussion: "Exit status: 0, 1 no token has this name, 73 the file cannot be written.")

    @Argument(help: "The name of the token.")
    var name: String

    @OptionGroup var options: TokenFileOptions

    func run() throws {
        let editor = try options.editor()
        do throws(TokenFileEditor.Failure) {
            try editor.remove(name)
        } catch {
            throw error.complained()
        }
        complain("\(name) is revoked.")
    }
}
