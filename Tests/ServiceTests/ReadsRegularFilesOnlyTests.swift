// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A configuration or a file of tokens that is no file is a mistake that is named, and never waited
/// for.
struct ReadsRegularFilesOnlyTests {
    enum Obstacle: String, CaseIterable {
        case pipe = "a FIFO"
        case directory = "Is a directory"
        case device = "a device"
        case danglingLink = "No such file"
        case loop = "Too many levels"
    }

    private func put(_ obstacle: Obstacle, at path: String) throws {
        unlink(path)
        let made: Int32 =
            switch obstacle {
            case .pipe: mkfifo(path, 0o600)
            case .directory: mkdir(path, 0o700)
            case .device: symlink("/dev/zero", path)
            case .danglingLink: symlink("/nowhere", path)
            case .loop: symlink(path, path)
            }
        try #require(made == 0)
    }

    private func expectServed(_ service: RunningService) throws {
        let workers = try service.workers()
        kill(workers[0], SIGKILL)
        try eventually("a dead worker is replaced") {
            let now = (try? service.workers()) ?? []
            return now.count == workers.count && !now.contains(workers[0]) && !now.contains(0)
        }
        #expect(try service.stop() == 0)
    }

    @Test(arguments: Obstacle.allCases)
    func `a configuration file is replaced by something else`(obstacle: Obstacle) throws {
        try RunningService.run(configuration: "listen: 127.0.0.1:0\nworkers: 2\n") { service in
            try put(obstacle, at: service.configurationPath)
            try service.failToReload()
            #expect(service.times(.reloadMistake, with: obstacle.rawValue) > 0)
            try expectServed(service)
        }
    }

    @Test(arguments: Obstacle.allCases)
    func `a file of tokens is replaced by something else`(obstacle: Obstacle) throws {
        try Scratch.with { scratch in
            let tokens = scratch.path + "/tokens"
            try Data("# none\n".utf8).write(to: URL(fileURLWithPath: tokens))
            let configuration = """
                listen: 127.0.0.1:0
                workers: 2
                auth: {tokens_file: \(tokens)}
                """
            try RunningService.run(configuration: configuration) { service in
                try put(obstacle, at: tokens)
                // It is noticed without a signal too.
                try service.wait(for: .reloadFailed)
                try service.failToReload()
                #expect(service.times(.reloadMistake, with: obstacle.rawValue) > 0)
                let worker = try service.workers()[0]
                kill(worker, SIGKILL)
                #expect(try service.stop() == 0)
            }
        }
    }

    @Test(arguments: Obstacle.allCases)
    func `at the start it is exit status 78`(obstacle: Obstacle) throws {
        try Scratch.with { scratch in
            let path = scratch.path + "/file"
            try put(obstacle, at: path)
            for variable in ["CORDWOOD_CONFIG", "CORDWOOD_AUTH_TOKENS_FILE"] {
                let result = try ChildProcess(
                    program: "/usr/bin/timeout", arguments: ["10", Program.cordwood, "check"],
                    environment: [variable: path]
                ).run()
                #expect(result.status == 78 && result.errors.contains(obstacle.rawValue))
            }
        }
    }

    @Test func `a configuration from a pipe is read at the start, and not again`() throws {
        let shell = """
            echo 'workers: 3' | "$1" check --config /dev/stdin | grep -c '^workers: 3 '
            "$1" check --config <(echo 'workers: 4') | grep -c '^workers: 4 '
            """
        let output = try ChildProcess(
            program: "/bin/bash", arguments: ["-c", shell, "bash", Program.cordwood]
        ).output()
        #expect(output == "1\n1\n")
    }

    @Test func `a byte order mark is not part of the text`() throws {
        try Scratch.with { scratch in
            let path = scratch.appendingPathComponent("file")
            try Data("\u{feff}workers: 3\n".utf8).write(to: path)
            let checked = try Binary.run(["check", "--config", path.path])
            #expect(checked.status == 0 && checked.output.contains("\nworkers: 3 "))
            try Data("\u{feff}# none\n".utf8).write(to: path)
            let environment = ["CORDWOOD_AUTH_TOKENS_FILE": path.path]
            #expect(try Binary.run(["check"], environment: environment).status == 0)
        }
    }
}
