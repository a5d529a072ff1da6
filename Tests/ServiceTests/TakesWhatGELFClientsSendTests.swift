// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// GELF over HTTP: whatever comes is accepted, as Graylog does, because hardly a client reads the
/// answer; but nothing of it is lost.
struct TakesWhatGELFClientsSendTests {
    private static let message =
        #"{"version":"1.1","host":"h","short_message":"m","timestamp":1.5}"#

    @Test(arguments: [("/gelf", "app"), ("/logs/shop/gelf", "shop")])
    func `a message is in the file when the answer is sent`(path: String, stream: String) throws {
        try RunningService.run { (service) throws in
            let answer = try service.post(path, Self.message)
            #expect(answer.status == 202 && answer.body.isEmpty)
            #expect(answer.header("content-length") == "0")
            #expect(try service.lines(of: stream) == [Self.message])
            for method in ["HEAD", "OPTIONS"] {
                let answer = try service.request(method, path)
                #expect(answer.status == 200)
            }
        }
    }

    @Test
    func `every request of a connection is read`() throws {
        try RunningService.run { (service) throws in
            let connection = try service.connect()
            let body = Array(Self.message.utf8)
            let request = Request.bytes("POST", "/gelf", [], body)
            try connection.send(request + request + request)
            for _ in 0..<3 { #expect(try connection.response()?.status == 202) }
            #expect(try service.lines() == [String](repeating: Self.message, count: 3))
        }
    }

    @Test
    func `garbage is kept beside the messages, and a path for another client takes no list`() throws
    {
        try RunningService.run { (service) throws in
            #expect(try service.post("/gelf", Self.message + "\ngarbage").status == 202)
            #expect(try service.post("/gelf", "more").status == 202)
            #expect(try service.lines() == [Self.message])
            #expect(try service.lines(of: "app.rejected").count == 2)
            let list = ["Content-Encoding: gzip,deflate"]
            #expect(try service.post("/gelf", Self.message, list).status == 202)
            #expect(try service.post("/logs", Self.message, list).status == 415)
            #expect(try service.post("/gelf?atomic=true", Self.message + "\n7").status == 400)
            #expect(try service.lines().count == 2)
        }
    }
}
