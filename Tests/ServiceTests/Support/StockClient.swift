// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A client that knows nothing of Cordwood: a script in `Clients/protocols` that sends through it.
struct StockClient: CustomTestStringConvertible {
    let script: String
    let arguments: [String]
    /// The environment that `.ci/packages` makes for it.
    let environment: String

    init(_ script: String, _ arguments: [String] = [], in environment: String = "python") {
        self.script = script
        self.arguments = arguments
        self.environment = environment
    }

    var testDescription: String { ([script] + arguments).joined(separator: " ") }

    /// Whether `.ci/packages` has been run.
    static let areInstalled = ["python", "otlp-json"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: interpreter(of: $0))
    }

    static func interpreter(of environment: String) -> String {
        Repository.file(".build/clients/\(environment)/bin/python3").path
    }

    /// Numbers of records, and what the client said.
    struct Report: Decodable {
        /// By the client's own word: sent, delivered, given up, and those of which it says nothing.
        let sent: Int
        let accepted: Int
        let failed: Int
        let silent: Int
        /// In the files of the stream.
        let found: Int
        let lost: Int
        let doubled: Int
        let rejected: Int
        /// Members that are not as they were sent.
        let wrong: [String]
        let said: [String: Int]
    }

    /// Sends, and returns what became of it.
    ///
    /// - Parameters:
    ///   - path: what stands before the paths of the protocol.
    ///   - stream: where the records are looked for.
    func send(
        _ count: Int = 200, to service: RunningService, at path: String = "",
        stream: String = "app"
    ) throws -> Report {
        try start(count, to: service, at: path, stream: stream).finish()
    }

    func start(
        _ count: Int = 200, to service: RunningService, at path: String = "",
        stream: String = "app"
    ) throws -> Sending {
        let output = service.directory.deletingLastPathComponent()
            .appendingPathComponent("client-\(UUID().uuidString)")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.interpreter(of: environment))
        process.arguments =
            [
                "-B", Program.client("protocols/\(script)"),
                "http://127.0.0.1:\(service.port)\(path)", "\(count)", "--directory",
                service.directory.path, "--stream", stream,
            ] + arguments
        process.environment = ChildProcess.inherited
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.runUnblocked()
        return Sending(process: process, output: output)
    }

    /// A client at work.
    struct Sending {
        let process: Process
        let output: URL

        func finish(within seconds: Double = 180) throws -> Report {
            try eventually("the end of the client", within: seconds) { !process.isRunning }
            let data = try Data(contentsOf: output)
            guard process.terminationStatus == 0 else {
                throw ChildProcess.Failure(
                    description: "exit \(process.terminationStatus): "
                        + String(decoding: data, as: UTF8.self))
            }
            return try JSONDecoder().decode(Report.self, from: data)
        }

        func kill() {
            if process.isRunning { _ = Glibc.kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
    }

    /// Plays clients that no package brings, and returns what was not as they demand it, of each.
    ///
    /// - Parameter family: a module in `Clients/protocols/replays`.
    static func replay(
        _ family: String, to service: RunningService, at path: String = "",
        stream: String = "app", token: String = ""
    ) throws -> [String: [String]] {
        let output = try ChildProcess(
            program: interpreter(of: "python"),
            arguments: [
                "-B", Program.client("protocols/replays/replay.py"), family,
                "http://127.0.0.1:\(service.port)\(path)", "--directory", service.directory.path,
                "--stream", stream, "--token", token,
            ]
        ).output()
        return try JSONDecoder().decode([String: [String]].self, from: Data(output.utf8))
    }
}

extension StockClient.Report {
    /// All was delivered by the client's own word, and stands there once, as it was sent.
    func expectAll(_ count: Int = 200) {
        #expect(sent == count && failed == 0)
        #expect(found == count && lost == 0 && doubled == 0 && rejected == 0)
        #expect(wrong == [])
        #expect(failed == 0, "\(said)")
    }
}

/// A service that answers 503 until it is told otherwise.
enum Overload {
    static func run(
        _ body: (RunningService, _ end: () throws -> Void) throws -> Void
    ) throws {
        let full = "listen: 127.0.0.1:0\ndisk: {min_free: 1000TiB}\n"
        let starting = "listen: 127.0.0.1:0\n"
        try RunningService.run(configuration: starting) { service in
            try service.configure(full)
            try service.reload()
            try eventually("readiness ends") { try service.get("/readyz").status == 503 }
            try body(service) {
                try service.configure(starting)
                try service.reload()
            }
        }
    }

    /// Waits until `count` requests more have been answered 503.
    static func wait(for count: Double, _ service: RunningService) throws {
        let reason = #"cordwood_overload_total{reason="disk_low"}"#
        try eventually("\(count) refusals", within: 60) {
            try service.metrics().samples[reason] ?? 0 >= count
        }
    }
}
