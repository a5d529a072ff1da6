// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// As in a container: PID 1 of a namespace of its own.
@Suite(.enabled(if: ProcessNamespace.canMake, "needs the right to make a PID namespace"))
struct RunsAsTheFirstProcessTests {
    @Test
    func `it reaps orphans that it never started, and TERM stops it`() throws {
        try Scratch.with { scratch in
            // The shell leaves an orphan that ends a little later, then becomes the service.
            let result = try ProcessNamespace.run(
                """
                cd \(scratch.path)
                (sleep 0.2 & sleep 0.1 &)
                (while ! grep -q 'ready' err; do sleep 0.05; done; sleep 1
                 grep -l '^State:.Z' /proc/[0-9]*/status > zombies
                 for p in /proc/[0-9]*; do cat $p/comm; done > names
                 kill -TERM 1) &
                exec \(Program.cordwood) serve --listen 127.0.0.1:0 --directory logs 2> err
                """)
            let said = try String(
                contentsOf: scratch.appendingPathComponent("err"), encoding: .utf8)
            #expect(result.status == 0, "\(said)")
            #expect(said.contains("received TERM") && said.contains("stopped"))
            let zombies = try String(
                contentsOf: scratch.appendingPathComponent("zombies"), encoding: .utf8)
            #expect(zombies == "", "\(said)")
            let names = try String(
                contentsOf: scratch.appendingPathComponent("names"), encoding: .utf8)
            #expect(names.contains("cordwood"))
        }
    }
}

enum ProcessNamespace {
    private static let flags = ["--pid", "--fork", "--mount-proc", "/bin/sh", "-c"]

    static let canMake = (try? run("exit 7").status) == 7

    static func run(_ script: String) throws -> ChildProcess.Result {
        try ChildProcess(program: "/usr/bin/unshare", arguments: flags + [script]).run()
    }
}
