// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Which connections go on after an answer (RFC 9112, 9.3), and pipelining.
struct KeepsConnectionsTests {
    @Test(arguments: [
        ("HTTP/1.1\r\nHost: a", true, nil),
        ("HTTP/1.1\r\nHost: a\r\nConnection: close", false, "close"),
        ("HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive", true, nil),
        ("HTTP/1.0", false, "close"), ("HTTP/1.0\r\nConnection: keep-alive", true, "keep-alive"),
    ])
    func `a connection continues if both sides want it`(
        ending: String, goesOn: Bool, connectionField: String?
    ) throws {
        try RunningService.run { service in
            let connection = try service.connect()
            try connection.send("POST /logs \(ending)\r\nContent-Length: 7\r\n\r\n{\"a\":1}")
            let answer = try #require(try connection.response())
            #expect(answer.status == 200)
            #expect(answer.header("connection") == connectionField)
            if goesOn {
                try connection.send(Request.post(#"{"a":2}"#))
                #expect(try connection.response()?.status == 200)
            } else {
                #expect(try connection.hasEnded())
            }
            #expect(try service.lines().count == (goesOn ? 2 : 1))
        }
    }

    @Test
    func `a hundred requests in one segment are answered in order`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            var requests: [UInt8] = []
            for number in 0..<100 {
                requests += Request.bytes(
                    "POST", "/logs", ["X-Request-Id: id-\(number)"], Array("{\"n\":\(number)}".utf8)
                )
            }
            try connection.send(requests)
            for number in 0..<100 {
                let answer = try #require(try connection.response())
                #expect(answer.status == 200)
                #expect(answer.header("x-request-id") == "id-\(number)")
            }
            #expect(try service.lines() == (0..<100).map { "{\"n\":\($0)}" })
        }
    }

    @Test
    func `requests of every kind that come a byte at a time are answered in order`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            let chunked =
                "POST /logs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "4\r\n{\"n\"\r\n3;x=y\r\n:2}\r\n0\r\nTrailer: z\r\n\r\n"
            let requests =
                Request.post("{\"n\":1}") + Array(chunked.utf8)
                + Request.bytes("GET", "/livez") + Request.post("{\"n\":3}")
            for byte in requests { try connection.send([byte]) }
            for expected in [200, 200, 200, 200] {
                #expect(try connection.response()?.status == expected)
            }
            #expect(try service.lines() == ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"])
        }
    }

    @Test
    func `bytes after a last request are not read`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            try connection.send(
                Request.bytes(
                    "POST", "/logs", ["Connection: close"], Array("{\"n\":1}".utf8))
                    + Request.post("{\"n\":2}"))
            #expect(try connection.response()?.closes == true)
            #expect(try connection.hasEnded())
            #expect(try service.lines() == ["{\"n\":1}"])
        }
    }

    @Test
    func `a client that does not read its answers gets them all when it does`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            let count = 20_000
            let request = Request.bytes(
                "GET", "/livez", ["X-Request-Id: \(String(repeating: "i", count: 64))"])
            // Answers fill both sockets' buffers long before the requests end.
            for _ in 0..<count / 100 {
                try connection.send(Array(repeatElement(request, count: 100).joined()))
            }
            for _ in 0..<count { #expect(try connection.response()?.status == 200) }
        }
    }

    @Test
    func `a malformed request ends its connection and nothing after it is read`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "0\r\n\r\n"
                    + String(decoding: Request.post("{\"n\":2}"), as: UTF8.self))
            let answer = try #require(try connection.response())
            #expect(answer.status == 400)
            #expect(answer.closes)
            #expect(try !answer.failure.code.isEmpty)
            #expect(try connection.hasEnded())
            #expect(try service.lines() == [])
        }
    }

    @Test func `a client that sends without end and reads late gets every answer in order`() throws
    {
        try RunningService.run(["--workers", "1"]) { service in
            let connection = try service.connect()
            let count = 6000
            let requests = (0..<count).map { number in
                number % 3 == 0
                    ? "GET /health HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(number)\r\n\r\n"
                    : "POST /logs HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(number)\r\n"
                        + "Content-Length: 7\r\n\r\n{\"a\":1}"
            }
            // One thread only sends and the other only receives.
            nonisolated(unsafe) let sending = connection
            let text = requests.joined()
            Thread { try? sending.send(text) }.start()
            for number in 0..<count {
                let answer = try #require(try connection.response())
                #expect(answer.status == 200 && answer.header("x-request-id") == "\(number)")
            }
            #expect(try service.lines().count == count - count / 3)
        }
    }
}
