// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// deploy/systemd/cordwood.service permits what the service asks of the kernel.
///
/// What it does not permit fails with EPERM, and much of that nobody would notice: a sealer that is
/// not nicer than the rest, a file whose owner is not kept.
@Suite(
    .enabled(
        if: Program.strace != nil && Program.installed("systemd-analyze") != nil,
        "needs strace and systemd-analyze"))
struct StaysWithinItsUnitTests {
    @Test func `no system call is outside of the filter, from the start to the stop`() throws {
        try Scratch.with { scratch in
            let trace = scratch.appendingPathComponent("trace")
            // As a grandchild it leaves the service the process that it was started in.
            let strace = [
                try #require(Program.strace), "-D", "-f", "-qq", "-o", trace.path,
            ]
            try RunningService.run(
                ["--workers", "2", "--when", "S"], through: strace
            ) { service in
                for change in [{}, service.reload, service.upgrade] {
                    try change()
                    #expect(try service.post(#"{"a":1}"#).status == 200)
                    try eventually("a file is sealed", within: 60) {
                        try service.files().contains { $0.pathExtension == "gz" }
                    }
                }
                #expect(try service.stop() == 0)
            }
            let calls = Set(
                try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
                    .compactMap { $0.split(separator: " ").dropFirst().first }
                    .filter { $0.contains("(") }
                    .map { String($0.prefix { $0 != "(" }) })
            #expect(calls.isSuperset(of: ["execve", "accept4", "setpriority", "fchown"]))
            let permitted = try Self.permitted()
            #expect(calls.subtracting(permitted) == [])
        }
    }

    /// What the lines `SystemCallFilter=` come to, in their order.
    private static func permitted() throws -> Set<String> {
        var permitted: Set<String> = []
        let unit = try Repository.text(of: "deploy/systemd/cordwood.service")
        for line in unit.split(separator: "\n") where line.hasPrefix("SystemCallFilter=") {
            let value = line.dropFirst("SystemCallFilter=".count)
            let calls = try value.drop { $0 == "~" }.split(separator: " ")
                .flatMap { try members(of: String($0)) }
            if value.hasPrefix("~") {
                permitted.subtract(calls)
            } else {
                permitted.formUnion(calls)
            }
        }
        return permitted
    }

    /// The calls of a set of systemd's, and of those within it; a call is itself.
    private static func members(of name: String) throws -> [String] {
        guard name.hasPrefix("@") else { return [name] }
        let listing = try ChildProcess(
            program: Program.installed("systemd-analyze") ?? "",
            arguments: ["--no-pager", "syscall-filter", name]
        ).output()
        return try listing.split(separator: "\n").dropFirst()
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
            .flatMap(members(of:))
    }
}
