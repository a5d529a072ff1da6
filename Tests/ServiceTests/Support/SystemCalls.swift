// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What strace sees of a process.
enum SystemCalls {
    /// The system calls of a process while `body` runs.
    static func traced(_ process: pid_t, _ body: () throws -> Void) throws -> [String] {
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
