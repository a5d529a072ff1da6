// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct NamesItsProcessesTests {
    @Test
    func `the master says in the process list what it is`() throws {
        try RunningService.run { service in
            let title = try shown(service.master, "cmdline")
            let name = try shown(service.master, "comm")
            #expect(title == "cordwood: master")
            #expect(name == "cordwood\n")
        }
    }

    /// Here the title overwrites the environment, from which the service has its settings.
    @Test
    func `a title may be longer than the arguments were`() throws {
        try Scratch.with { scratch in
            let environment = [
                "CORDWOOD_DIRECTORY=\(scratch.path)", "CORDWOOD_LISTEN=127.0.0.1:0",
                "CORDWOOD_LOG_LEVEL=critical",
            ]
            var process: pid_t = 0
            let result = withVectors(["c", "serve"], environment) {
                posix_spawn(&process, Program.cordwood, nil, nil, $0, $1)
            }
            try #require(result == 0)
            defer {
                kill(process, SIGKILL)
                waitpid(process, nil, 0)
            }
            try eventually("the title") { try shown(process, "cmdline") == "cordwood: master" }
        }
    }

    private func shown(_ process: pid_t, _ file: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/\(file)"))
        return String(decoding: data.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Gives `body` both lists as execve(2) takes them.
    private func withVectors(
        _ first: [String], _ second: [String],
        _ body: (
            UnsafePointer<UnsafeMutablePointer<CChar>?>, UnsafePointer<UnsafeMutablePointer<CChar>?>
        ) -> Int32
    ) -> Int32 {
        let (one, two) = (first.map { strdup($0) } + [nil], second.map { strdup($0) } + [nil])
        defer { for text in one + two { free(text) } }
        return body(one, two)
    }
}
