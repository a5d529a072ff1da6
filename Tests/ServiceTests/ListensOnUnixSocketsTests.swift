// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct ListensOnUnixSocketsTests {
    @Test
    func `several are served, and their files go at the end`() throws {
        try Scratch.with { scratch in
            let paths = (0..<3).map { "\(scratch.path)/\($0).sock" }
            try RunningService.run(listeningOn: ["127.0.0.1:0"] + paths.map { "unix:\($0)" }) {
                service in
                let answers = try paths.map { try post(to: $0) }
                #expect(answers == [200, 200, 200])
                #expect(try service.lines().count == 3)
                #expect(try service.stop() == 0)
                #expect(paths.filter(FileManager.default.fileExists) == [])
            }
        }
    }

    @Test
    func `a file that a killed service has left is replaced`() throws {
        try Scratch.with { scratch in
            let path = scratch.path + "/c.sock"
            for isKilled in [true, false] {
                try RunningService.run(listeningOn: ["127.0.0.1:0", "unix:\(path)"]) { service in
                    #expect(try post(to: path) == 200)
                    guard isKilled else { return }
                    let children = try service.children()
                    try service.killMaster()
                    try eventually("all children are gone") { !children.contains(where: isAlive) }
                    #expect(FileManager.default.fileExists(atPath: path))
                }
            }
        }
    }

    @Test
    func `a socket of another service is exit status 69, and that service continues`() throws {
        try Scratch.with { scratch in
            let (path, free) = (scratch.path + "/c.sock", scratch.path + "/free.sock")
            try RunningService.run(listeningOn: ["127.0.0.1:0", "unix:\(path)"]) { _ in
                let result = try Binary.run([
                    "serve", "--directory", scratch.path + "/logs", "--listen", "unix:\(free)",
                    "--listen", "unix:\(path)",
                ])
                #expect(result.status == 69)
                #expect(result.errors.contains("unix:\(path): another process does"))
                // What it had opened before is not left behind.
                #expect(!FileManager.default.fileExists(atPath: free))
                #expect(try post(to: path) == 200)
            }
        }
    }

    @Test
    func `a socket that a reload removes serves waiting clients, and its file goes`() throws {
        try Scratch.with { scratch in
            let path = scratch.path + "/c.sock"
            let listen = "workers: 1\nlisten: [127.0.0.1:0"
            try RunningService.run(configuration: listen + ", \"unix:\(path)\"]\n") { service in
                #expect(try post(to: path) == 200)
                let worker = try #require(try service.workers().first)
                kill(worker, SIGSTOP)
                let waiting = try (0..<20).map { _ in try Connection(path: path) }
                for connection in waiting { try connection.send(Request.post("{}")) }
                try service.configure(listen + "]\n")
                try service.reload()
                #expect(!FileManager.default.fileExists(atPath: path))
                kill(worker, SIGCONT)
                for connection in waiting { #expect(try connection.response()?.status == 200) }
            }
        }
    }

    @Test
    func `a socket that an upgrade removes is gone too`() throws {
        try Scratch.with { scratch in
            let path = scratch.path + "/c.sock"
            let listen = "listen: [127.0.0.1:0"
            try RunningService.run(configuration: listen + ", \"unix:\(path)\"]\n") { service in
                try service.configure(listen + "]\n")
                try service.upgrade()
                #expect(!FileManager.default.fileExists(atPath: path))
                #expect(try service.get("/readyz").status == 200)
            }
        }
    }

    private func post(to path: String) throws -> Int? {
        let connection = try Connection(path: path)
        try connection.send(Request.post(#"{"a":1}"#))
        return try connection.response()?.status
    }
}

extension UnderLoad {
    @Suite(.enabled(if: Program.python != nil, "needs python3"))
    struct DrainsUnixSocketsTests {
        @Test
        func `TERM under load over a Unix socket cuts no request and loses no record`() throws {
            try Scratch.with { scratch in
                let path = scratch.path + "/c.sock"
                try RunningService.run(
                    ["--workers", "4", "--when", "S", "--backup-count", "0"],
                    listeningOn: ["127.0.0.1:0", "unix:\(path)"]
                ) { service in
                    let load = try Load(
                        on: service, seconds: 20, ["--last", "--fresh"], path: path, in: scratch)
                    try eventually("the load is on") {
                        try service.health().records.written > 2000
                    }
                    #expect(try service.stop() == 0)
                    let report = try load.finish()
                    let tally = try load.expectNothingLost(report, in: service.directory)
                    #expect(tally.acked > 2000)
                }
            }
        }
    }
}
