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
            #expect(try service.metrics().total("cordwood_http_requests_total") > 0)
        }
    }

    @Test(arguments: [false, true])
    func `a head behind another request has no more time than any`(inPieces: Bool) throws {
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

    @Test
    func `a connection that idles too long is closed without a word`() throws {
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
