// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a program to its end.
struct ChildProcess {
    let program: String
    var arguments: [String] = []
    var input = Data()
    /// Variables on top of the tests' own.
    var environment: [String: String] = [:]

    /// The tests' own environment, of which no variable counts as a setting.
    static let inherited = ProcessInfo.processInfo.environment.filter {
        !$0.key.hasPrefix("CORDWOOD_")
    }

    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// A program that ended as it should not have.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Its exit status and what it printed.
    ///
    /// Everything goes through files, so that nothing is too large for a pipe.
    func run(in parent: URL = FileManager.default.temporaryDirectory) throws -> Result {
        let directory = parent.appendingPathComponent("run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (stdin, stdout, stderr) = (
            directory.appendingPathComponent("stdin"), directory.appendingPathComponent("stdout"),
            directory.appendingPathComponent("stderr")
        )
        try input.write(to: stdin)
        try Data().write(to: stdout)
        try Data().write(to: stderr)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = Self.inherited.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: stdin)
        process.standardOutput = try FileHandle(forWritingTo: stdout)
        process.standardError = try FileHandle(forWritingTo: stderr)
        try process.runUnblocked()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: try text(of: stdout),
            errors: try text(of: stderr))
    }

    /// What it printed; anything but success is an error.
    func output() throws -> String {
        let result = try run()
        guard result.status == 0 else {
            let command = ([program] + arguments).joined(separator: " ")
            throw Failure(
                description: "\(command): exit \(result.status): \(result.errors)\(result.output)")
        }
        return result.output
    }

    private func text(of file: URL) throws -> String {
        String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}

extension Process {
    /// Starts it with no signal blocked, as a shell would: the threads that run tests block
    /// almost all, and a child inherits that.
    func runUnblocked() throws {
        var (none, earlier) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &earlier)
        defer { pthread_sigmask(SIG_SETMASK, &earlier, nil) }
        try run()
    }
}
