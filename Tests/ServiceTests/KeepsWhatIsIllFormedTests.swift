// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// One bad record does not cost its batch, and is not lost itself.
struct KeepsWhatIsIllFormedTests {
    @Test(arguments: [
        ("{\"a\":1}\n{\"a\":\n{\"a\":3}\n", "application/x-ndjson", 1, #"{"a":"#),
        (#"[{"a":1},{"a" 2},{"a":3}]"#, "application/json", 1, #"{"a" 2}"#),
        (#"[{"a":1},7,{"a":3}]"#, "application/json", 1, "7"),
        ("{\"a\":1}\nnonsense\n{\"a\":3}\n", "application/x-ndjson", 1, "nonsense"),
        ("{\"a\":1}\n{\"a\":3}\n{\"a\":", "application/x-ndjson", 2, #"{"a":"#),
    ])
    func `the good records of a batch are written and the bad one is kept`(
        body: String, type: String, index: Int, raw: String
    ) throws {
        try RunningService.run { service in
            let answer = try service.post("/logs", body, ["Content-Type: \(type)"])
            #expect(answer.status == 200)
            let ingested = try answer.ingested
            #expect(ingested.accepted == 2)
            #expect(ingested.rejected == 1)
            #expect(ingested.errors?.map(\.index) == [index])
            #expect(try service.lines() == [#"{"a":1}"#, #"{"a":3}"#])
            let kept = try service.records(of: "app.rejected")
            #expect(kept.map { $0["raw"] } == [.string(raw)])
            #expect(kept.map { $0["index"] } == [.number(Double(index))])
            #expect(kept.map { $0["reason"] } == [ingested.errors.map { .string($0[0].reason) }])
            #expect(kept.allSatisfy { $0["time"] != nil && $0["stream"] == "app" })
            if case .string(let peer)? = kept.first?["peer"] {
                #expect(peer.hasPrefix("127.0.0.1"))
            } else {
                Issue.record("no peer")
            }
        }
    }

    @Test
    func `invalid UTF-8 is kept unchanged`() throws {
        try RunningService.run { service in
            let bytes = Array(#"{"a":""#.utf8) + [0xff, 0xfe] + Array("\"}".utf8)
            let answer = try service.post(
                bytes: bytes + Array("\n{\"a\":2}\n".utf8), ["Content-Type: application/x-ndjson"])
            #expect(try answer.ingested.errors == [.init(index: 0, reason: "invalid_utf8")])
            #expect(try service.lines() == [#"{"a":2}"#])
            let kept = try service.records(of: "app.rejected")
            #expect(kept.map { $0["raw_base64"] } == [.string(Data(bytes).base64EncodedString())])
        }
    }

    @Test
    func `a record over its limit is rejected and its neighbours are not`() throws {
        try RunningService.run(environment: ["CORDWOOD_LIMITS_RECORD_BYTES": "1024"]) { service in
            let large = #"{"a":"\#(String(repeating: "x", count: 2000))"}"#
            let answer = try service.post("{\"a\":1}\n\(large)\n{\"a\":3}\n")
            #expect(try answer.ingested.errors == [.init(index: 1, reason: "record_too_large")])
            #expect(try service.lines() == [#"{"a":1}"#, #"{"a":3}"#])
            #expect(try service.records(of: "app.rejected").count == 1)
        }
    }

    @Test
    func `a record over its limit is cut and marked if configured`() throws {
        let limits = [
            "CORDWOOD_LIMITS_RECORD_BYTES": "1024", "CORDWOOD_LIMITS_OVERSIZE_RECORD": "truncate",
        ].merging(RunningService.unstamped) { $1 }
        try RunningService.run(environment: limits) { service in
            let large = #"{"a":"\#(String(repeating: "x", count: 2000))"}"#
            let answer = try service.post("{\"a\":1}\n\(large)\n{\"a\":3}\n")
            #expect(try answer.ingested == .init(accepted: 3, rejected: 0))
            let lines = try service.lines()
            #expect(lines.count == 3 && lines.first == #"{"a":1}"# && lines.last == #"{"a":3}"#)
            let cut = try #require(try service.records(of: "app").dropFirst().first)
            #expect(cut["truncated"] == .bool(true))
            #expect(lines[1].contains("xxx") && lines[1].utf8.count < 1100)
        }
    }

    @Test
    func `ten errors are listed and all are counted`() throws {
        try RunningService.run { service in
            let answer = try service.post(
                String(repeating: "{]\n", count: 25) + "{\"a\":1}\n",
                ["Content-Type: application/x-ndjson"])
            #expect(try answer.ingested.rejected == 25)
            #expect(try answer.ingested.errors?.map(\.index) == Array(0..<10))
            #expect(try service.lines(of: "app.rejected").count == 25)
        }
    }

    @Test(arguments: ["{\"a\":\n", "[1,2]", "[{]"])
    func `a body without any good record is rejected, and kept`(body: String) throws {
        try RunningService.run { service in
            let answer = try service.post("/logs", body, ["Content-Type: application/json"])
            #expect(answer.status == 400)
            #expect(try answer.failure.code == "nothing_usable")
            #expect(try service.lines() == [])
            #expect(try !service.lines(of: "app.rejected").isEmpty)
        }
    }

    @Test(arguments: ["", "\n", "  \r\n\t\n", "[]"])
    func `a body without any record is no loss`(body: String) throws {
        try RunningService.run { service in
            let answer = try service.post("/logs", body, ["Content-Type: application/json"])
            // An empty batch is nothing wrong; an empty body is nothing at all.
            #expect(answer.status == (body.contains("[") ? 200 : 400))
            #expect(try service.lines() == [])
        }
    }

    @Test(arguments: [
        ("/logs?ack=fsynk", "invalid_ack"), ("/logs/web?atomic=yes", "invalid_atomic"),
    ])
    func `a request with an unknown option writes nothing`(path: String, code: String) throws {
        try RunningService.run { service in
            let answer = try service.post(path, #"{"a":1}"#)
            #expect(try answer.status == 400 && answer.failure.code == code)
            #expect(try service.health().records.received == 0)
            #expect(try service.post("/logs?ack=fsync&atomic=1&other=x", #"{"a":2}"#).status == 200)
            #expect(try service.lines() == [#"{"a":2}"#])
        }
    }

    @Test
    func `an atomic request with one bad record writes nothing`() throws {
        try RunningService.run { service in
            let bad = try service.post(
                "/logs?atomic=true", "{\"a\":1}\nnonsense\n{\"a\":3}\n",
                ["Content-Type: application/x-ndjson"])
            #expect(bad.status == 400)
            #expect(try bad.ingested.accepted == 0)
            #expect(try bad.ingested.rejected == 3)
            #expect(try service.lines() == [])
            let good = try service.post("/logs?atomic=true", "{\"a\":1}\n{\"a\":2}\n")
            #expect(try good.ingested == .init(accepted: 2, rejected: 0))
            #expect(try service.lines() == [#"{"a":1}"#, #"{"a":2}"#])
        }
    }

    @Test
    func `a line of text cannot forge another one`() throws {
        try RunningService.run(environment: RunningService.unstamped) { service in
            let text = "start\u{2028}\u{1}\"}{\"forged\":1}\rend"
            let answer = try service.post("/logs", text, ["Content-Type: text/plain"])
            #expect(answer.status == 200)
            #expect(try service.records() == [["message": .string(text)]])
        }
    }
}
