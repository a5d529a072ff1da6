// SPDX-License-Identifier: Apache-2.0

import Access
import ArgumentParser
import Cordwood

/// `cordwood token new`: a new secret, and its line in the file.
struct TokenNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Create a token, and print its secret once.",
        discussion: """
            It prints only the secret to standard output; if no file is configured, the line for \
            one follows.

            Exit status: 0, 73 the file cannot be written, 78 it has a mistake, or a token with \
            this name.
            """)

    @Argument(help: "Its name, in logs and as the user of Basic.")
    var name: String

    @Option(
        help: ArgumentHelp(
            """
            The streams that it may write, patterns separated by commas; * for all, - for none. \
            Default: all, or none with --observe.
            """,
            valueName: "a,b*"))
    var streams: String?

    @Flag(
        help: """
            It may read /health and /metrics where they need a token, and write only the streams \
            of --streams.
            """)
    var observe = false

    @Option(help: ArgumentHelp("The day, in UTC, on which it expires.", valueName: "YYYY-MM-DD"))
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
