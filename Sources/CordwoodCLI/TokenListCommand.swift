import ArgumentParser
import Cordwood

/// `cordwood token list`: who may do what.
struct TokenListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the tokens: name, streams, rights and end.")

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
            [
                entry.name, entry.streams, entry.isObserver ? "observe" : "-",
                entry.expires ?? "never",
            ]
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
}
