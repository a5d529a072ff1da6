// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cordwood reload`, `upgrade`, `reopen` and `stop` for a running service.
struct ObeysCommandsTests {
    private static let right = "workers: 1\nlisten: [\"127.0.0.1:0\"]\n"

    private func run(
        _ command: String, _ service: RunningService, _ arguments: [String] = []
    ) throws -> ChildProcess.Result {
        try Binary.run([command, "--no-config", "--pid", "\(service.master)"] + arguments)
    }

    @Test func `reload returns when the new configuration is served, or says its mistakes`() throws
    {
        try RunningService.run(configuration: Self.right) { service in
            try service.configure(Self.right + "stamp: {fields: [client]}\n")
            let good = try run("reload", service)
            #expect(good.status == 0 && good.errors.isEmpty)
            #expect(good.output.contains("process \(service.master) has reloaded"))
            #expect(good.output.contains(service.configurationPath))
            #expect(try service.health().configuration.generation == 1)

            try service.configure(Self.right + "ack: never\nworkrs: 2\n")
            let bad = try run("reload", service)
            #expect(bad.status == 1 && bad.output.isEmpty)
            let lines = bad.errors.split(separator: "\n")
            #expect(lines.count == 3, "\(lines)")
            #expect(lines.contains { $0.contains("cordwood.yaml:3: ack") }, "\(lines)")
            #expect(lines.contains { $0.contains("workers") }, "\(lines)")
            #expect(lines.last?.contains("the reload failed") == true)
            #expect(try service.post(#"{"n":1}"#).status == 200)
        }
    }

    @Test func `a reload waits for its own result behind another one`() throws {
        try RunningService.run(configuration: Self.right) { service in
            for round in 1...5 {
                let isGood = round % 2 == 0
                service.signal(SIGHUP)
                try service.configure(Self.right + (isGood ? "" : "nonsense: 1\n"))
                #expect(try run("reload", service).status == (isGood ? 0 : 1), "\(round)")
            }
        }
    }

