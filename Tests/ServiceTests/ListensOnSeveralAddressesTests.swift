// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct ListensOnSeveralAddressesTests {
    @Test
    func `a Unix socket accepts records and reports whether the service is ready`() throws {
        try Scratch.with { scratch in
            let path = scratch.appendingPathComponent("c.sock").path
            try RunningService.run(
                ["--listen", "unix:\(path)"], environment: ["CORDWOOD_FILES_SOCKET_MODE": "0600"]
            ) { service in
                #expect(service.times(.listening, with: "unix:\(path)") == 1)
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                let curl = try #require(Program.curl)
                let answer = try ChildProcess(
                    program: curl,
                    arguments: [
                        "-sS", "--unix-socket", path, "--json", #"{"a":1}"#, "http://a/logs",
                    ]
                ).output()
                #expect(answer.contains(#""accepted":1"#))
                #expect(try service.lines() == [#"{"a":1}"#])
                #expect(try Binary.run(["health", "unix:\(path)"]).status == 0)
                let configured = try Binary.run(
                    ["health"], environment: ["CORDWOOD_LISTEN": "unix:\(path)"])
                #expect(configured.status == 0)
            }
            let late = try Binary.run(["health", "unix:\(path)"])
            #expect(late.status == 1)
            #expect(late.errors.contains("unix:\(path): nobody answers"))
        }
    }

    @Test(arguments: ["", "socket:2=EAFNOSUPPORT"])
    func `a star is every address, also without IPv6`(faults: String) throws {
        try RunningService.run(
            ["--listen", "*:0"], environment: ["CORDWOOD_FAULTS": faults]
        ) { service in
            let name = faults.isEmpty ? "http://*:" : "http://0.0.0.0:"
            let port = try #require(service.portOfListener(at: name))
            #expect(try Binary.run(["health", "http://127.0.0.1:\(port)"]).status == 0)
            guard faults.isEmpty, FileManager.default.fileExists(atPath: "/proc/net/if_inet6")
            else { return }
            for client in [try Connection(port: port), try Connection(six: port)] {
                try client.send(Request.post(#"{"a":1}"#))
                #expect(try client.response()?.status == 200)
            }
        }
    }

    @Test
    func `a file in the place of a Unix socket is reported and left alone`() throws {
        try Scratch.with { scratch in
            let path = scratch.appendingPathComponent("c.sock")
            try Data("precious".utf8).write(to: path)
            let result = try Binary.run([
                "serve", "--listen", "unix:\(path.path)", "--directory", scratch.path,
            ])
            #expect(result.status == 69)
            #expect(
                result.errors.contains("unix:\(path.path): the file at this path is not a socket"))
            #expect(try Data(contentsOf: path) == Data("precious".utf8))
        }
    }
}
