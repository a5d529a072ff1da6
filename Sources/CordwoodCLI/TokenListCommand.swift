// SPDX-License-Identifier: Apache-2.0

import Access
import ArgumentParser
import Cordwood

/// `cordwood token list`: the tokens and their rights.
struct TokenListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the tokens: name, streams, rights and expiry.")

    @OptionGroup var options: TokenFileOptions

    func run() throws {
        let entries: [TokenFileEditor.Entry]
        let editor = try options.editor()
        do throws(TokenFileEditor.Failure) {
            entries = try editor.entries()
        } catch {
            throw error.complained()
        }
        let rows = entries.map { entry in
            [entry.name, entry.streams, Self.rights(entry), entry.expires ?? "never"]
        }
        let table = [["NAME", "STREAMS", "RIGHTS", "ENDS"]] + rows
        let widths = (0..<4).map { column in table.map { $0[column].count }.max() ?? 0 }
        for row in table {
            let cells = row.enumerated().map { column, text in
                column == 3
                    ? text : text + String(repeating: " ", count: widths[column] - text.count)
            }
            print(cells.joined(separator: "  "))
        }
    }

    private static func rights(_ entry: TokenFileEditor.Entry) -> String {
        let rights = (entry.mayWrite ? ["write"] : []) + (entry.isObserver ? ["observe"] : [])
        return rights.isEmpty ? "-" : rights.joined(separator: ",")
    }
}
