// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a program to its end: a zone belongs to a process, and the tests' own has threads.
struct ChildProcess {
    let program: String
    var arguments: [String] = []
    var input = ""

    /// The probe, which the build puts beside the tests' own executable.
    static var probe: String {
        get throws {
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(fileURLWithPath: tests).deletingLastPathComponent()
                .appendingPathComponent("RotatingFileProbe").path
        }
    }

    /// Its exit status and what it printed; `input` must fit into a pipe.
    func run() throws -> (status: Int32, output: String) {
        let process = Process()
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardOutput
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
