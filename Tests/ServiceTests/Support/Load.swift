// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A load of records with identifiers of their own, and what became of each of them.
final class Load {
    private let process = Process()
    private let outcomes: URL
    private let output: URL

    /// How long a load lasts; CORDWOOD_LOAD_SECONDS makes it longer.
    static let seconds =
        ProcessInfo.processInfo.environment["CORDWOOD_LOAD_SECONDS"].flatMap(Double.init) ?? 5

    /// Starts to send; `load.py` says how.
    ///
    /// - Parameters:
    ///   - path: a Unix socket to send to, instead of the port.
    ///   - scratch: keeps the notes of what became of the records.
    init(
        on service: RunningService, seconds: Double = Load.seconds, connections: Int = 9,
        _ options: [String] = [], path: String? = nil, in scratch: URL
    ) throws {
        outcomes = scratch.appendingPathComponent("outcomes-\(UUID().uuidString)")
        output = outcomes.appendingPathExtension("json")
        try Data().write(to: output)
        process.executableURL = URL(fileURLWithPath: Program.python ?? "/usr/bin/python3")
        process.arguments =
            [
                "-B", Program.client("load.py"), path ?? "\(service.port)", "\(seconds)",
                "\(connections)",
            ]
            + [outcomes.path] + options
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.runUnblocked()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    var isRunning: Bool { process.isRunning }

    /// What the sender says of itself.
    struct Report: Decodable {
        let sent: Int
        /// Connections that ended before an answer came, and how; a few of them.
        let failures: [String]
        /// Attempts to connect that failed.
        let unopened: Int
    }

    /// Ends the load before its time.
    func end() { kill(process.processIdentifier, SIGTERM) }

    /// Waits until everything is sent.
    func finish() throws -> Report {
        process.waitUntilExit()
        let printed = try Data(contentsOf: output)
        guard process.terminationStatus == 0 else {
            throw ChildProcess.Failure(description: "load.py: \(process.terminationStatus)")
        }
        return try JSONDecoder().decode(Report.self, from: printed)
    }

    /// What stands in the files, compared with what was answered.
    struct Tally: Decodable {
        let acked, unknown, found, files, compressed: Int
        let missing, doubled, unwanted, torn, damaged, both: [String]

        /// Everything that is wrong.
        var faults: [String: [String]] {
            [
                "missing": missing, "doubled": doubled, "unwanted": unwanted, "torn": torn,
                "damaged": damaged, "both": both,
            ].filter { !$0.value.isEmpty }
        }
    }

    /// To be asked when the service has stopped and its files stay as they are.
    func tally(_ directory: URL) throws -> Tally {
        let printed = try Program.runPython("tally.py", [directory.path, "app", outcomes.path])
        return try JSONDecoder().decode(Tally.self, from: Data(printed.utf8))
    }

    /// Where nobody was killed, every request has its answer, and the files have every record.
    @discardableResult
    func expectNothingLost(
        _ report: Report, in directory: URL, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Tally {
        let tally = try tally(directory)
        #expect(report.failures == [], sourceLocation: sourceLocation)
        #expect(tally.faults == [:], sourceLocation: sourceLocation)
        #expect(tally.unknown == 0, sourceLocation: sourceLocation)
        #expect(tally.found == tally.acked && tally.acked > 0, sourceLocation: sourceLocation)
        return tally
    }
}
