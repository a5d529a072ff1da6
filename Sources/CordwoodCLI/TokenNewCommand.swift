import ArgumentParser
import Cordwood

/// `cordwood token new`: a new secret, and its line in the file.
struct TokenNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a token, and print its secret this once.",
        discussion: """
            The secret is all that it prints to standard output; where no file is configured, the \
            line for one comes behind it.

            Exit status: 0, 73 the file cannot be written, 78 it is wrong, or has a token of this \
            name.
            """)

    @Argument(help: "Who will use it: the name in logs, and the user of Basic.")
    var name: String

    @Option(
        help: ArgumentHelp(
            """
            The streams that it may write, patterns separated by commas; * for all, - for none. \
            Without it: all, or none with --observe.
            """,
            valueName: "a,b*"))
    var streams: String?

    @Flag(
        help: """
            It may ask for /health and /metrics where they want a token, and write only to what \
            --streams names.
            """)
    var observe = false

    @Option(help: ArgumentHelp("The day, in UTC, on which it ends.", valueName: "YYYY-MM-DD"))
    var expires: String?

    @OptionGroup var options: TokenFileOptions

    func run() throws {
        let token: NewToken
        do throws(NewToken.Refused) {
            token = try NewToken(
                name: name, streams: streams ?? (observe ? "-" : "*"), isObserver: observe,
                expires: expires)
        } catch {
            throw ValidationError("\(error).")
        }
        guard let path = try options.path() else {
            print(token.secret)
            print(token.line)
            complain(
                "no file of tokens is configured: put the second line into one, and name that with"
                    + " auth.tokens_file.")
            return
        }
        do throws(TokenFileEditor.Failure) {
            try TokenFileEditor(path: path).append(token)
        } catch {
            throw error.complained()
        }
        print(token.secret)
        complain("\(token.name) is in \(path); its secret is not kept anywhere.")
    }
}
