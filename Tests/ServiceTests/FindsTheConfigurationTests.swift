// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Commands find the configuration file as the service does, and say which it is.
struct FindsTheConfigurationTests {
    /// Runs a command with a file that the environment names; `FILE` in the output is its path.
    private func run(
        _ arguments: [String], _ text: String
    ) throws -> (status: Int32, output: String, errors: String) {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("cordwood.yaml")
            let directory = scratch.appendingPathComponent("logs").path
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            try Data("directory: \(directory)\n\(text)".utf8).write(to: file)
            let result = try Binary.run(
                arguments, environment: ["CORDWOOD_CONFIG": file.path])
            func shown(_ text: String) -> String {
                text.replacingOccurrences(of: file.path, with: "FILE")
                    .replacingOccurrences(of: directory, with: "LOGS")
            }
            return (result.status, shown(result.output), shown(result.errors))
        }
    }

    @Test func `check prints the file, and only changed values where that is asked`() throws {
        let result = try run(["check", "--changed"], "rotation.when: H\n")
        #expect(result.status == 0 && result.errors.isEmpty)
        let lines = result.output.split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }
        #expect(lines[0] == "# The configuration file is FILE.")
        #expect(
            lines.dropFirst(2) == [
                "directory: LOGS # from FILE:1", "rotation:", "when: H # from FILE:2",
            ])
    }

    @Test(arguments: [["verify"], ["seal", "--dry-run"]])
    func `a command about files uses the directory of the configuration`(
        arguments: [String]
    ) throws {
        let result = try run(arguments, "")
        #expect(result.status == 0)
        #expect(result.errors == "cordwood: the configuration is FILE\n")
    }

    @Test func `no file is read if that is asked`() throws {
        let result = try run(["check", "--no-config", "--changed"], "nonsense: 1\n")
        #expect(result.status == 0)
        #expect(result.output.split(separator: "\n").count == 1)
        #expect(try run(["check"], "nonsense: 1\n").status == 78)
    }

    @Test func `schedule prints the schedule that counts, of all or of one stream`() throws {
        let text = """
            rotation: {utc: true, when: D}
            per_stream: {"audit*": {rotation: {when: H}}}

            """
        let from = ["schedule", "--from", "0", "--count", "1"]
        #expect(
            try run(from, text).output
                == "1970-01-02T00:00:00Z  closes  app.log.1970-01-01\n")
        #expect(
            try run(from + ["--stream", "audit-a"], text).output
                == "1970-01-01T01:00:00Z  closes  audit-a.log.1970-01-01_00\n")
        #expect(try run(["schedule", "--utc"], text).status == 64)
    }

    @Test func `serve takes a file without --config`() throws {
        let result = try run(["serve", "/nowhere/a.yaml"], "")
        #expect(result.status == 78)
        #expect(result.errors.contains("/nowhere/a.yaml"))
        #expect(try run(["serve", "a.yaml", "--config", "b.yaml"], "").status == 64)
    }

    @Test(arguments: [("sevre", "serve"), ("chekc", "check"), ("tokens", "token")])
    func `the command that was probably meant is named`(written: String, meant: String) throws {
        let result = try run([written], "")
        #expect(result.status == 64)
        #expect(result.errors.contains("Did you mean '\(meant)'?"))
    }
}
