// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Linux

@Suite struct ActivatedSocketsTests {
    @Test(
        arguments: [
            ("me", "1", 3..<4), ("me", "5", 3..<8), ("1", "1", 3..<3), (nil, "1", 3..<3),
            ("me", nil, 3..<3), ("me", "0", 3..<3), ("me", "-1", 3..<3), ("me", "x", 3..<3),
            ("me", "2147483647", 3..<3), ("", "1", 3..<3),
        ] as [(String?, String?, Range<Int32>)])
    func `the sockets are those of this process, from 3`(
        process: String?, count: String?, expected: Range<Int32>
    ) {
        let process = process == "me" ? "\(getpid())" : process
        #expect(ActivatedSockets.numbers(process: process, count: count) == expected)
    }

    /// The program starts the probe when somebody connects, as systemd does.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: activator), "needs systemd"))
    func `sockets that systemd opens are adopted and served`() throws {
        let place = try TemporaryDirectory()
        let (first, second) = (place.path + "/a", place.path + "/b")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.activator)
        process.arguments = ["-l", first, "-l", second, Probe.program, "sockets"]
        let pipe = Foundation.Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let address = try #require(SocketAddress(path: first))
        let client = Descriptor(
            owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let deadline = Date(timeIntervalSinceNow: 15)
        while true {
            let result = try address.withPointer { pointer, byteCount throws(Errno) in
                connect(client.rawValue, pointer, byteCount)
            }
            if result == 0 { break }
            try #require(Date() < deadline, "nobody listens")
            usleep(5000)
        }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(
            String(decoding: output, as: UTF8.self)
                == "3 unix:\(first) close-on-exec\n4 unix:\(second) close-on-exec\n")
        let count = try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            try client.read(into: buffer)
        }
        #expect(count == 5)
    }

    private static let activator = "/usr/bin/systemd-socket-activate"
}
