// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Wrong secrets are answered 429 when too many of them come from one address.
struct LimitsGuessesTests {
    @Test func `wrong tokens beyond the limit are 429, while others are served`() throws {
        let environment = ["CORDWOOD_AUTH_MAX_FAILURES": "3"]
        try Tokens.run(["--workers", "1"], environment: environment) { service in
            let guess = { try service.post(#"{"a":1}"#, Tokens.bearer("cw_guess")) }
            #expect(try (0..<3).map { _ in try guess().status } == [401, 401, 401])
            let refused = try guess()
            #expect(refused.status == 429)
            #expect(try refused.failure.code == "too_many_wrong_tokens")
            let wait = try #require(refused.header("retry-after").flatMap { Int($0) })
            #expect(1...20 ~= wait)
            // Behind one address there may be many: who knows a secret is none of the guessers.
            #expect(try service.post(#"{"a":1}"#, Tokens.bearer(Tokens.all)).status == 200)
            // Nor does who sends nothing guess.
            #expect(try service.post(#"{"a":1}"#).status == 401)
            let series = #"cordwood_auth_rejections_total{reason="rate_limited"}"#
            #expect(try service.metrics().samples[series] == 1)
        }
    }

    @Test func `guesses are free again after their time`() throws {
        let environment = [
            "CORDWOOD_AUTH_MAX_FAILURES": "1", "CORDWOOD_AUTH_FAILURE_WINDOW": "1s",
        ]
        try Tokens.run(["--workers", "1"], environment: environment) { service in
            let guess = { try service.post(#"{"a":1}"#, Tokens.bearer("cw_guess")).status }
            #expect(try guess() == 401)
            try eventually("a guess is refused") { try guess() == 429 }
            try eventually("a guess is looked at") { try guess() == 401 }
        }
    }

    @Test func `a thousand of them are a few lines in the log`() throws {
        try Tokens.run(["--workers", "1"]) { service in
            let connection = try service.connect()
            let request = Request.bytes("POST", "/logs", Tokens.bearer("cw_guess"), [])
            for _ in 0..<1000 {
                try connection.send(request)
                _ = try connection.response()
            }
            #expect(1...8 ~= service.times(.accessDenied))
            #expect(service.times(.accessDenied, with: #""peer":"127.0.0.1""#) > 0)
        }
    }
}
