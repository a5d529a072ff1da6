// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Nothing that is answered 200 is impossible to restore, and what becomes of a line depends on no
/// other.
struct ReadsTextAsTextTests {
    @Test func `bytes that are not text are kept beside the stream, and never replaced`() throws {
        let text = """
            listen: ["127.0.0.1:0"]
            per_stream: {lines: {format: raw}}
            """
        try RunningService.run(
            environment: RunningService.unstamped, configuration: text
        ) { service in
            for (target, stream, good) in [
                ("/logs", "app", #"{"message":"good"}"#), ("/logs/lines", "lines", "good"),
            ] {
                let bytes = Array("good\ncaf".utf8) + [0xe9, 10]
                let connection = try service.connect()
                let headers = ["Content-Type: text/plain", "Content-Length: \(bytes.count)"]
                try connection.send(Request.bytes("POST", target, headers) + bytes)
                let answer = try #require(try connection.response())
                #expect(answer.status == 200)
                #expect(
                    try answer.ingested.errors == [
                        .init(index: 1, reason: "invalid_utf8", offset: 8)
                    ])
                #expect(try service.lines(of: stream) == [good])
                let kept = try service.records(of: stream + ".rejected")
                #expect(kept.map { $0["raw_base64"] } == ["Y2Fm6Q=="])
            }
        }
    }

    @Test(
        arguments: [
            ("text/plain; charset=iso-8859-1", "unsupported_charset", "Accept"),
            ("application/json; charset=utf-16", "unsupported_charset", "Accept"),
            ("multipart/form-data; boundary=x", "unsupported_type", "Accept"),
            ("image/png", "unsupported_type", "Accept"),
            ("application/gzip", "unsupported_type", "Accept"),
        ])
    func `a type that cannot be stored is 415 and says what to do`(
        type: String, code: String, field: String
    ) throws {
        try RunningService.run(environment: RunningService.unstamped) { service in
            let answer = try service.post("hello", ["Content-Type: \(type)"])
            #expect(answer.status == 415)
            #expect(try answer.failure.code == code)
            #expect(answer.header("accept")?.contains("application/json") == true)
            #expect(
                try service.post("a=1", ["Content-Type: text/plain; charset=utf-8"]).status == 200)
            #expect(try service.lines() == [#"{"message":"a=1"}"#])
        }
    }

    @Test(arguments: ["none", "br", "lz4", "xz", "snappy", "gzip, gzip"])
    func `an answer to an unknown coding lists those that are known`(coding: String) throws {
        try RunningService.run { service in
            let answer = try service.post(#"{"a":1}"#, ["Content-Encoding: \(coding)"])
            #expect(answer.status == 415)
            #expect(answer.header("accept-encoding") == "gzip, deflate, zstd")
            let message = try answer.failure.message
            #expect(message.contains(coding) || ["lz4", "xz", "gzip, gzip"].contains(coding))
            #expect(!message.contains("send none"))
        }
    }

    @Test func `a body says what is wrong with its compression`() throws {
        try RunningService.run { service in
            let gzip: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]
            let bare = try service.post(bytes: gzip, ["Content-Type: text/plain"])
            #expect(bare.status == 415)
            #expect(try bare.failure.code == "undeclared_compression")
            #expect(try bare.failure.message.contains("Content-Encoding: gzip"))
            #expect(bare.header("accept-encoding") == "gzip, deflate, zstd")
            let plain = try service.post(#"{"a":1}"#, ["Content-Encoding: gzip"])
            #expect(plain.status == 400)
            #expect(try plain.failure.code == "not_compressed")
            #expect(try plain.failure.message.contains("without that header"))
            #expect(try service.lines() == [])
        }
    }

    @Test func `text that looks like JSON or a form at first is text`() throws {
        try RunningService.run { (service) throws in
            let form = "Content-Type: application/x-www-form-urlencoded"
            let pair = #"level=error msg="a + b" user=a+b@x.org"#
            #expect(try service.post(pair, [form]).status == 200)
            let bracket = "[{a}] up\nsecond"
            #expect(
                try service.post(bracket, ["Content-Type: text/plain"]).ingested
                    == .init(accepted: 2, rejected: 0))
            let messages = try service.records().map { $0["message"] }
            #expect(messages == [.string(pair), "[{a}] up", "second"])
        }
    }

    @Test func `an empty wrapper is a record, and half of an emoji is written as received`() throws
    {
        try RunningService.run { (service) throws in
            let lines = [#"{"logs":[]}"#, #"{"msg":"\ud83d"}"#, #"{"\ud83d":["\udc00"]}"#]
            for line in lines { #expect(try service.post(line).ingested.accepted == 1) }
            let batch = "[" + lines.joined(separator: ",") + "]"
            #expect(try service.post(batch).ingested == .init(accepted: 3, rejected: 0))
            #expect(try service.lines() == lines + lines)
        }
    }

    @Test func `an extra comma is reported and is not a record`() throws {
        try RunningService.run { service in
            let answer = try service.post(#"[{"a":1},]"#, ["Content-Type: application/json"])
            #expect(
                String(decoding: answer.body, as: UTF8.self)
                    == #"{"accepted":1,"rejected":0,"stray_commas":{"count":1,"offset":9}}"# + "\n")
            #expect(try service.lines() == [#"{"a":1}"#])
        }
    }

    @Test func `a rejected record is kept whole, with its place and the token's name`() throws {
        try Tokens.run { service in
            let large = #"{"a":"\#(String(repeating: "x", count: 3 << 20))"}"#
            let answer = try service.post(
                "/logs/shop", "{}\n\(large)\n", Tokens.bearer(Tokens.shop))
            #expect(
                try answer.ingested.errors == [
                    .init(index: 1, reason: "record_too_large", offset: 3)
                ])
            let kept = try service.records(of: "shop.rejected")
            #expect(kept.map { $0["raw"] } == [.string(large)])
            #expect(
                kept.map { $0["token"] } == ["shop"] && kept.map { $0["offset"] } == [.number(3)])
        }
    }

    /// Random bytes under random types: what is answered 200 is all there again.
    @Test(arguments: 1...3)
    func `records answered 200 come back from the stream or its rejected file`(seed: Int) throws {
        try RunningService.run { service in
            var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
            func random(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            var sent: [[UInt8]] = []
            for number in 0..<60 {
                let lines = (0..<3).map { line in
                    // The beginning makes every line text, and itself.
                    Array("\(number) \(line) ".utf8)
                        + (0..<random(12)).map { _ in UInt8(random(256)) }.filter { $0 != 10 }
                        + [UInt8(ascii: ".")]
                }
                let body = Array(lines.joined(separator: [10]))
                let type = ["text/plain", "application/octet-stream", "text/html"][random(3)]
                let answer = try service.post(bytes: body, ["Content-Type: \(type)"])
                if answer.status == 200 || answer.status == 400 { sent += lines }
            }
            let written = try service.records().map { record -> [UInt8] in
                guard case .string(let text)? = record["message"] else { return [] }
                return Array(text.utf8)
            }
            let kept = try service.records(of: "app.rejected").map { record -> [UInt8] in
                guard case .string(let text)? = record["raw_base64"] else { return [] }
                return Array(Data(base64Encoded: text) ?? Data())
            }
            #expect(sent.count == 180)
            #expect(Set(written + kept) == Set(sent) && written.count + kept.count == sent.count)
        }
    }
}
