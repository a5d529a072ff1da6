import ArgumentParser
import Cordwood

/// `cordwood token revoke`: a token that is not good any more.
struct TokenRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a token out of the file.",
        discussion: "Exit status: 0, 1 there is none of this name, 73 the file cannot be written.")

    @Argument(help: "Whose token it is.")
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
