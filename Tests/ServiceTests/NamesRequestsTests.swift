// SPDX-License-Identifier: Apache-2.0

import Testing

struct NamesRequestsTests {
    @Test(arguments: ["/logs", "/livez", "/nowhere", "/health"])
    func `a request's own id comes back`(path: String) throws {
        try RunningService.run { service in
            let answer = try service.post(path, "{}", ["X-Request-Id: f00-Bar_7.x"])
            #expect(answer.header("x-request-id") == "f00-Bar_7.x")
        }
    }

    @Test(arguments: [[], ["X-Request-Id: "], ["X-Request-Id: a b"], ["X-Request-Id: a\"b<c>"]])
    func `a request without a usable id gets one of its own`(headers: [String]) throws {
        try RunningService.run { service in
            let first = try #require(
                try service.post("/logs", "{}", headers).header("x-request-id"))
            let second = try #require(
                try service.post("/logs", "{}", headers).header("x-request-id"))
            let digits = Set("0123456789abcdef")
            #expect(first != second)
            #expect(
                [first, second].allSatisfy { $0.count == 16 && $0.allSatisfy(digits.contains) })
        }
    }

    @Test
    func `even a malformed request gets an id`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            try connection.send("nonsense\r\n\r\n")
            let answer = try #require(try connection.response())
            #expect(answer.status == 400)
            #expect(answer.header("x-request-id")?.isEmpty == false)
            #expect(answer.header("content-length") != nil)
            #expect(answer.header("content-type") == "application/json")
        }
    }
}
