// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Connections that send a byte now and then, in the middle of heads, bodies and chunks.
final class SlowCrowd {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Opens `count` of them; `slow.py` says how they go on.
    init(of count: Int, on service: RunningService) throws {
        process.executableURL = URL(fileURLWithPath: Program.python ?? "/usr/bin/python3")
        process.arguments =
            ["-B", Program.client("slow.py"), "\(service.port)", "\(count)", "mixed", "1"]
        process.standardInput = input
        process.standardOutput = output
        try process.runUnblocked()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    var isRunning: Bool { process.isRunning }

    /// How many have ended with which status.
    func ended() throws -> [String: Int] {
        process.waitUntilExit()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let lines = printed.split(separator: UInt8(ascii: "\n"))
        guard process.terminationStatus == 0, let last = lines.last else {
            throw ChildProcess.Failure(description: "slow.py: \(process.terminationStatus)")
        }
        return try JSONDecoder().decode([String: Int].self, from: Data(last))
    }
}
