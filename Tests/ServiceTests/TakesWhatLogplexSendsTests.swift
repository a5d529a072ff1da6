// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Heroku's drains: a frame is never rejected, because Logplex drops what is answered 4xx.
struct TakesWhatLogplexSendsTests {
    private static let frame =
        "<158>1 2012-11-30T06:45:29+00:00 host app web.3 - State changed\n"
    private static let body = "\(frame.utf8.count) \(frame)"
    private static let fields = [
        "Content-Type: application/logplex-1", "Logplex-Msg-Count: 1", "Logplex-Frame-Id: f1",
        "Logplex-Drain-Token: d.1",
    ]
    private static let line =
        #"{"time":"2012-11-30T06:45:29+00:00","level":"info","message":"State changed","host":"host","app_name":"app","proc_id":"web.3","priority":158,"_logplex":{"frame_id":"f1","drain_token":"d.1"}}"#

    @Test(arguments: [("/logplex", "app"), ("/logs/shop/logplex", "shop")])
    func `a frame is in the file when the answer is sent`(path: String, stream: String) throws {
        try RunningService.run(environment: RunningService.unstamped) { (service) throws in
            let answer = try service.post(path, Self.body, Self.fields)
            #expect(answer.status == 204 && answer.body.isEmpty)
            #expect(try service.lines(of: stream) == [Self.line])
            for method in ["HEAD", "OPTIONS"] {
                #expect(try service.request(method, path).status == 200)
            }
        }
    }

    @Test
    func `nothing is rejected for a wrong count, a wrong length or text`() throws {
        try RunningService.run(environment: RunningService.unstamped) { (service) throws in
            let fields = Self.fields.map { $0.replacing("Count: 1", with: "Count: 9") }
            for body in [Self.body, "5 " + Self.frame, "just text\n", "99 cut off", ""] {
                #expect(try service.post("/logplex", body + Self.body, fields).status == 204)
            }
            let records = try service.records()
            #expect(records.count { $0["message"] == "State changed" } >= 5)
            #expect(records.allSatisfy { $0["_logplex"] != nil })
            #expect(try service.lines(of: "app.rejected") == [])
        }
    }

    @Test
    func `the user and password of the drain's URL are those of a token`() throws {
        try Tokens.run { (service) throws in
            let right = Tokens.basic("all", Tokens.all)
            #expect(try service.post("/logplex", Self.body, Self.fields + right).status == 204)
            #expect(try service.post("/logplex", Self.body, Self.fields).status == 401)
            #expect(try service.lines().count == 1)
        }
    }
}
