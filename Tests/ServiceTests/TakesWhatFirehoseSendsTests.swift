// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Amazon Data Firehose: every answer has the id of the request, or the delivery has failed.
struct TakesWhatFirehoseSendsTests {
    private static let body =
        #"{"requestId":"r1","timestamp":1,"records":[{"data":"eyJhIjoxfQ=="},{"data":"YQ"},{"data":"Yg=="}]}"#
    private static let fields = ["Content-Type: application/json", "X-Amz-Firehose-Request-Id: r1"]
    private static let lines = [#"{"a":1,"#, #"{"message":"b","#].map {
        $0 + #""_firehose":{"request_id":"r1"}}"#
    }

    /// What Firehose reads of an answer.
    private struct Answer: Decodable {
        let requestId: String
        let timestamp: Int
        let errorMessage: String?
    }

    private static func expect(
        _ response: Response, _ status: Int, _ error: String? = nil
    ) throws {
        #expect(response.status == status)
        #expect(response.header("content-type") == "application/json")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body))
        #expect(answer.requestId == "r1")
        let now = Int(Date().timeIntervalSince1970 * 1000)
        #expect(abs(answer.timestamp - now) < 60_000)
        #expect((answer.errorMessage == nil) == (error == nil), "\(answer)")
        if let error { #expect(answer.errorMessage?.hasPrefix(error + ": ") == true, "\(answer)") }
    }

    @Test(arguments: [("/firehose", "app"), ("/logs/shop/firehose", "shop")])
    func `records are in the file when the answer is sent, and bad ones beside it`(
        path: String, stream: String
    ) throws {
        try RunningService.run(environment: RunningService.unstamped) { (service) throws in
            try Self.expect(try service.post(path, Self.body, Self.fields), 200)
            #expect(try service.lines(of: stream) == Self.lines)
            let rejected = try service.lines(of: stream + ".rejected")
            #expect(rejected.count == 1 && rejected[0].contains("YQ"))
            for method in ["HEAD", "OPTIONS"] {
                let answer = try service.request(method, path)
                #expect(answer.status == 200)
            }
        }
    }

    @Test
    func `a refusal by the head or by the body names the request`() throws {
        let settings = ["CORDWOOD_LIMITS_BODY_BYTES": "2048"]
        try RunningService.run(environment: settings) { (service) throws in
            let long = String(repeating: " ", count: 2049)
            try Self.expect(try service.post("/firehose", long, Self.fields), 413, "body_too_large")
            try Self.expect(
                try service.post("/firehose", #"{"records":"#, Self.fields), 400, "malformed_body")
            try Self.expect(
                try service.post("/firehose", Self.body, Self.fields + ["Content-Encoding: br"]),
                415, "unsupported_encoding")
            try Self.expect(
                try service.post("/firehose?atomic=true", Self.body, Self.fields), 400,
                "atomic_refused")
            try Self.expect(
                try service.request("DELETE", "/firehose", Self.fields), 405, "method_not_allowed")
            #expect(try service.lines() == [])
        }
    }

    @Test
    func `the access key is a token, also in the stream's path`() throws {
        try Tokens.run { (service) throws in
            for (key, status, error) in [
                (Tokens.all, 200, nil), ("wrong-\(Tokens.all)", 401, "wrong_token"),
            ] as [(String, Int, String?)] {
                let fields = Self.fields + ["X-Amz-Firehose-Access-Key: \(key)"]
                try Self.expect(try service.post("/firehose", Self.body, fields), status, error)
            }
            try Self.expect(
                try service.post("/firehose", Self.body, Self.fields), 401, "missing_token")
            #expect(try service.lines().count == 2)
        }
    }

    @Test
    func `a service in overload answers 503 with the id`() throws {
        let right = "listen: [\"127.0.0.1:0\"]\n"
        try RunningService.run(configuration: right) { (service) throws in
            try service.configure(right + "disk: {min_free: 100000TiB}\n")
            try service.reload()
            try eventually("a disk that is nearly full") {
                try service.get("/readyz").status == 503
            }
            let answer = try service.post("/firehose", Self.body, Self.fields)
            try Self.expect(answer, 503, "disk_low")
            #expect(answer.header("retry-after") == "1")
        }
    }
}
