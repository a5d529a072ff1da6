// SPDX-License-Identifier: Apache-2.0

import Cordwood
import CordwoodConfiguration
import Foundation
import Glibc
import Testing

/// `cordwood check` and the exit codes, as an operator meets them.
struct ChecksTheConfigurationTests {
    @Test func `the effective configuration is printed with the source of each value`() throws {
        let result = try Binary.run(
            ["check", "--config", "/dev/stdin", "--when", "H", "--no-utc"],
            environment: ["CORDWOOD_WORKERS": "3"], input: "ack: fsync\n")
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        let lines = result.output.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines.contains("ack: fsync # from /dev/stdin:1"))
        #expect(lines.contains("workers: 3 # from CORDWOOD_WORKERS"))
        #expect(lines.contains("when: H # from --when"))
        #expect(lines.contains("utc: false # from --utc"))
        #expect(lines.contains("directory: ./logs # from default"))
    }

    @Test(arguments: ["check", "serve"])
    func `each mistake is a line, and the exit code is 78`(command: String) throws {
        let result = try Binary.run(
            [command, "--config", "/dev/stdin", "--workers", "x"],
            environment: ["CORDWOOD_ACKS": "fsync"], input: "rotation: {whn: H}\n")
        #expect(result.status == 78)
        #expect(result.output.isEmpty)
        #expect(
            result.errors == """
                cordwood: /dev/stdin:1: there is no setting "rotation.whn"; did you mean \
                rotation.when?
                cordwood: CORDWOOD_ACKS: no setting has this environment variable; did you mean \
                CORDWOOD_ACK?
                cordwood: --workers: workers is "x", but must be a whole number from 1 to 512, or \
                auto for one per processor.

                """)
    }

    @Test(arguments: [
        ["check", "--nonsense"], ["nonsense"], ["check", "--workers"], ["health", "ftp://x"],
    ])
    func `a wrong command line has exit code 64`(arguments: [String]) throws {
        #expect(try Binary.run(arguments).status == 64)
    }

    @Test func `without a command the help is printed`() throws {
        let result = try Binary.run([])
        #expect(result.status == 0)
        #expect(result.output.contains("SUBCOMMANDS"))
    }

    @Test func `the version names what it is made of`() throws {
        let result = try Binary.run(["version"])
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("cordwood \(Version.current) (swift 6."))
    }

    @Test func `the flags of the table are the flags of the command line`() throws {
        let help = try Binary.run(["serve", "--help"]).output
        let words = help.split { $0.isWhitespace || $0 == "/" }
        let flags = Set(words.filter { $0.hasPrefix("--") && !$0.hasPrefix("--no-") })
        let table = Settings.all.compactMap(\.flag).map { "--\($0)"[...] }
        #expect(flags == Set(table + ["--config", "--help", "--version"]))
    }

    /// A flag that the table does not know, or that is passed on under another name, would trap.
    @Test func `every flag reaches its setting`() throws {
        let values = [
            "listen": "[::1]:1", "directory": "x", "workers": "7", "ack": "fsync", "when": "W3",
            "interval": "2", "at": "01:02", "timezone": "UTC", "backup-count": "3",
            "max-age": "4d", "max-bytes": "6MB", "max-total-bytes": "5MB", "log-level": "trace",
            "log-format": "json",
        ]
        let arguments = values.flatMap { ["--\($0.key)", $0.value] }
        let switches = ["--no-utc", "--no-aligned", "--no-compression"]
        let result = try Binary.run(["check"] + arguments + switches)
        #expect(result.status == 0)
        for flag in Settings.all.compactMap(\.flag) {
            #expect(result.output.contains("# from --\(flag)\n"), "--\(flag)")
        }
    }

    @Test func `an address in use has exit code 69`() throws {
        let (socket, port) = try listen()
        defer { close(socket) }
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("cordwood-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let result = try Binary.run([
            "serve", "--listen", "127.0.0.1:\(port)", "--directory", directory.path,
        ])
        #expect(result.status == 69)
        #expect(result.errors.contains("127.0.0.1:\(port)"))
    }

    @Test func `a directory that cannot be made has exit code 73`() throws {
        let result = try Binary.run([
            "serve", "--listen", "127.0.0.1:0", "--directory", "/proc/cordwood",
        ])
        #expect(result.status == 73)
        #expect(result.errors.contains("/proc/cordwood"))
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\n", 0, ""), ("HTTP/1.1 503 No\r\n\r\n", 1, "the answer is 503"),
        ("HTTP/1.1 20", 1, "not HTTP"), ("", 1, "not HTTP"), ("SSH-2.0-OpenSSH", 1, "not HTTP"),
    ])
    func `a service is ready if its answer is 200`(
        answer: String, status: Int32, sentence: String
    ) throws {
        let (socket, port) = try listen()
        defer { close(socket) }
        let served = Thread {
            let peer = accept(socket, nil, nil)
            var buffer = [UInt8](repeating: 0, count: 4096)
            _ = recv(peer, &buffer, buffer.count, 0)
            _ = send(peer, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
            close(peer)
        }
        served.start()
        let result = try Binary.run(["health", "http://127.0.0.1:\(port)"])
        #expect(result.status == status)
        #expect(sentence.isEmpty ? result.errors.isEmpty : result.errors.contains(sentence))
    }

    @Test func `a service that does not answer is not waited for`() throws {
        // The kernel accepts the connection, and nobody ever reads it.
        let (socket, port) = try listen()
        defer { close(socket) }
        let result = try Binary.run(
            ["health"], environment: ["CORDWOOD_LISTEN": "127.0.0.1:\(port)"])
        #expect(result.status == 1)
        #expect(result.errors.contains("http://127.0.0.1:\(port)/readyz: no answer in time"))
    }

    @Test func `a service that does not run is reported as such`() throws {
        let (socket, port) = try listen()
        close(socket)
        let result = try Binary.run(["health", "http://localhost:\(port)"])
        #expect(result.status == 1)
        #expect(result.errors.contains("Connection refused"))
    }

    /// A socket that listens, and its port.
    private func listen() throws -> (socket: Int32, port: UInt16) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && Glibc.listen(socket, 8) == 0
                    && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(isListening)
        return (socket, UInt16(bigEndian: address.sin_port))
    }
}
