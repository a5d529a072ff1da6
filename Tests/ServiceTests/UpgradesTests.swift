// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// USR2: the program's file is started again, in the same process.
struct UpgradesTests {
    @Test
    func `an upgrade keeps the process, the port and the numbers, twice and thrice`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            for round in 1...3 {
                #expect(try service.post("{\"n\":\(round)}").status == 200)
                try upgrade(service, round)
                #expect(try service.workers().count == 2)
                #expect(try service.health().records.written == round)
            }
            #expect(try service.post(#"{"n":4}"#).status == 200)
            #expect(try service.lines() == (1...4).map { "{\"n\":\($0)}" })
            #expect(try service.stop() == 0)
        }
    }

    @Test
    func `a program that does not work is rejected, and a new file is used`() throws {
        try Scratch.with { scratch in
            let program = scratch.appendingPathComponent("cordwood")
            try link(program, to: Program.cordwood)
            try RunningService.run(["--workers", "1"], program: program.path) { service in
                let children = try service.children()
                try replace(program, by: "#!/bin/sh\nexit 1\n")
                service.signal(SIGUSR2)
                try service.wait(for: .upgradeRefused)
                #expect(try service.children() == children)
                try FileManager.default.removeItem(at: program)
                service.signal(SIGUSR2)
                try service.wait(for: .upgradeRefused, count: 2)
                #expect(try service.children() == children)
                let seen = scratch.appendingPathComponent("seen").path
                try replace(
                    program,
                    by: "#!/bin/sh\necho $1 >> \(seen)\nexec \(Program.cordwood) \"$@\"\n")
                try upgrade(service, 1)
                #expect(try String(contentsOfFile: seen, encoding: .utf8) == "check\nserve\n")
                #expect(try service.post(#"{"n":1}"#).status == 200)
            }
        }
    }

    @Test
    func `an upgrade during a reload that opens a port waits for it`() throws {
        try Scratch.with { scratch in
            let socket = scratch.appendingPathComponent("socket").path
            let start = "workers: 4\nlisten: [\"127.0.0.1:0\""
            try RunningService.run(configuration: start + "]\n") { service in
                let before = try service.children()
                try service.configure(start + ", \"unix:\(socket)\"]\n")
                service.signal(SIGHUP)
                service.signal(SIGUSR2)
                try service.wait(for: .upgrading)
                try eventually("all are new", within: 30) {
                    let children = try service.children()
                    return children.count == 5 && !children.contains(where: before.contains)
                }
                #expect(try service.post(#"{"n":1}"#).status == 200)
                #expect(FileManager.default.fileExists(atPath: socket))
            }
        }
    }

    @Test
    func `listeners that an upgrade removes are closed`() throws {
        try Scratch.with { scratch in
            let socket = scratch.appendingPathComponent("socket").path
            let start = "workers: 1\nlisten: [\"127.0.0.1:0\""
            try RunningService.run(configuration: start + ", \"unix:\(socket)\"]\n") { service in
                #expect(FileManager.default.fileExists(atPath: socket))
                let listening = try sockets(of: service.master)
                try service.configure(start + "]\n")
                try upgrade(service, 1)
                #expect(!FileManager.default.fileExists(atPath: socket))
                #expect(try sockets(of: service.master) == listening - 1)
                #expect(try service.post(#"{"n":1}"#).status == 200)
            }
        }
    }

    @Test
    func `earlier workers continue when those of an upgrade cannot start`() throws {
        let start = "workers: 2\nlisten: [\"127.0.0.1:0\"]\n"
        try RunningService.run(configuration: start) { service in
            let before = try service.children()
            let file = service.directory.appendingPathComponent("web.log")
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
            try service.configure(start + "streams:\n  default: web\n")
            service.signal(SIGUSR2)
            try service.wait(for: .reloadFailed)
            #expect(try service.children() == before)
            #expect(try service.post(#"{"n":1}"#).status == 200)
            try service.configure(start)
            service.signal(SIGHUP)
            try eventually("all are new", within: 30) {
                let children = try service.children()
                return children.count == 3 && !children.contains(where: before.contains)
            }
            #expect(try service.post(#"{"n":2}"#).status == 200)
            #expect(try service.lines() == [#"{"n":1}"#, #"{"n":2}"#])
            #expect(try service.stop() == 0)
        }
    }

    @Test
    func `a program that hangs during its check ends with the service`() throws {
        try Scratch.with { scratch in
            let program = scratch.appendingPathComponent("cordwood")
            try link(program, to: Program.cordwood)
            try RunningService.run(["--workers", "1"], program: program.path) { service in
                let children = try service.children()
                try replace(program, by: "#!/bin/sh\nexec sleep 1000\n")
                service.signal(SIGUSR2)
                let trial = try eventually("the program that is tried") {
                    try service.children().first { !children.contains($0) }
                }
                #expect(try service.stop() == 0)
                try eventually("its end") { !isAlive(trial) }
            }
        }
    }

    /// How many sockets a process has open.
    private func sockets(of process: pid_t) throws -> Int {
        let directory = "/proc/\(process)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: directory).count {
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "\(directory)/\($0)")
            return target?.hasPrefix("socket:") ?? false
        }
    }

    @Test
    func `an upgrade can change the rotation schedule`() throws {
        let start = "workers: 1\nlisten: [\"127.0.0.1:0\"]\nrotation:\n  when: "
        try RunningService.run(configuration: start + "D\n") { service in
            #expect(try service.post(#"{"n":1}"#).status == 200)
            try service.configure(start + "S\n")
            try upgrade(service, 1)
            #expect(try service.post(#"{"n":2}"#).status == 200)
            #expect(try service.lines() == [#"{"n":1}"#, #"{"n":2}"#])
        }
    }

    @Test
    func `an upgrade into a configuration whose port is in use is rejected`() throws {
        try RunningService.run { other in
            let start = "workers: 1\nlisten: [\"127.0.0.1:0\""
            try RunningService.run(configuration: start + "]\n") { service in
                let children = try service.children()
                try service.configure(start + ", \"127.0.0.1:\(other.port)\"]\n")
                service.signal(SIGUSR2)
                try service.wait(for: .upgradeFailed, with: "127.0.0.1:\(other.port)")
                #expect(try service.children() == children)
                #expect(try service.post(#"{"n":1}"#).status == 200)
            }
        }
    }

    /// Upgrades and waits until none of before is left.
    private func upgrade(_ service: RunningService, _ count: Int) throws {
        let before = try service.children()
        service.signal(SIGUSR2)
        try service.wait(for: .upgrading, count: count)
        try eventually("all are new", within: 30) {
            let children = try service.children()
            return children.count == before.count && !children.contains(where: before.contains)
        }
        try eventually("the new ones answer") { (try? service.get("/readyz").status) == 200 }
        #expect(service.isRunning)
    }

    private func link(_ file: URL, to path: String) throws {
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: path)
    }

    private func replace(_ file: URL, by script: String) throws {
        try? FileManager.default.removeItem(at: file)
        try Data(script.utf8).write(to: file)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
}
