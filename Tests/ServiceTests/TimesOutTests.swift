// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct TimesOutTests {
    @Test(arguments: [
        "POST /logs HTTP/1.1\r\nHost: a\r\nContent-",
        "P",
    ])
    func `a head that does not end is 408`(beginning: String) throws {
        try RunningService.run(environment: ["CORDWOOD_TIMEOUTS_HEADER": "1s"]) { service in
            let connection = try service.connect()
            try connection.send(beginning)
            let answer = try #require(try connection.response())
            #expect(answer.status == 408)
            #expect(answer.closes)
            #expect(try connection.hasEnded())
        }
    }

    @Test
    func `a head that comes a byte at a time is not given more time`() throws {
        try RunningService.run(environment: ["CORDWOOD_TIMEOUTS_HEADER": "1s"]) { service in
            let connection = try service.connect()
            try connection.send("POST /logs HTTP/1.1\r\nX: ")
            try eventually("the answer") {
                // Fails when the service has closed.
                (try? connection.send("x")) == nil
            }
            let timeouts = try service.metrics().samples.filter { $0.key.contains(#"code="408""#) }
            #expect(timeouts.values.reduce(0, +) == 1, "it is not closed without an answer")
        }
    }

    @Test(arguments: [false, true])
    func `a head after another request has no more time than any`(inPieces: Bool) throws {
        try RunningService.run(environment: ["CORDWOOD_TIMEOUTS_HEADER": "1s"]) { service in
            let connection = try service.connect()
            let headers = inPieces ? ["Expect: 100-continue"] : []
            let body = Array(#"{"a":1}"#.utf8)
            let head = Request.bytes("POST", "/logs", headers, body).dropLast(body.count)
            let rest = body + Array("POST /lo".utf8)
            if inPieces {
                try connection.send(Array(head))
                #expect(try connection.response()?.status == 100)
                try connection.send(rest)
            } else {
                try connection.send(head + rest)
            }
            #expect(try connection.response()?.status == 200)
            #expect(try connection.response()?.status == 408)
        }
    }

    @Test(arguments: ["Content-Length: 100", "Transfer-Encoding: chunked"])
    func `a body that pauses too long is 408 and writes nothing`(framing: String) throws {
        try RunningService.run(environment: ["CORDWOOD_TIMEOUTS_BODY": "1s"]) { service in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n8\r\n{\"a\":1}\n\r\n")
            let answer = try #require(try connection.response())
            #expect(answer.status == 408)
            #expect(answer.closes)
            #expect(try service.lines() == [])
        }
    }

    @Test(arguments: [
        ("Content-Length: 100000\r\n\r\n", " "),
        ("Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
        ("Transfer-Encoding: chunked\r\n\r\n1;a=", "b"),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", "y"),
    ])
    func `a body that never pauses and comes too slowly is 408`(
        beginning: String, more: String
    ) throws {
        let limits = ["CORDWOOD_TIMEOUTS_BODY": "1s", "CORDWOOD_LIMITS_MIN_RATE": "1MiB"]
        try RunningService.run(environment: limits) { service in
            let connection = try service.connect()
            try connection.send("POST /logs HTTP/1.1\r\nHost: a\r\n\(beginning)")
            // One thread only sends and the other only receives.
            nonisolated(unsafe) let sending = connection
            Thread {
                let bytes = Array(more.utf8)
                for number in 0... {
                    usleep(5000)
                    guard (try? sending.send([bytes[number % bytes.count]])) != nil else { return }
                }
            }.start()
            let answer = try #require(try connection.response())
            #expect(answer.status == 408 && answer.closes)
            #expect(try connection.hasEnded())
            #expect(try service.lines() == [])
        }
    }

    @Test(arguments: ["1", "0"])
    func `a body at the minimum rate never times out`(rate: String) throws {
        let limits = ["CORDWOOD_TIMEOUTS_BODY": "1s", "CORDWOOD_LIMITS_MIN_RATE": rate]
        try RunningService.run(environment: limits) { service in
            let connection = try service.connect()
            let byteCount = 1 << 20
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: \(byteCount)\r\n\r\n{\"a\":1}")
            var sent = 7
            // Three timeouts and more, with a byte at a time between two other requests.
            let end = Date(timeIntervalSinceNow: 3.5)
            while Date() < end {
                try connection.send(" ")
                sent += 1
                #expect(try service.get("/livez").status == 200)
            }
            try connection.send([UInt8](repeating: 0x20, count: byteCount - sent))
            #expect(try connection.response()?.status == 200)
            #expect(try service.lines() == [#"{"a":1}"#])
        }
    }

    @Test
    func `a client that does not read its answers is closed`() throws {
        let limits = ["CORDWOOD_TIMEOUTS_BODY": "1s"]
        try RunningService.run(["--workers", "1"], environment: limits) { service in
            let connection = try service.connect()
            let requests = repeatElement(Request.bytes("GET", "/metrics"), count: 2000)
            try connection.sendWhatFits(Array(requests.joined()))
            try eventually("only those who ask are left") {
                try service.metrics().total("cordwood_connections") == 1
            }
        }
    }

    @Test
    func `a connection that idles too long is closed without an answer`() throws {
        try RunningService.run(environment: ["CORDWOOD_TIMEOUTS_KEEP_ALIVE": "1s"]) { service in
            let connection = try service.connect()
            try connection.send(Request.post(#"{"a":1}"#))
            #expect(try connection.response()?.status == 200)
            #expect(try connection.hasEnded())
        }
    }

    @Test
    func `a connection of some age is ended with an answer`() throws {
        try RunningService.run(environment: ["CORDWOOD_TIMEOUTS_CONNECTION_AGE": "1s"]) { service in
            let connection = try service.connect()
            try eventually("the last answer") {
                try connection.send(Request.post(#"{"a":1}"#))
                let answer = try #require(try connection.response())
                #expect(answer.status == 200)
                return answer.closes
            }
            #expect(try connection.hasEnded())
        }
    }
}
