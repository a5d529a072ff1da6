// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `stamp.fields` and `stamp.prefix`, read back by another program.
struct StampsRecordsTests {
    private static let all = "received_at,client,token,request_id"

    /// Time, client and id, whatever the client says of itself; no token is known.
    @Test(.enabled(if: Program.python != nil, "needs python3"))
    func `records say when, from where and in which request they came`() throws {
        try RunningService.run(environment: ["CORDWOOD_STAMP_FIELDS": Self.all]) { service in
            let forged = #"{"a":{},"cordwood_client":"8.8.8.8","cordwood_request_id":"mine"}"#
            let bodies = [
                ("application/x-ndjson", "{}\n\(forged)\n"), ("application/json", "[{},\(forged)]"),
                ("text/plain", "hello\n\(forged)"),
            ]
            let before = Date()
            for (number, (type, body)) in bodies.enumerated() {
                let answer = try service.post(
                    body, ["Content-Type: \(type)", "X-Request-Id: id-\(number)"])
                #expect(try answer.ingested.accepted == 2)
            }
            let program = """
                import json, sys
                for line in open(sys.argv[1]):
                    r = json.loads(line)
                    print(r["cordwood_client"], r["cordwood_request_id"],
                          r["cordwood_received_at"], len(r), "cordwood_token" in r)
                """
            let file = service.directory.appendingPathComponent("app.log").path
            let python = try ChildProcess(
                program: try #require(Program.python), arguments: ["-c", program, file]
            ).output()
            let rows = python.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(rows.map { $0[1] } == ["id-0", "id-0", "id-1", "id-1", "id-2", "id-2"])
            let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            for row in rows {
                #expect(row[0] == "127.0.0.1" && row[4] == "False")
                #expect(row[2].count == 24 && row[2].hasSuffix("Z"))
                let received = try time.parse(String(row[2]))
                #expect(received > before - 1 && received < Date() + 1)
            }
            #expect(rows.map { $0[3] } == ["3", "4", "3", "4", "4", "4"])
            #expect(try Binary.run(["verify", service.directory.path]).status == 0)
        }
    }

    /// A line, a string in JSON, and a record that was cut because of its length.
    @Test func `by default records of text say when they came, and objects stay as they are`()
        throws
    {
        let settings = [
            "CORDWOOD_LIMITS_OVERSIZE_RECORD": "truncate", "CORDWOOD_LIMITS_RECORD_BYTES": "1KiB",
        ]
        try RunningService.run(environment: settings) { service in
            let long = String(repeating: "x", count: 2000)
            let bodies = [
                ("text/plain", "hello\n"), ("application/json", #"["hello",{"a":1}]"#),
                ("text/plain", long),
            ]
            for (type, body) in bodies {
                let answer = try service.post(body, ["Content-Type: \(type)"])
                #expect(answer.status == 200)
            }
            let lines = try service.lines()
            let time = /"cordwood_received_at":"[0-9T:.-]{23}Z"/
            let shown = lines.map { "\($0)".replacing(time, with: "TIME") }
            #expect(shown[0] == #"{"message":"hello",TIME}"#)
            #expect(shown[1] == #"{"message":"hello",TIME}"#)
            #expect(shown[2] == #"{"a":1}"#)
            #expect(shown[3].hasSuffix(#"x","truncated":true,TIME}"#))
        }
    }

    @Test func `records of text get the fields of all records once, and those of text`() throws {
        let text = """
            listen: ["127.0.0.1:0"]
            stamp: {fields: [client, received_at], text_fields: [host, client], prefix: ""}

            """
        try RunningService.run(configuration: text) { service in
            #expect(try service.post("hello", ["Content-Type: text/plain"]).status == 200)
            #expect(try service.post("{}").status == 200)
            let lines = try service.lines()
            let time = #""received_at":"[^"]*""#
            let line = try Regex(
                #"\{"message":"hello","client":"127.0.0.1",\#(time),"host":"[^"]+"\}"#)
            #expect(lines[0].wholeMatch(of: line) != nil, "\(lines[0])")
            let object = try Regex(#"\{"client":"127.0.0.1",\#(time)\}"#)
            #expect(lines[1].wholeMatch(of: object) != nil, "\(lines[1])")
        }
    }

    @Test func `an empty list leaves lines of text as they are`() throws {
        try RunningService.run(environment: RunningService.unstamped) { service in
            let answer = try service.post("hello", ["Content-Type: text/plain"])
            #expect(answer.status == 200)
            #expect(try service.lines() == [#"{"message":"hello"}"#])
        }
    }

    @Test func `only the chosen fields, by the chosen names, and not in raw streams`() throws {
        let text = """
            listen: ["127.0.0.1:0"]
            stamp: {fields: [client], prefix: "@"}
            per_stream: {lines: {format: raw}}
            """
        try RunningService.run(configuration: text) { service in
            let answers = try ["/logs", "/logs/lines"].map { try service.post($0, "{\"a\":1}") }
            #expect(answers.map(\.status) == [200, 200])
            #expect(try service.lines() == [#"{"a":1,"@client":"127.0.0.1"}"#])
            #expect(try service.lines(of: "lines") == [#"{"a":1}"#])
        }
    }

    @Test func `the token's name is stamped, whatever the client says of it`() throws {
        let environment = ["CORDWOOD_STAMP_FIELDS": "token"]
        try Tokens.run(environment: environment) { service in
            let forged = #"{"cordwood_token":"all"}"#
            let answer = try service.post("/logs/shop", forged, Tokens.bearer(Tokens.shop))
            #expect(answer.status == 200)
            #expect(
                try service.lines(of: "shop")
                    == [#"{"cordwood_token":"all","cordwood_token":"shop"}"#])
        }
    }

    @Test func `without tokens a stamp of nothing else leaves records as they are`() throws {
        try RunningService.run(environment: ["CORDWOOD_STAMP_FIELDS": "token"]) { service in
            let answer = try service.post("{}\n{\"a\":1}")
            #expect(answer.status == 200)
            #expect(try service.lines() == ["{}", #"{"a":1}"#])
        }
    }

    @Test(arguments: [
        ("CORDWOOD_STAMP_FIELDS", "peer"), ("CORDWOOD_STAMP_FIELDS", "client,client"),
        ("CORDWOOD_STAMP_PREFIX", "a\""), ("CORDWOOD_STAMP_PREFIX", "ä"),
        ("CORDWOOD_STAMP_PREFIX", String(repeating: "x", count: 33)),
    ])
    func `an invalid stamp is rejected with the allowed values`(name: String, value: String) throws
    {
        let result = try Binary.run(["check"], environment: [name: value])
        #expect(result.status == 78 && result.errors.contains("must be"))
    }
}
