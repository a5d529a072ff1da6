// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Logs as OpenTelemetry's SDKs and Collector send them.
struct AcceptsOTLPTests {
    private static let json = ["Content-Type: application/json"]
    private static let protobuf = ["Content-Type: application/x-protobuf"]

    /// A request with these records, in JSON.
    private func request(_ records: String...) -> String {
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[\#(records.joined(separator: ","))]}]}]}"#
    }

    /// The same in protobuf: each record is its bytes.
    private func request(_ records: [UInt8]...) -> [UInt8] {
        func field(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
            [tag, UInt8(content.count)] + content
        }
        return field(0x0A, field(0x12, records.flatMap { field(0x12, $0) }))
    }

    @Test(arguments: ["/v1/logs", "/otlp/v1/logs", "/logs/shop/v1/logs", "/logs/shop/otlp/v1/logs"])
    func `both encodings are answered in themselves`(path: String) throws {
        try RunningService.run(environment: RunningService.unstamped) { (service) throws in
            let stream = path.hasPrefix("/logs/") ? "shop" : "app"
            let text = request(#"{"body":{"stringValue":"one"}}"#)
            let first = try service.post(path, text, Self.json)
            #expect(first.status == 200 && first.text == "{}")
            #expect(first.header("content-type") == "application/json")
            let body = request([0x2A, 5, 0x0A, 3] + Array("two".utf8))
            let second = try service.request("POST", path, Self.protobuf, body)
            #expect(second.status == 200 && second.body.isEmpty)
            #expect(second.header("content-type") == "application/x-protobuf")
            let lines = try service.lines(of: stream)
            #expect(lines == [#"{"message":"one"}"#, #"{"message":"two"}"#])
        }
    }

    @Test
    func `a bad record among good ones is a partial success`() throws {
        try RunningService.run(environment: RunningService.unstamped) { (service) throws in
            let good = #"{"flags":1}"#
            let first = try service.post("/v1/logs", request(good, "1", good), Self.json)
            #expect(first.status == 200)
            #expect(
                first.text
                    == #"{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"Rejected, and kept as rejected: record 1 (not_an_object)."}}"#
            )
            let body = request([0x45, 1, 0, 0, 0], [0x0B])
            let second = try service.request("POST", "/v1/logs", Self.protobuf, body)
            #expect(second.status == 200)
            let message = Array("Rejected, and kept as rejected: record 1 (malformed).".utf8)
            let success = [0x08, 1, 0x12, UInt8(message.count)] + message
            #expect(second.body == [0x0A, UInt8(success.count)] + success)
            #expect(try service.lines() == [good, good, good])
            #expect(try service.lines(of: "app.rejected").count == 2)
        }
    }

    @Test
    func `what is no export is 400, and kept as rejected`() throws {
        try RunningService.run { (service) throws in
            let message = "The body is not an ExportLogsServiceRequest; it is kept as rejected."
            let first = try service.post("/v1/logs", #"{"resourceSpans":[]}"#, Self.json)
            #expect(first.status == 400 && first.text == #"{"message":"\#(message)"}"#)
            let second = try service.request(
                "POST", "/v1/logs", Self.protobuf, Array("hello".utf8))
            #expect(second.status == 400)
            #expect(second.header("content-type") == "application/x-protobuf")
            #expect(second.body == [0x12, UInt8(message.utf8.count)] + Array(message.utf8))
            let kept = try service.lines(of: "app.rejected")
            #expect(kept.count == 2 && kept[1].contains(#""reason":"malformed","raw":"hello""#))
        }
    }

    /// One whose JSON breaks off behind good records, which are not written then.
    @Test
    func `nothing is written of a body that breaks off`() throws {
        try RunningService.run { (service) throws in
            let text = String(request(#"{"flags":1}"#, #"{"flags":2}"#).dropLast(3))
            #expect(try service.post("/v1/logs", text, Self.json).status == 400)
            #expect(try service.lines() == [])
            #expect(try service.lines(of: "app.rejected").count == 1)
        }
    }

    @Test
    func `all or none is none if a record is bad`() throws {
        try RunningService.run { (service) throws in
            let body = request(#"{"flags":1}"#, "1")
            #expect(try service.post("/v1/logs?atomic=true", body, Self.json).status == 400)
            #expect(try service.lines() == [])
        }
    }

    @Test
    func `refusals are statuses, in the encoding of the request`() throws {
        try Tokens.run { (service) throws in
            let first = try service.post("/v1/logs", request(), Self.json)
            #expect(first.status == 401 && first.text.hasPrefix(#"{"message":"A token is needed"#))
            let second = try service.request("POST", "/v1/logs", Self.protobuf, [])
            #expect(second.status == 401 && second.body.first == 0x12)
            #expect(second.header("content-type") == "application/x-protobuf")
            let head = ["Authorization: Bearer \(Tokens.all)"]
            #expect(try service.post("/v1/logs", request("{}"), Self.json + head).status == 200)
        }
    }

    @Test
    func `other signals have no path`() throws {
        try RunningService.run { (service) throws in
            #expect(try service.post("/v1/traces", "{}", Self.json).status == 404)
            #expect(try service.request("HEAD", "/v1/logs").status == 200)
            #expect(try service.request("OPTIONS", "/v1/logs").status == 200)
            #expect(try service.request("GET", "/v1/logs").status == 405)
        }
    }

    private static let python = Repository.file(".build/clients/python/bin/python3").path

    /// How many records are compared; each is sent in both encodings.
    private static let count =
        ProcessInfo.processInfo.environment["CORDWOOD_OTLP_RECORDS"] ?? "100000"

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "needs what .ci/packages puts into .build/clients"))
    func `lines say what protobuf's own library reads, whatever the order of fields`() throws {
        try RunningService.run(environment: RunningService.unstamped) { (service) throws in
            let script = Program.client("protocols/otlp_differential.py")
            let seed = Int.random(in: 0..<1_000_000_000)
            let arguments = ["-B", script, "\(service.port)", service.directory.path]
            let program = ChildProcess(
                program: Self.python, arguments: arguments + [Self.count, "\(seed)"])
            let output = try program.output()
            #expect(output.contains(#""compared": "#), "seed \(seed): \(output)")
        }
    }
}
