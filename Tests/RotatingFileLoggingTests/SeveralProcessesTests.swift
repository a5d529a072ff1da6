// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct SeveralProcessesTests {
    /// The probe, which the build puts beside the tests' own executable.
    private var probe: URL {
        get throws {
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(fileURLWithPath: tests).deletingLastPathComponent()
                .appendingPathComponent("RotatingFileLogProbe")
        }
    }

    private func start(_ arguments: [String]) throws -> (Process, Pipe) {
        let process = Process()
        let output = Pipe()
        process.executableURL = try probe
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        return (process, output)
    }

    @Test func `processes share one file, and every line is there once`() throws {
        let place = try LogPlace()
        let lineCount = 4000
        // One of them buffers.
        let processes = try [("a", 0), ("b", 0), ("c", 8192)].map { name, buffer in
            try start([place.path, name, "\(lineCount)", "\(buffer)"])
        }
        for (process, output) in processes {
            let text = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(String(decoding: text, as: UTF8.self) == "\(lineCount) 0\n")
        }
        var indices: [String: [Int]] = [:]
        for record in try place.records() {
            let metadata = try #require(record["metadata"] as? [String: String])
            let label = try #require(record["logger"] as? String)
            indices[label, default: []].append(try #require(metadata["index"].flatMap { Int($0) }))
        }
        #expect(indices.keys.sorted() == ["a", "b", "c"])
        #expect(indices.values.allSatisfy { $0.sorted() == Array(0..<lineCount) })
        #expect(try place.names.count >= 2)
    }
}
