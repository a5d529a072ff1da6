// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// This machine's own logs, and those of a real nginx under load: every line comes back.
@Suite(.enabled(if: Program.curl != nil && Program.python != nil, "needs curl and python3"))
struct FindsRealLogsBackTests {
    static let machinesLogs = [
        "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/log/apt/history.log",
        "/var/log/apt/term.log",
    ].filter {
        let size = try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int
        return (size ?? 0) > 0 && FileManager.default.isReadableFile(atPath: $0)
    }

    @Test(
        .enabled(if: !machinesLogs.isEmpty, "this machine has no logs that can be read"),
        arguments: machinesLogs, ["lines", "ndjson"])
    func `this machine's logs come back line by line`(log: String, kind: String) throws {
        for isCompressed in [false, true] {
            try Scratch.with { scratch in
                let file = scratch.appendingPathComponent("sent")
                if kind == "lines" {
                    try FileManager.default.copyItem(atPath: log, toPath: file.path)
                } else {
                    try Data(Program.runPython("as_ndjson.py", [log]).utf8).write(to: file)
                }
                try sendAndCompare(file, kind, isCompressed: isCompressed)
            }
        }
    }

    @Test(
        .enabled(
            if: Program.nginx != nil && Program.wrk != nil, "needs nginx and wrk"),
        arguments: ["lines", "ndjson"], [false, true])
    func `the access log of an nginx under load comes back line by line`(
        kind: String, isCompressed: Bool
    ) throws {
        try Scratch.with { scratch in
            try AccessLog.write(to: scratch)
            let file = scratch.appendingPathComponent(
                kind == "lines" ? "access.log" : "access.json")
            try sendAndCompare(file, kind, isCompressed: isCompressed)
        }
    }

    /// What compare.py prints.
    private struct Comparison: Decodable, Equatable {
        var sent: Int
        var found: Int
        var missing: [String] = []
        var unwanted: [String] = []
    }

    private func sendAndCompare(_ file: URL, _ kind: String, isCompressed: Bool) throws {
        try RunningService.run { service in
            var body = file.path
            var headers = [
                "-H",
                kind == "lines" ? "Content-Type: text/plain" : "Content-Type: application/x-ndjson",
            ]
            if isCompressed {
                _ = try ChildProcess(program: "/bin/gzip", arguments: ["-k", body]).output()
                body += ".gz"
                headers += ["-H", "Content-Encoding: gzip"]
            }
            let answer = try ChildProcess(
                program: #require(Program.curl),
                arguments: ["-sS", "--data-binary", "@\(body)"] + headers + [
                    "http://127.0.0.1:\(service.port)/logs"
                ]
            ).output()
            let ingested = try JSONDecoder().decode(Response.Ingested.self, from: Data(answer.utf8))
            let printed = try Program.runPython(
                "compare.py", [kind, file.path, service.directory.path, "app"])
            let comparison = try JSONDecoder().decode(Comparison.self, from: Data(printed.utf8))
            #expect(comparison.sent > 0)
            #expect(comparison == Comparison(sent: ingested.accepted, found: ingested.accepted))
            #expect(ingested.rejected == 0)
        }
    }
}
