// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Datadog's intake of logs over real sockets.
struct TakesWhatDatadogClientsSendTests {
    @Test(arguments: ["/api/v2/logs", "/v1/input"])
    func `entries are answered with 202 and two bytes, and are in the file`(path: String) throws {
        try RunningService.run { service in
            let entries = [#"{"message":"a","ddtags":"env:prod,lone"}"#, #"{"message":{"b":1}}"#]
            let answer = try service.post(path, "[\(entries.joined(separator: ","))]")
            #expect(answer.status == 202 && answer.text == "{}")
            // The agent's check at its start.
            let check = try service.post(path, "{}")
            #expect(check.status == 202 && check.text == "{}")
            #expect(try service.lines() == entries)
            let shop = "/logs/shop\(path)?ddtags=a%3Ab%2Clone&hostname=h"
            #expect(try service.post(shop, entries[0]).status == 202)
            let member = #""_dd":{"ddtags":"a:b,lone","hostname":"h"}"#
            #expect(try service.lines(of: "shop") == ["\(entries[0].dropLast()),\(member)}"])
        }
    }

    @Test func `a bad entry among good ones costs itself alone`() throws {
        try RunningService.run { service in
            let body = #"[{"n":1},{"message":"a" "b"},{"message":"c"}]"#
            let answer = try service.post("/api/v2/logs", body)
            #expect(answer.status == 202 && answer.text == "{}")
            #expect(try service.lines() == [#"{"n":1}"#, #"{"message":"c"}"#])
            #expect(try service.lines(of: "app.rejected").count == 1)
        }
    }

    @Test func `a rejected request has errors`() throws {
        let settings = ["CORDWOOD_LIMITS_BODY_BYTES": "1KiB"]
        try RunningService.run(environment: settings) { service in
            let path = "/api/v2/logs"
            let answers = try [
                service.post(path, ""), service.post(path, "x", ["Content-Encoding: br"]),
                service.post(path, String(repeating: " ", count: 1025)), service.get(path),
            ]
            #expect(answers.map(\.status) == [400, 415, 413, 405])
            for answer in answers {
                #expect(answer.text.hasPrefix(#"{"errors":[""#) && answer.text.hasSuffix(#""]}"#))
            }
        }
    }

    @Test(arguments: [true, false])
    func `the key is a token, in a URL only if that is allowed`(isAllowed: Bool) throws {
        let settings = ["CORDWOOD_PROTOCOLS_SECRETS_IN_URLS": "\(isAllowed)"]
        try Tokens.run(environment: settings) { (service) throws in
            let field = ["DD-API-KEY: \(Tokens.all)"]
            #expect(try service.post("/api/v2/logs", #"{"n":1}"#, field).status == 202)
            #expect(try service.post("/v1/input/none", #"{"n":2}"#, field).status == 202)
            let status = isAllowed ? 202 : 401
            for path in ["/v1/input/\(Tokens.all)", "/v1/input?dd-api-key=\(Tokens.all)"] {
                #expect(try service.post(path, #"{"n":3}"#).status == status)
            }
            let wrong = try service.post("/api/v2/logs", "{}", ["DD-API-KEY: x"])
            #expect(wrong.status == 401 && wrong.text.hasPrefix(#"{"errors":[""#))

            let valid = try service.request("GET", "/api/v1/validate", field)
            #expect(valid.status == 200 && valid.text == #"{"valid":true}"#)
            #expect(try service.get("/api/v1/validate").status == 401)
            for method in ["HEAD", "OPTIONS"] {
                #expect(try service.request(method, "/api/v2/logs").status == 200)
            }
        }
    }
}
