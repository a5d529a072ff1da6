// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Bodies that are too large, or that cannot be decoded: nothing of them is written.
struct RefusesBodiesTests {
    @Test
    func `a length over the limit is rejected before the body is read`() throws {
        try RunningService.run(environment: ["CORDWOOD_LIMITS_BODY_BYTES": "2048"]) { service in
            let connection = try service.connect()
            try connection.send("POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 2049\r\n\r\n")
            try expectTooLarge(connection, limit: 2048)
            let exact = #"{"a":"\#(String(repeating: "x", count: 2048 - 8))"}"#
            #expect(exact.utf8.count == 2048)
            #expect(try service.post(exact).status == 200)
            #expect(try service.lines() == [exact])
        }
    }

    @Test
    func `a client that asks first does not send too much`() throws {
        try RunningService.run(environment: ["CORDWOOD_LIMITS_BODY_BYTES": "2048"]) { service in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 2049\r\n"
                    + "Expect: 100-continue\r\n\r\n")
            try expectTooLarge(connection, limit: 2048)
        }
    }

    @Test
    func `chunks over the limit are rejected when they pass it`() throws {
        try RunningService.run(environment: ["CORDWOOD_LIMITS_BODY_BYTES": "2048"]) { service in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "400\r\n" + String(repeating: " ", count: 1024) + "\r\n"
            try connection.send(chunk + chunk)
            try connection.send("1\r\n")
            try expectTooLarge(connection, limit: 2048)
            #expect(try service.lines() == [])
        }
    }

    @Test
    func `a client that sends too much without asking still gets the reason`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            let count = 40 << 20
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
            // It may be cut off in the middle, but not before the answer is there.
            try? connection.send([UInt8](repeating: UInt8(ascii: " "), count: count))
            try expectTooLarge(connection, limit: 32 << 20)
        }
    }

    @Test(arguments: ["gzip", "deflate", "zstd"])
    func `a bomb is rejected at the limit`(encoding: String) throws {
        try RunningService.run { service in
            // 200 MiB of blanks around a record, in 200 KiB.
            let body = try compressed(encoding, #"b'{"a":1}' + b' ' * (200 << 20)"#)
            #expect(body.count < 1 << 20)
            let answer = try service.post(bytes: body, ["Content-Encoding: \(encoding)"])
            #expect(answer.status == 413)
            #expect(try answer.failure.limit == 64 << 20)
            #expect(try service.lines() == [])
            #expect(try service.post(#"{"a":1}"#).status == 200)
        }
    }

    @Test(arguments: ["gzip", "deflate", "zstd"])
    func `a decoded body may be as large as configured, and no larger`(
        encoding: String
    ) throws {
        let limits = [
            "CORDWOOD_LIMITS_DECODED_BYTES": "4096", "CORDWOOD_LIMITS_RECORD_BYTES": "1024",
        ]
        try RunningService.run(environment: limits) { service in
            for (count, status) in [(4096, 200), (4097, 413)] {
                let body = try compressed(encoding, #"b'{"a":1}'.ljust(\#(count))"#)
                let answer = try service.post(bytes: body, ["Content-Encoding: \(encoding)"])
                #expect(answer.status == status)
                if status == 413 { #expect(try answer.failure.limit == 4096) }
            }
            #expect(try service.lines() == [#"{"a":1}"#])
        }
    }

    @Test(arguments: ["gzip", "deflate", "zstd"])
    func `a compressed body that is cut or damaged is rejected as a whole`(encoding: String) throws
    {
        try RunningService.run { service in
            let code = #"b''.join(b'{"n":%d}\n' % n for n in range(5000))"#
            let body = try compressed(encoding, code)
            var damaged = body
            damaged[body.count / 2] ^= 0xff
            let bodies = [
                Array(body.dropLast()), Array(body.prefix(body.count / 2)), Array(body.prefix(5)),
                damaged, Array(#"{"a":1}"#.utf8), body + Array("more".utf8),
            ]
            for body in bodies {
                let answer = try service.post(bytes: body, ["Content-Encoding: \(encoding)"])
                #expect(answer.status == 400)
                #expect(try !answer.failure.message.isEmpty)
            }
            #expect(try service.lines() == [])
            let whole = try service.post(bytes: body, ["Content-Encoding: \(encoding)"])
            #expect(try whole.ingested == .init(accepted: 5000, rejected: 0))
        }
    }

    @Test(arguments: ["br", "lz4", "xz", "snappy", "gzip, br"])
    func `an unknown encoding is 415`(encoding: String) throws {
        try RunningService.run { service in
            let answer = try service.post("/logs", #"{"a":1}"#, ["Content-Encoding: \(encoding)"])
            #expect(answer.status == 415)
            #expect(try answer.failure.message.contains("gzip"))
            #expect(try service.lines() == [])
        }
    }

    @Test
    func `an expectation other than 100-continue is 417`() throws {
        try RunningService.run { service in
            let answer = try service.post("/logs", #"{"a":1}"#, ["Expect: a miracle"])
            #expect(answer.status == 417)
            #expect(try service.lines() == [])
        }
    }

    @Test
    func `a chunked body may be as large as any other and no larger`() throws {
        try RunningService.run(environment: ["CORDWOOD_LIMITS_BODY_BYTES": "2048"]) { service in
            let record = #"{"a":"\#(String(repeating: "x", count: 2048 - 8))"}"#
            let headers = ["Transfer-Encoding: chunked"]
            let whole = Array("800\r\n\(record)\r\n0\r\n\r\n".utf8)
            let larger = Array("801\r\n\(record) \r\n0\r\n\r\n".utf8)
            for (body, status) in [(whole, 200), (larger, 413)] {
                let connection = try service.connect()
                try connection.send(Request.bytes("POST", "/logs", headers) + body)
                #expect(try connection.response()?.status == status)
            }
            #expect(try service.lines() == [record])
        }
    }

    private func expectTooLarge(_ connection: Connection, limit: Int) throws {
        let answer = try #require(try connection.response())
        #expect(answer.status == 413)
        #expect(answer.closes)
        #expect(try answer.failure.limit == limit)
    }

    private func compressed(_ encoding: String, _ code: String) throws -> [UInt8] {
        // Without a checksum zstd cannot tell all damage from other text.
        let calls = [
            "gzip": "gzip.compress", "deflate": "zlib.compress",
            "zstd": "zstandard.ZstdCompressor(write_checksum=True).compress",
        ]
        let call = try #require(calls[encoding])
        let module = call.prefix { $0 != "." }
        let program =
            "import base64, \(module)\nprint(base64.b64encode(\(call)(\(code))).decode())"
        let output = try ChildProcess(
            program: #require(Program.python), arguments: ["-c", program]
        ).output()
        return [UInt8](try #require(Data(base64Encoded: output.trimmingCharacters(in: .newlines))))
    }
}
