// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a shell offers behind `cordwood`, asked of bash itself.
struct CompletesInAShellTests {
    /// Files and directories stand in the working directory: see `offers(for:)`.
    @Test(
        arguments: [
            ("cordwood se", ["seal", "serve"]),
            ("cordwood token r", ["revoke"]),
            ("cordwood serve --li", ["--listen"]),
            ("cordwood serve --config ", ["logs", "own.yaml"]),
            ("cordwood serve --directory ", ["logs"]),
            ("cordwood serve --ack ", ["fsync", "write"]),
            ("cordwood serve --log-format ", ["auto", "json", "text"]),
            ("cordwood schedule --when W", (0...6).map { "W\($0)" }),
            ("cordwood seal ", ["logs"]),
            ("cordwood verify ", ["logs"]),
            ("cordwood verify logs --config o", ["own.yaml"]),
            ("cordwood health --ca ", ["logs", "notes", "own.yaml"]),
            ("cordwood token list --file n", ["notes"]),
        ])
    func `it offers the allowed values`(line: String, offers: [String]) throws {
        #expect(try self.offers(for: line) == offers)
    }

    @Test(arguments: ["ack", "when", "log-level", "log-format"])
    func `every value that it offers is allowed`(flag: String) throws {
        let offers = try offers(for: "cordwood serve --\(flag) ")
        #expect(offers.count > 1)
        for offer in offers {
            #expect(try Binary.run(["check", "--\(flag)", offer]).status == 0, "\(offer)")
        }
    }

    @Test(arguments: ["zsh", "fish"])
    func `other shells have a script of their own`(shell: String) throws {
        let result = try Binary.run(["--generate-completion-script", shell])
        #expect(result.status == 0)
        #expect(result.output.contains("cordwood"))
    }

    /// What bash would show after a second Tab, sorted.
    private func offers(for line: String) throws -> [String] {
        let place = try LogDirectory(["notes": "", "own.yaml": ""])
        try FileManager.default.createDirectory(
            atPath: place.path + "/logs", withIntermediateDirectories: false)
        let script = try Binary.run(["--generate-completion-script", "bash"]).output
        let asking = """
            cd "$PLACE"
            COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=63
            read -ra COMP_WORDS <<<"$LINE"
            case $LINE in *' ') COMP_WORDS+=('') ;; esac
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _cordwood cordwood "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            [ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
            """
        let bash = try ChildProcess(
            program: "/bin/bash", arguments: ["-O", "extglob", "-s"],
            input: Data("\(script)\n\(asking)\n".utf8),
            environment: ["LINE": line, "PLACE": place.path]
        ).output()
        return Set(bash.split(separator: "\n").map(String.init)).sorted()
    }
}
