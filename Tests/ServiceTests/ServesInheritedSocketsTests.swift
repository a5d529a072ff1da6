// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// sd_listen_fds(3): sockets that systemd, or who does as it does, has opened.
struct ServesInheritedSocketsTests {
    @Test(.enabled(if: activate != nil, "needs systemd-socket-activate"))
    func `only systemd's sockets are served, through reload and upgrade`() throws {
        try Scratch.with { scratch in
            let (port, path) = (try FreePort.find(), scratch.path + "/c.sock")
            let launcher =
                try #require(Self.activate) + [
                    "-l", "127.0.0.1:\(port)", "-l", path, "-E", "CORDWOOD_WORKERS=2",
                ]
            try RunningService.run(through: launcher, listeningOn: [], port: port) { service in
                for change in [{}, service.reload, service.upgrade, service.reload] {
                    try change()
                    #expect(try service.get("/readyz").status == 200)
                    #expect(try post(to: path) == 200)
                }
                #expect(Set(service.announced) == ["http://127.0.0.1:\(port)", "unix:\(path)"])
                #expect(try service.lines().count == 4)
                #expect(try service.stop() == 0)
                #expect(FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test(.enabled(if: activate != nil, "needs systemd-socket-activate"))
    func `with its own addresses it serves both, and the same address once`() throws {
        try Scratch.with { scratch in
            let port = try FreePort.find()
            let (inherited, own) = (scratch.path + "/inherited.sock", scratch.path + "/own.sock")
            let launcher =
                try #require(Self.activate) + [
                    "-l", "127.0.0.1:\(port)", "-l", inherited,
                ]
            let addresses = ["127.0.0.1:\(port)", "unix:\(inherited)", "unix:\(own)"]
            try RunningService.run(
                through: launcher, listeningOn: addresses, port: port
            ) { service in
                for change in [{}, service.reload, service.upgrade] {
                    try change()
                    #expect(try service.get("/readyz").status == 200)
                    for path in [inherited, own] { #expect(try post(to: path) == 200) }
                }
                // Once at the start, once more after the upgrade.
                let once = ["http://127.0.0.1:\(port)", "unix:\(inherited)", "unix:\(own)"]
                #expect(service.announced == once + once)
                #expect(try service.stop() == 0)
                #expect(FileManager.default.fileExists(atPath: inherited))
                #expect(!FileManager.default.fileExists(atPath: own))
            }
        }
    }

    @Test(.enabled(if: Program.python != nil, "needs python3"))
    func `after the stop clients wait in the sockets, which are not the service's to close`()
        throws
    {
        try Scratch.with { scratch in
            let (port, path) = (try FreePort.find(), scratch.path + "/c.sock")
            try RunningService.run(
                through: try Self.holding("stream", ["\(port)", path]), listeningOn: [], port: port
            ) { service in
                #expect(try post(to: path) == 200)
                #expect(try service.stop() == 0)
                let late = [try Connection(port: port), try Connection(path: path)]
                for connection in late { try connection.send(Request.post("{}")) }
                #expect(FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test(.enabled(if: Program.python != nil, "needs python3"))
    func `an inherited descriptor that is not a listening stream socket is rejected by its number`()
        throws
    {
        try Scratch.with { scratch in
            let launcher = try Self.holding("datagram", ["\(try FreePort.find())"])
            let result = try ChildProcess(
                program: launcher[0],
                arguments: launcher.dropFirst() + [
                    Program.cordwood, "serve", "--directory", scratch.path,
                ]
            ).run()
            #expect(result.status == 69)
            #expect(result.errors.contains("the inherited descriptor 3"))
            #expect(result.errors.contains("stream"))
        }
    }

    static let activate = Program.installed("systemd-socket-activate").map { [$0] }

    /// Becomes the program, and leaves somebody who keeps the sockets open.
    private static func holding(_ kind: String, _ addresses: [String]) throws -> [String] {
        let python = try #require(Program.python)
        return [python, "-B", Program.client("activate.py"), kind] + addresses + ["--"]
    }

    private func post(to path: String) throws -> Int? {
        let connection = try Connection(path: path)
        try connection.send(Request.post(#"{"a":1}"#))
        return try connection.response()?.status
    }
}

extension RunningService {
    /// What it has said that it listens on, in this order.
    fileprivate var announced: [String] {
        said.components(separatedBy: "listening on ").dropFirst().map { text in
            String(text.prefix { !", \"\n".contains($0) })
        }
    }
}
