// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct WritesItsProcessIDTests {
    @Test
    func `the file holds the master's id before it is ready, through an upgrade, and goes`() throws
    {
        try Scratch.with { scratch in
            let path = scratch.path + "/cordwood.pid"
            // The first worker stands still before it is ready.
            let environment = [
                "CORDWOOD_PID_FILE": path, "CORDWOOD_FAULTS": "epoll_create1:2=stop",
            ]
            try RunningService.run(
                ["--workers", "1"], environment: environment,
                starting: { service in
                    for _ in 0..<2 {
                        let child = try eventually("a child that stands still") {
                            try service.children().first(where: isStopped)
                        }
                        #expect(try contents(path) == "\(service.master)\n")
                        kill(child, SIGCONT)
                        try eventually("it goes on") { !isStopped(child) }
                    }
                },
                { service in
                    let text = try contents(path)
                    #expect(text == "\(service.master)\n")
                    #expect(try service.stop() == 0)
                    #expect(!FileManager.default.fileExists(atPath: path))
                })
        }
    }

    @Test
    func `it survives an upgrade and follows the configuration at a reload`() throws {
        try Scratch.with { scratch in
            let (first, second) = (scratch.path + "/first.pid", scratch.path + "/second.pid")
            let file = scratch.appendingPathComponent("cordwood.yaml")
            try Data("pid_file: \(first)\n".utf8).write(to: file)
            try RunningService.run(["--config", file.path]) { service in
                try service.upgrade()
                #expect(try contents(first) == "\(service.master)\n")

                // The same file by another name.
                let alias = scratch.path + "/./first.pid"
                try Data("pid_file: \(alias)\n".utf8).write(to: file)
                try service.reload()
                #expect(try contents(first) == "\(service.master)\n")

                try Data("pid_file: \(second)\n".utf8).write(to: file)
                try service.reload()
                #expect(try contents(second) == "\(service.master)\n")
                #expect(!FileManager.default.fileExists(atPath: first))

                // New workers that cannot start leave everything as it was.
                let busy = service.directory.appendingPathComponent("busy.log")
                try FileManager.default.createDirectory(
                    at: busy, withIntermediateDirectories: true)
                let wrong = "pid_file: \(first)\nstreams:\n  default: busy\n"
                try Data(wrong.utf8).write(to: file)
                try service.failToReload()
                #expect(try contents(second) == "\(service.master)\n")
                #expect(!FileManager.default.fileExists(atPath: first))

                try Data().write(to: file)
                try service.reload()
                #expect(!FileManager.default.fileExists(atPath: second))
                #expect(try service.stop() == 0)
            }
        }
    }

    @Test
    func `a reload or an upgrade with a path that cannot be written changes nothing`() throws {
        try Scratch.with { scratch in
            let (path, bad) = (scratch.path + "/cordwood.pid", scratch.path + "/nowhere/pid")
            let listen = "listen: [127.0.0.1:0]\n"
            try RunningService.run(configuration: listen + "pid_file: \(path)\n") { service in
                try service.configure(listen + "pid_file: \(bad)\n")
                try service.failToReload()
                #expect(service.times(.reloadMistake, with: bad) == 1)
                try service.signal(SIGUSR2, until: .upgradeFailed)
                #expect(service.times(.upgradeFailed, with: bad) == 1)
                #expect(try contents(path) == "\(service.master)\n")
                #expect(try service.get("/readyz").status == 200)
                #expect(try service.stop() == 0)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test
    func `a path that only the new program has does not end the service`() throws {
        try Scratch.with { scratch in
            let (program, bad) = (scratch.path + "/cordwood", scratch.path + "/nowhere/pid")
            try FileManager.default.createSymbolicLink(
                atPath: program, withDestinationPath: Program.cordwood)
            try RunningService.run(program: program) { service in
                let script = """
                    #!/bin/sh
                    CORDWOOD_PID_FILE=\(bad) exec \(Program.cordwood) "$@"

                    """
                try FileManager.default.removeItem(atPath: program)
                try Data(script.utf8).write(to: URL(fileURLWithPath: program))
                chmod(program, 0o755)
                try service.upgrade()
                #expect(service.times(.pidFileFailed, with: bad) == 1)
                #expect(try service.get("/readyz").status == 200)
            }
        }
    }

    @Test
    func `a file that holds another id is left alone`() throws {
        try Scratch.with { scratch in
            let path = scratch.path + "/cordwood.pid"
            try RunningService.run(environment: ["CORDWOOD_PID_FILE": path]) { service in
                try Data("1\n".utf8).write(to: URL(fileURLWithPath: path), options: [])
                #expect(try service.stop() == 0)
                #expect(try contents(path) == "1\n")
            }
        }
    }

    @Test
    func `a path that cannot be written is exit status 73, and no socket is left`() throws {
        try Scratch.with { scratch in
            let (path, socket) = (scratch.path + "/nowhere/pid", scratch.path + "/c.sock")
            let result = try Binary.run(
                ["serve", "--listen", "unix:\(socket)", "--directory", scratch.path],
                environment: ["CORDWOOD_PID_FILE": path])
            #expect(result.status == 73)
            #expect(result.errors.contains("cannot write the PID file \(path)"))
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
    }

    private func contents(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
