import Foundation
import Testing

/// `ack: fsync`: the records are on the disk before the answer is sent.
@Suite(.enabled(if: Program.strace != nil, "needs strace"))
struct SynchronizesWhenAskedTests {
    @Test(arguments: [
        ("write", "/logs", false), ("write", "/logs?ack=fsync", true), ("fsync", "/logs", true),
        ("fsync", "/logs?ack=write", false),
    ])
    func `the file is synchronized before the answer if and only if it is wanted`(
        setting: String, target: String, isDurable: Bool
    ) throws {
        try RunningService.run(["--workers", "1"], environment: ["CORDWOOD_ACK": setting]) {
            service in
            let worker = try #require(try service.workers().first)
            let calls = try traced(worker) {
                let answer = try service.post(target, #"{"a":1}"#)
                #expect(answer.status == 200)
            }
            let sync = calls.firstIndex { $0.hasPrefix("fdatasync(") || $0.hasPrefix("fsync(") }
            let answer = try #require(calls.firstIndex { $0.contains("HTTP/1.1 200 OK") })
            #expect((sync != nil) == isDurable)
            if let sync { #expect(sync < answer) }
        }
    }

    /// The system calls of a process while `body` runs.
    private func traced(_ process: pid_t, _ body: () throws -> Void) throws -> [String] {
        try Scratch.with { scratch in
            let trace = scratch.appendingPathComponent("trace")
            let errors = scratch.appendingPathComponent("errors")
            try Data().write(to: errors)
            let strace = Process()
            strace.executableURL = URL(fileURLWithPath: try #require(Program.strace))
            strace.arguments = [
                "-e", "trace=fsync,fdatasync,sendto,sendmsg,write", "-s", "200", "-o", trace.path,
                "-p", "\(process)",
            ]
            strace.standardError = try FileHandle(forWritingTo: errors)
            try strace.runUnblocked()
            defer { strace.waitUntilExit() }
            defer { kill(strace.processIdentifier, SIGKILL) }
            try eventually("strace is attached") {
                try String(contentsOf: errors, encoding: .utf8).contains("attached")
            }
            try body()
            return try eventually("the answer in the trace") {
                let text = try String(contentsOf: trace, encoding: .utf8)
                return text.contains("HTTP/1.1 200 OK") ? text.components(separatedBy: "\n") : nil
            }
        }
    }
}
