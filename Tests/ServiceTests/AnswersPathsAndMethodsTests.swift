// SPDX-License-Identifier: Apache-2.0

import Testing

struct AnswersPathsAndMethodsTests {
    @Test(arguments: [
        "/log/", "/logs/", "/LOGS", "/v1/log", "/loki/api/v1", "/logs/a/b", "/favicon.ico",
        "//logs", "/%6cogs", "/logs%2fapp",
    ])
    func `an unknown path is 404 and writes nothing`(path: String) throws {
        try RunningService.run { service in
            let answer = try service.post(path, #"{"a":1}"#)
            #expect(answer.status == 404)
            #expect(try answer.failure.code.hasPrefix("no_such_"))
            #expect(try service.files(of: "app").count == 1)
            #expect(try service.lines() == [])
        }
    }

    @Test(arguments: [
        ("GET", "/logs", "POST, PUT, HEAD, OPTIONS"),
        ("DELETE", "/", "GET, POST, PUT, HEAD, OPTIONS"),
        ("DELETE", "/logs/app", "POST, PUT, HEAD, OPTIONS"),
        ("PATCH", "/logs", "POST, PUT, HEAD, OPTIONS"),
        ("BREW", "/logs", "POST, PUT, HEAD, OPTIONS"),
        ("PUT", "/log", "GET, POST, HEAD, OPTIONS"),
        ("POST", "/health", "GET, HEAD"), ("DELETE", "/metrics", "GET, HEAD"),
    ])
    func `an unsupported method is 405 with the supported ones`(
        method: String, path: String, allow: String
    ) throws {
        try RunningService.run { service in
            let answer = try service.request(method, path)
            #expect(answer.status == 405)
            #expect(answer.header("allow") == allow)
            #expect(try answer.failure.code == "method_not_allowed")
        }
    }

    @Test(arguments: ["/", "/logs", "/logs/shop", "/log"], ["HEAD", "OPTIONS"])
    func `HEAD and OPTIONS are 200 on paths for records`(path: String, method: String) throws {
        try RunningService.run { service in
            let answer = try service.request(method, path)
            #expect(answer.status == 200)
            // A HEAD has the length of what GET would bring, which is something at / alone.
            let isEmpty = answer.header("content-length") == "0"
            #expect(isEmpty == !(path == "/" && method == "HEAD"))
            #expect(answer.body.isEmpty)
            #expect((answer.header("allow") != nil) == (method == "OPTIONS"))
            #expect(answer.headers.allSatisfy { !$0.name.hasPrefix("access-control-") })
            #expect(try service.lines() == [])
        }
    }

    @Test(arguments: ["/logs/", "/logs/web/", "/logs/web//", "/log/", "/health/", "/logs/WEB/"])
    func `the answer for a path with a slash at its end names the slash`(path: String) throws {
        try RunningService.run { service in
            let answer = try service.post(path, #"{"a":1}"#)
            #expect(answer.status == 404)
            #expect(try answer.failure.message.contains("remove the '/' at its end"))
            #expect(try service.post("/logs/WEB", "a").failure.message.contains("a to z"))
        }
    }

    @Test
    func `OPTIONS of everything lists all methods`() throws {
        try RunningService.run { service in
            let answer = try service.request("OPTIONS", "*")
            #expect(answer.status == 200 && answer.body.isEmpty)
            #expect(answer.header("allow") == "GET, POST, PUT, HEAD, OPTIONS")
            #expect(try service.request("GET", "/*").status == 404)
        }
    }

    @Test
    func `HTTP 1_0 needs a length for records, and the answer says so`() throws {
        try RunningService.run { service in
            for (method, status) in [("POST", 411), ("PUT", 411), ("GET", 405), ("HEAD", 200)] {
                let connection = try service.connect()
                try connection.send("\(method) /logs HTTP/1.0\r\n\r\n")
                let answer = try #require(try connection.response(isToHead: method == "HEAD"))
                #expect(answer.status == status, "\(method)")
                if status == 411 {
                    #expect(try answer.failure.code == "length_required")
                    #expect(try connection.hasEnded())
                }
            }
            let counted = try service.metrics().samples.filter { $0.key.contains("\"411\"") }
            #expect(counted.reduce(0) { $0 + $1.value } == 2)
        }
    }

    @Test(arguments: ["/livez", "/readyz", "/health", "/metrics"])
    func `HEAD has the length of GET and no body`(path: String) throws {
        try RunningService.run { service in
            let connection = try service.connect()
            try connection.send(Request.bytes("HEAD", path))
            try connection.send(Request.bytes("GET", "/livez"))
            let head = try #require(try connection.response(isToHead: true))
            #expect(head.status == 200)
            #expect((head.header("content-length").flatMap { Int($0) } ?? 0) > 0)
            #expect(try connection.response()?.text == "ok\n")
        }
    }

    @Test(arguments: ["/", "/logs", "/logs/app", "/logs?source=test", "http://localhost/logs"])
    func `PUT and POST to any of its names reach the default stream`(target: String) throws {
        try RunningService.run { service in
            for method in ["PUT", "POST"] {
                let body = Array(#"{"by":"\#(method)"}"#.utf8)
                let answer = try service.request(method, target, [], body)
                #expect(answer.status == 200)
            }
            #expect(try service.lines() == [#"{"by":"PUT"}"#, #"{"by":"POST"}"#])
        }
    }

    @Test
    func `only log reads a record from its query`() throws {
        try RunningService.run { service in
            let query = try service.get("/log?a=1&b=%C3%A4+x")
            let form = try service.post(
                "/log", "a=2&b=", ["Content-Type: application/x-www-form-urlencoded"])
            #expect([query.status, form.status] == [200, 200])
            #expect(try service.records() == [["a": "1", "b": "ä x"], ["a": "2", "b": ""]])
        }
    }
}
