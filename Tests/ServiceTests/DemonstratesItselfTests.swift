// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cordwood demo`, as a new user starts it.
struct DemonstratesItselfTests {
    /// A running demonstration, and what it has printed so far.
    private final class Demo {
        let process = Process()
        private let output: URL

        init(_ scratch: URL, _ arguments: [String]) throws {
            output = scratch.appendingPathComponent("output")
            try Data().write(to: output)
            process.executableURL = URL(fileURLWithPath: Program.cordwood)
            process.arguments = ["demo"] + arguments
            // The settings of a service of the user's do not count.
            process.environment = ChildProcess.inherited.merging(
                ["TMPDIR": scratch.path, "CORDWOOD_WORKERS": "wrong"]
            ) { $1 }
            process.standardOutput = try FileHandle(forWritingTo: output)
            try process.runUnblocked()
        }

        var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

        func port() throws -> UInt16 {
            try eventually("the address", within: 30) {
                text.firstMatch(of: /127\.0\.0\.1:([0-9]+)\/ui/).flatMap { UInt16($0.output.1) }
            }
        }
    }

    @Test func `it shows the page, counts its records at the end and leaves nothing`() throws {
        try Scratch.with { scratch in
            let demo = try Demo(scratch, [])
            defer { demo.process.terminate() }
            let port = try demo.port()
            try eventually("records of three streams", within: 30) {
                let connection = try Connection(port: port)
                try connection.send(Request.bytes("GET", "/ui/streams"))
                let text = try connection.response()?.text ?? ""
                return ["web", "shop", "jobs"].allSatisfy { text.contains("\"\($0)\"") }
            }
            kill(demo.process.processIdentifier, SIGINT)
            demo.process.waitUntilExit()
            #expect(demo.process.terminationStatus == 0, "\(demo.text)")
            let counts = try #require(
                demo.text.firstMatch(
                    of: /acknowledged ([0-9]+) records, found ([0-9]+) in .*; rejected ([0-9]+)/),
                "\(demo.text)")
            #expect(counts.output.1 == counts.output.2)
            #expect(throws: (any Error).self) { try Connection(port: port) }
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
            #expect(left == ["output"])
        }
    }

    @Test func `its files can be kept, and its service ends with it`() throws {
        try Scratch.with { scratch in
            let directory = scratch.appendingPathComponent("logs")
            let demo = try Demo(scratch, ["--directory", directory.path])
            let port = try demo.port()
            try eventually("a record", within: 30) {
                FileManager.default.fileExists(atPath: directory.path + "/web.log")
            }
            kill(demo.process.processIdentifier, SIGKILL)
            demo.process.waitUntilExit()
            try eventually("the end of the service", within: 30) {
                (try? Connection(port: port)) == nil
            }
            #expect(try Binary.run(["verify", directory.path]).status == 0)
        }
    }

    @Test func `a directory with files is left alone, and the end of its service is reported`()
        throws
    {
        try Scratch.with { scratch in
            let directory = scratch.appendingPathComponent("logs")
            let demo = try Demo(scratch, ["--directory", directory.path])
            let port = try demo.port()
            let stopped = try eventually("the service is found and stopped", within: 30) {
                let children = try String(
                    contentsOfFile:
                        "/proc/\(demo.process.processIdentifier)/task/\(demo.process.processIdentifier)/children",
                    encoding: .utf8)
                return pid_t(children.prefix { $0.isNumber })
            }
            kill(stopped, SIGKILL)
            try eventually("the end of the demonstration", within: 10) {
                !demo.process.isRunning
            }
            #expect(demo.process.terminationStatus == 1)
            #expect(port > 0)
            let again = try Binary.run(["demo", "--directory", directory.path])
            #expect(again.status == 64)
            #expect(again.errors.contains("is not empty"), "\(again.errors)")
        }
    }
}
