// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Bodies that Python's `zstandard` compresses.
struct ReadsZstdTests {
    private static let encoding = ["Content-Encoding: zstd"]

    /// What the Python expression `code` makes, where `lines` are 5,000 records.
    private func made(_ code: String) throws -> [UInt8] {
        let program = """
            import base64, zstandard
            lines = [b'{"n":%d}\\n' % n for n in range(5000)]
            def stream(parts, **parameters):
                options = zstandard.ZstdCompressionParameters(write_checksum=1, **parameters)
                c = zstandard.ZstdCompressor(compression_params=options).compressobj()
                return b''.join(c.compress(part) for part in parts) + c.flush()
            print(base64.b64encode(\(code)).decode())
            """
        let output = try ChildProcess(
            program: #require(Program.python), arguments: ["-c", program]
        ).output()
        return [UInt8](try #require(Data(base64Encoded: output.trimmingCharacters(in: .newlines))))
    }

    @Test(arguments: [
        "zstandard.compress(b''.join(lines))", "stream(lines)", "stream(lines, window_log=23)",
        "b''.join(zstandard.compress(line) for line in lines)",
        "stream(lines[:9]) + b'\\x50\\x2a\\x4d\\x18\\2\\0\\0\\0ab' + stream(lines[9:])",
    ])
    func `frames are read, one or many`(code: String) throws {
        try RunningService.run { service in
            let answer = try service.post(bytes: try made(code), Self.encoding)
            #expect(try answer.ingested == .init(accepted: 5000, rejected: 0))
            #expect(try service.lines() == (0..<5000).map { "{\"n\":\($0)}" })
            // On the same worker, gzip and plain bodies as before.
            #expect(try service.post(#"{"a":1}"#).status == 200)
        }
    }

    @Test func `a window of more than 8 MiB is 415, and says what to do`() throws {
        try RunningService.run { service in
            let body = try made("stream(lines, window_log=24)")
            let answer = try service.post(bytes: body, Self.encoding)
            #expect(answer.status == 415)
            let failure = try answer.failure
            #expect(failure.code == "window_too_large" && failure.limit == 8 << 20)
            #expect(failure.message.contains("--long"))
            #expect(answer.header("accept-encoding") == "gzip, deflate, zstd")
            #expect(try service.lines() == [])
        }
    }

    @Test func `undeclared zstd is 415, and says how to declare it`() throws {
        try RunningService.run { service in
            let answer = try service.post(bytes: try made("zstandard.compress(lines[0])"))
            #expect(answer.status == 415)
            #expect(try answer.failure.code == "undeclared_compression")
            #expect(try answer.failure.message.contains("Content-Encoding: zstd"))
            #expect(try service.lines() == [])
        }
    }

    @Test func `deflate may be called zlib`() throws {
        try RunningService.run { service in
            let body: [UInt8] = [
                0x78, 0x9C, 0xAB, 0x56, 0x4A, 0x54, 0xB2, 0x32, 0xAC, 0x05, 0x00, 0x08, 0x2A, 0x02,
                0x09,
            ]
            let answer = try service.post(bytes: body, ["Content-Encoding: zlib"])
            #expect(try answer.ingested == .init(accepted: 1, rejected: 0))
            #expect(try service.lines() == [#"{"a":1}"#])
        }
    }
}
