// SPDX-License-Identifier: Apache-2.0

import Testing

/// A client that goes away in the middle of a body: nothing of it is written.
struct WritesNothingUnfinishedTests {
    static let beginnings = [
        "Content-Length: 1000\r\n\r\n{\"a\":1}\n{\"a\":2}\n{\"a\":",
        "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"a\":1}\n\r\n8\r\n{\"a\":2}\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"a\":1}\n\r\n8\r\n{\"a\"",
        "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"a\":1}\n\r\n0\r\n",
    ]

    enum End: CaseIterable { case close, halfClose, reset }

    @Test(arguments: beginnings, End.allCases)
    func `nothing is written of a body without its end`(beginning: String, end: End) throws {
        try RunningService.run(["--workers", "1"]) { service in
            let connection = try service.connect()
            // Only what was whole stands in the file, and was answered.
            try connection.send(Request.post(#"{"whole":1}"#))
            #expect(try connection.response()?.status == 200)
            try connection.send("POST /logs HTTP/1.1\r\nHost: a\r\n" + beginning)
            switch end {
            case .close: connection.close()
            case .reset: connection.reset()
            case .halfClose:
                connection.closeSending()
                while let answer = try connection.response() { #expect(answer.status == 400) }
            }
            // The one worker has seen the end before it sees the next request's connection idle.
            try eventually("the connection is gone") {
                try service.metrics().total("cordwood_connections") <= 1
            }
            #expect(try service.post(#"{"next":1}"#).status == 200)
            #expect(try service.stop() == 0)
            #expect(try service.lines() == [#"{"whole":1}"#, #"{"next":1}"#])
        }
    }
}