    @Test func `upgrade returns when the new program serves, or says why it does not`() throws {
        try Scratch.with { scratch in
            let program = scratch.appendingPathComponent("cordwood")
            try FileManager.default.createSymbolicLink(
                atPath: program.path, withDestinationPath: Program.cordwood)
            try RunningService.run(configuration: Self.right, program: program.path) { service in
                let before = try service.children()
                let good = try run("upgrade", service)
                #expect(good.status == 0, "\(good.errors)")
                #expect(good.output.contains("process \(service.master) now runs version"))
                let after = try service.children()
                #expect(!after.contains(where: before.contains))

                try FileManager.default.removeItem(at: program)
                try Data("#!/bin/sh\nexit 78\n".utf8).write(to: program)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: program.path)
                let bad = try run("upgrade", service)
                #expect(bad.status == 1)
                #expect(bad.errors.contains("exited with code 78"), "\(bad.errors)")
                #expect(bad.errors.contains("this version continues"), "\(bad.errors)")
                #expect(try service.post(#"{"n":1}"#).status == 200)
            }
        }
    }

    @Test func `a service that was started with a file and no flag can be upgraded`() throws {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("a.yaml")
            try Data("directory: \(scratch.path)/logs\nworkers: 1\n".utf8).write(to: file)
            // The address is a flag, so that the test finds the port.
            try RunningService.run([file.path]) { service in
                let upgraded = try run("upgrade", service)
                #expect(upgraded.status == 0, "\(upgraded.errors)")
                let checked = try Binary.run(["check", file.path])
                #expect(checked.status == 0, "\(checked.errors)")
            }
        }
    }

    @Test func `stop returns when the process has ended`() throws {
        try RunningService.run { service in
            let result = try run("stop", service)
            #expect(result.status == 0)
            #expect(result.output == "process \(service.master) has stopped\n")
            #expect(!isAlive(service.master))
        }
    }

    @Test func `a stop that takes too long is reported`() throws {
        try RunningService.run(configuration: Self.right + "timeouts: {stop_delay: 5s}\n") {
            service in
            let result = try run("stop", service, ["--timeout", "1"])
            #expect(result.status == 1)
            #expect(result.errors.contains("has not stopped in time"), "\(result.errors)")
        }
    }

    @Test func `reopen makes the workers open their files again`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            #expect(try service.post(#"{"n":1}"#).status == 200)
            #expect(try run("reopen", service).status == 0)
            try service.wait(for: .filesReopened)
        }
    }

    @Test func `the service is found by its PID file, or by its configuration among others`() throws
    {
        try Scratch.with { scratch in
            let pidFile = scratch.appendingPathComponent("pid").path
            try RunningService.run(configuration: Self.right) { first in
                try RunningService.run(configuration: Self.right + "pid_file: \(pidFile)\n") {
                    second in
                    let byFile = try Binary.run(["reload", "--config", first.configurationPath])
                    #expect(byFile.output.contains("process \(first.master) "), "\(byFile)")
                    let byNumber = try Binary.run(["reload", "--config", second.configurationPath])
                    #expect(byNumber.output.contains("process \(second.master) "), "\(byNumber)")
                    let unknown = try Binary.run(
                        ["reload", "--no-config"],
                        environment: ["CORDWOOD_DIRECTORY": scratch.path])
                    #expect(unknown.status == 1)
                    #expect(unknown.errors.contains("--pid"), "\(unknown.errors)")
                    #expect(unknown.errors.contains("\(first.master) ("), "\(unknown.errors)")
                }
            }
        }
    }

    @Test func `the only service gets no signal that is meant for another configuration`() throws {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("other.yaml")
            try Data("workers: 1\n".utf8).write(to: file)
            try RunningService.run(configuration: Self.right) { service in
                let stopped = try Binary.run(["stop", "--config", file.path])
                #expect(stopped.status == 1)
                #expect(stopped.errors.contains("--pid"), "\(stopped.errors)")
                #expect(isAlive(service.master))
                let link = scratch.appendingPathComponent("link.yaml")
                try FileManager.default.createSymbolicLink(
                    atPath: link.path, withDestinationPath: service.configurationPath)
                let reloaded = try Binary.run(["reload", "--config", link.path])
                #expect(reloaded.status == 0, "\(reloaded.errors)")
            }
        }
    }

    @Test func `health asks the running service while its file has a mistake`() throws {
        try RunningService.run(configuration: Self.right) { service in
            let arguments = ["health", "--config", service.configurationPath]
            // The file says port 0.
            let chosen = try Binary.run(arguments)
            #expect(chosen.status == 0, "\(chosen.errors)")
            try service.configure(Self.right + "nonsense: 1\n")
            let wrong = try Binary.run(arguments)
            #expect(wrong.status == 0, "\(wrong.errors)")
            try service.stop()
            #expect(try Binary.run(arguments).status == 78)
        }
    }

    @Test func `a worker is not the master, and shows no summary`() throws {
        try RunningService.run { service in
            for child in try service.children() {
                let result = try Binary.run(["stop", "--no-config", "--pid", "\(child)"])
                #expect(result.status == 1)
                #expect(result.errors.contains("\(child) is not the master"), "\(result.errors)")
                let files = "/proc/\(child)/fd"
                let links = try FileManager.default.contentsOfDirectory(atPath: files).compactMap {
                    try? FileManager.default.destinationOfSymbolicLink(atPath: "\(files)/\($0)")
                }
                #expect(!links.contains { $0.contains("cordwood-summary") })
            }
        }
    }

    @Test func `a PID file with the process of another service is not believed`() throws {
        try Scratch.with { scratch in
            try RunningService.run(configuration: Self.right) { service in
                let pidFile = scratch.appendingPathComponent("pid")
                try Data("\(service.master)\n".utf8).write(to: pidFile)
                let file = scratch.appendingPathComponent("other.yaml")
                try Data("pid_file: \(pidFile.path)\n".utf8).write(to: file)
                let result = try Binary.run(["stop", "--config", file.path])
                #expect(result.status == 1)
                #expect(result.errors.contains(pidFile.path), "\(result.errors)")
                #expect(isAlive(service.master))
                let missing = try Binary.run(["stop", "--config", file.path + ".not"])
                #expect(missing.status == 78)
                #expect(isAlive(service.master))
            }
        }
    }

    /// A program of another user may call itself a service and say anything.
    @Test(
        .enabled(if: Program.python != nil, "needs python3"),
        arguments: [
            #"{"process":PID,"version":"1","started_at":1e300,"reloads_begun":0,"reloads_ended":0,"failed_upgrades":0}"#,
            #"{"process":PID,"version":"1","started_at":1,"reloads_begun":9223372036854775807,"reloads_ended":0,"failed_upgrades":0}"#,
            #"{"process":PID,"version":"1","started_at":1,"reloads_begun":-1,"reloads_ended":1,"failed_upgrades":0,"state":"serving","reload_mistakes":["\u001b[31mred\nline"]}"#,
        ])
    func `a false summary neither stops the command nor controls the terminal`(
        text: String
    ) throws {
        let fake = """
            import os, sys, time
            fd = os.memfd_create("cordwood-summary")
            os.write(fd, sys.argv[1].replace("PID", str(os.getpid())).encode())
            import signal
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            print("ready", flush=True)
            time.sleep(60)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Program.python))
        process.arguments = ["-c", fake, text]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        _ = output.fileHandleForReading.availableData
        let result = try Binary.run(
            [
                "reload", "--no-config", "--timeout", "1", "--pid",
                "\(process.processIdentifier)",
            ])
        #expect(result.status == 1, "\(result)")
        #expect(!result.errors.unicodeScalars.contains { $0.value == 27 })
        #expect(!result.errors.contains("\nline"))
    }

    @Test func `a process that is no service gets no signal`() throws {
        let sleeper = Process()
        sleeper.executableURL = URL(fileURLWithPath: "/bin/sleep")
        sleeper.arguments = ["60"]
        try sleeper.run()
        defer { sleeper.terminate() }
        let result = try Binary.run(
            ["stop", "--no-config", "--pid", "\(sleeper.processIdentifier)"])
        #expect(result.status == 1)
        #expect(result.errors.contains("is not the master of a service"), "\(result.errors)")
        #expect(sleeper.isRunning)
    }

    @Test func `a PID file that an ended service has left is named`() throws {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("pid")
            try Data("1\n".utf8).write(to: file)
            let result = try Binary.run(
                ["stop", "--no-config"], environment: ["CORDWOOD_PID_FILE": file.path])
            #expect(result.status == 1)
            #expect(result.errors.contains("\(file.path) names process 1"), "\(result.errors)")
        }
    }
}
