// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A mistake is an exit code and a sentence that says what is wrong and where.
struct RefusesToStartTests {
    @Test(arguments: [
        ("CORDWOOD_LIMITS_BODY_BITES", "1MiB", "CORDWOOD_LIMITS_BODY_BITES"),
        ("CORDWOOD_LIMITS_BODY_BYTES", "many", "many"),
        ("CORDWOOD_WORKERS", "-1", "CORDWOOD_WORKERS"),
        ("CORDWOOD_ACK", "never", "fsync"),
        ("CORDWOOD_ROTATION_WHEN", "X", "MIDNIGHT"),
    ])
    func `an unknown setting or an invalid value is exit status 78`(
        name: String, value: String, part: String
    ) throws {
        try Scratch.with { scratch in
            let result = try serve(["--directory", scratch.path], [name: value])
            #expect(result.status == 78)
            #expect(result.errors.contains(part))
        }
    }

    @Test
    func `an unknown key of the file is exit status 78`() throws {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("cordwood.yaml")
            try Data("rotation:\n  backup_cuont: 3\n".utf8).write(to: file)
            let result = try serve(["--config", file.path])
            #expect(result.status == 78)
            #expect(result.errors.contains("rotation.backup_cuont"))
            #expect(result.errors.contains("rotation.backup_count"))
        }
    }

    @Test
    func `an unknown flag is exit status 64`() throws {
        let result = try serve(["--direcotry", "/tmp"])
        #expect(result.status == 64)
        #expect(result.errors.contains("--direcotry"))
    }

    @Test
    func `a directory that cannot be made is exit status 73`() throws {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("file")
            try Data().write(to: file)
            let directory = file.appendingPathComponent("logs").path
            let result = try serve(["--directory", directory])
            #expect(result.status == 73)
            #expect(result.errors.contains(directory))
        }
    }

    @Test(.enabled(if: FileSystemInMemory.canMount, "needs the right to mount"))
    func `a directory on a read-only file system is exit status 73`() throws {
        try FileSystemInMemory.with(options: "ro,size=1m") { directory in
            let result = try serve(["--directory", directory.path])
            #expect(result.status == 73)
            #expect(result.errors.contains(directory.path))
        }
    }

    @Test
    func `a port in use is exit status 69, and the other service continues`() throws {
        try RunningService.run { service in
            try Scratch.with { scratch in
                let address = "127.0.0.1:\(service.port)"
                let result = try serve(["--directory", scratch.path, "--listen", address])
                #expect(result.status == 69)
                #expect(result.errors.contains(address))
                #expect(try service.post(#"{"a":1}"#).status == 200)
            }
        }
    }

    private func serve(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> ChildProcess.Result {
        let listen = arguments.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
        return try ChildProcess(
            program: "/usr/bin/timeout",
            arguments: ["10", Program.cordwood, "serve"] + listen + arguments,
            environment: environment
        ).run()
    }
}
