// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What must be done in a process of its own, `LinuxProbe`, which the build puts beside the tests.
enum Probe {
    static let program: String = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests ?? ".").deletingLastPathComponent()
            .appendingPathComponent("LinuxProbe").path
    }()

    /// Runs it to its end, perhaps by another program.
    static func run(
        _ arguments: [String], under wrapper: [String] = []
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = wrapper + [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
