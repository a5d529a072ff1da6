// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `user` and `group`: who the children are, and whose the files.
struct GivesUpPrivilegesTests {
    @Test(.enabled(if: canSwitch, "needs root and setpriv"))
    func `the master stays root, and all others run as the user, through reload and upgrade`()
        throws
    {
        try Scratch.with { scratch in
            let (port, socket) = (try lowPort(), scratch.path + "/c.sock")
            // Of root's groups nothing may be left.
            let launcher = [try #require(Self.setpriv), "--groups", "0,4", "--"]
            try RunningService.run(
                ["--workers", "2", "--when", "S"],
                environment: ["CORDWOOD_USER": "daemon", "CORDWOOD_GROUP": "nogroup"],
                through: launcher, listeningOn: ["127.0.0.1:\(port)", "unix:\(socket)"]
            ) { service in
                #expect(service.port == port)
                for change in [{}, service.reload, service.upgrade] {
                    try change()
                    #expect(try identity(of: service.master) == ["0 0 0 0", "0 0 0 0", "0 4"])
                    try eventually("only new processes") { try service.children().count == 3 }
                    for child in try service.children() {
                        #expect(
                            try identity(of: child)
                                == ["1 1 1 1", "65534 65534 65534 65534", "65534"])
                    }
                    #expect(try service.post(#"{"a":1}"#).status == 200)
                }
                #expect(try owner(of: socket) == [1, 65534])
                try eventually("the sealer has sealed") {
                    try service.files().contains { $0.pathExtension == "gz" }
                }
                #expect(try service.stop() == 0)
                #expect(try service.lines().count == 3)
                let directory = service.directory.path
                let made = try FileManager.default.subpathsOfDirectory(atPath: directory)
                for path in [directory] + made.map({ "\(directory)/\($0)" }) {
                    #expect(try owner(of: path) == [1, 65534], "\(path)")
                }
            }
        }
    }

    @Test(.enabled(if: canSwitch, "needs root and setpriv"))
    func `a Unix socket is for the user and the group alone`() throws {
        try Scratch.with { scratch in
            let socket = scratch.path + "/c.sock"
            try RunningService.run(
                environment: ["CORDWOOD_USER": "nobody", "CORDWOOD_GROUP": "daemon"],
                listeningOn: ["127.0.0.1:0", "unix:\(socket)"]
            ) { _ in
                let asked = try [("nobody", "nogroup"), ("77777", "daemon"), ("77777", "nogroup")]
                    .map { try asks(socket, as: ["--reuid=\($0)", "--regid=\($1)"]) }
                #expect(asked == [true, true, false])
            }
        }
    }

    @Test(
        .enabled(if: canSwitch, "needs root and setpriv"),
        arguments: [
            ("no-such-user", "", "no user no-such-user"), ("daemon", "no-such-group", "group"),
            ("77777", "", "give a group too"),
        ])
    func `an unknown user is exit status 78`(
        user: String, group: String, part: String
    ) throws {
        try Scratch.with { scratch in
            let result = try start(scratch.path + "/logs", user: user, group: group)
            #expect(result.status == 78)
            #expect(result.errors.contains(part))
            #expect(!FileManager.default.fileExists(atPath: scratch.path + "/logs"))
        }
    }

    @Test(.enabled(if: canSwitch, "needs root and setpriv"), arguments: [true, false])
    func `a start without root is exit status 77, and creates nothing`(hasDirectory: Bool) throws {
        try Scratch.with { scratch in
            // Everybody may write here.
            chmod(scratch.path, 0o777)
            let directory = hasDirectory ? scratch.path : scratch.path + "/logs"
            let result = try start(
                directory, user: "daemon", group: "",
                through: ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"])
            #expect(result.status == 77)
            #expect(result.errors.contains("only root may become another user"))
            #expect(!FileManager.default.fileExists(atPath: scratch.path + "/logs"))
        }
    }

    @Test(.enabled(if: canSwitch, "needs root and setpriv"))
    func `the user itself needs no right to become it`() throws {
        try Scratch.with { scratch in
            chmod(scratch.path, 0o777)
            let launcher = [
                try #require(Self.setpriv), "--reuid=daemon", "--regid=daemon", "--clear-groups",
            ]
            try RunningService.run(
                environment: ["CORDWOOD_USER": "daemon"], through: launcher,
                listeningOn: ["127.0.0.1:0", "unix:\(scratch.path)/c.sock"],
                in: scratch.appendingPathComponent("logs")
            ) { service in
                let answer = try service.post(#"{"a":1}"#)
                #expect(answer.status == 200)
            }
        }
    }

    @Test(.enabled(if: canSwitch, "needs root and setpriv"))
    func `a directory that is not the user's is exit status 73, said once`() throws {
        try Scratch.with { scratch in
            let result = try start(scratch.path, user: "daemon", group: "")
            #expect(result.status == 73)
            #expect(result.errors.contains("cannot open \(scratch.path)/"))
            #expect(result.errors.components(separatedBy: "Permission denied").count == 2)
        }
    }

    static let setpriv = Program.installed("setpriv")
    static let canSwitch = geteuid() == 0 && setpriv != nil && canNobodyRun

    /// The build may be where only root can go.
    private static let canNobodyRun =
        (try? ChildProcess(
            program: setpriv ?? "",
            arguments: ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
                + [Program.cordwood, "version"]
        ).output()) != nil

    private func start(
        _ directory: String, user: String, group: String, through options: [String] = ["--"]
    ) throws -> ChildProcess.Result {
        try ChildProcess(
            program: "/usr/bin/timeout",
            arguments: ["30", try #require(Self.setpriv)] + options + [
                Program.cordwood, "serve", "--listen", "127.0.0.1:0", "--directory", directory,
            ],
            environment: ["CORDWOOD_USER": user, "CORDWOOD_GROUP": group]
        ).run()
    }

    private func asks(_ socket: String, as options: [String]) throws -> Bool {
        let command = [Program.cordwood, "health", "unix:\(socket)"]
        return try ChildProcess(
            program: try #require(Self.setpriv),
            arguments: options + ["--clear-groups", "--"] + command
        ).run().status == 0
    }

    /// Of a process: user ids, group ids, supplementary groups.
    private func identity(of process: pid_t) throws -> [String] {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return ["Uid", "Gid", "Groups"].compactMap { name in
            status.split(separator: "\n").first { $0.hasPrefix("\(name):") }?
                .split { $0 == "\t" || $0 == " " }.dropFirst().joined(separator: " ")
        }
    }

    private func owner(of path: String) throws -> [Int] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return [FileAttributeKey.ownerAccountID, .groupOwnerAccountID].compactMap {
            (attributes[$0] as? NSNumber)?.intValue
        }
    }

    /// A port below 1024 that nobody listens on.
    private func lowPort() throws -> UInt16 {
        try #require((800..<1000).shuffled().first { (try? Connection(port: $0)) == nil })
    }
}
