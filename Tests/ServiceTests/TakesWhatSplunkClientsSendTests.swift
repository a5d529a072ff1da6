// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Splunk's HTTP Event Collector over real sockets.
struct TakesWhatSplunkClientsSendTests {
    private static let success = #"{"text":"Success","code":0}"#

    @Test(arguments: ["", "/event", "/event/1.0"])
    func `events are answered with 200, and are in the file`(suffix: String) throws {
        try RunningService.run(environment: RunningService.unstamped) { service in
            let path = "/services/collector\(suffix)"
            let body =
                #"{"time":"1795888808.123456","host":"h","event":{"line":"one","source":"stdout"}}"#
                + #"{"event":"two"}{"log":"three"}"#
            let answer = try service.post(path, body)
            #expect(answer.status == 200 && answer.text == Self.success)
            // The same behind the name of a stream.
            #expect(try service.post("/logs/shop\(path)?source=s", body).status == 200)
            let time = #""time":"2026-11-28T18:00:08.123456Z""#
            #expect(
                try service.lines() == [
                    "{\(time),\"message\":\"one\",\"host\":\"h\",\"event\":{\"source\":\"stdout\"}}",
                    #"{"message":"two"}"#, #"{"log":"three"}"#,
                ])
            #expect(
                try service.lines(of: "shop") == [
                    "{\(time),\"message\":\"one\",\"host\":\"h\",\"source\":\"s\","
                        + "\"event\":{\"source\":\"stdout\"}}",
                    #"{"message":"two","source":"s"}"#, #"{"log":"three","_hec":{"source":"s"}}"#,
                ])
        }
    }

    @Test func `a bad event among good ones costs itself alone`() throws {
        try RunningService.run(environment: RunningService.unstamped) { service in
            let body = #"{"event":"one"}{"event":"line "two""}{"event":"three"}"#
            let answer = try service.post("/services/collector", body)
            #expect(answer.status == 200 && answer.text == Self.success)
            #expect(try service.lines() == [#"{"message":"one"}"#, #"{"message":"three"}"#])
            let rejected = try service.lines(of: "app.rejected")
            #expect(rejected.count == 1 && rejected[0].contains(#"line \"two\""#))
            // A body without a good one is not to be sent again either.
            #expect(try service.post("/services/collector", "x").status == 200)
        }
    }

    @Test func `lines of text are records, also of a raw stream`() throws {
        let text = """
            listen: ["127.0.0.1:0"]
            per_stream: {lines: {format: raw}}
            """
        try RunningService.run(
            environment: RunningService.unstamped, configuration: text
        ) { service in
            let path = "/services/collector/raw?host=h&channel=c"
            #expect(try service.post(path, "one\r\n\ntwo").text == Self.success)
            #expect(
                try service.lines() == [
                    #"{"message":"one","host":"h","channel":"c"}"#,
                    #"{"message":"two","host":"h","channel":"c"}"#,
                ])
            #expect(try service.post("/logs/lines\(path)", "one\r\n\ntwo").text == Self.success)
            #expect(try service.lines(of: "lines") == ["one", "two"])
            // Events are objects.
            let events = try service.post("/logs/lines/services/collector", #"{"event":1}"#)
            #expect(events.status == 400 && events.text.contains(#""code":"raw_stream""#))
        }
    }

    @Test func `probes need no token, and everything else has a code of Splunk's`() throws {
        try Tokens.run { (service) throws in
            let path = "/services/collector"
            for path in ["\(path)/event/1.0", "\(path)/raw", "/logs/shop\(path)"] {
                // Docker's driver wants exactly 200.
                #expect(try service.request("OPTIONS", path).status == 200)
                #expect(try service.request("HEAD", path).status == 200)
            }
            let health = try service.get("\(path)/health")
            #expect(health.status == 200 && health.text == #"{"text":"HEC is healthy","code":17}"#)
            #expect(try service.get("\(path)/health/1.0").text == health.text)

            let answers: [([String], Int, String)] = [
                ([], 401, #"{"text":"Token is required","code":2}"#),
                (["Authorization: Digest x"], 401, #"{"text":"Invalid authorization","code":3}"#),
                (["Authorization: Splunk x"], 403, #"{"text":"Invalid token","code":4}"#),
                (
                    ["Authorization: Splunk \(Tokens.shop)"], 403,
                    #"{"text":"Invalid token","code":4}"#
                ),
                (["Authorization: Splunk \(Tokens.all)"], 200, Self.success),
                // Any name will do.
                (Tokens.basic("x", Tokens.all), 200, Self.success),
            ]
            for (headers, status, text) in answers {
                let answer = try service.post(path, #"{"event":1}"#, headers)
                #expect(answer.status == status && answer.text == text, "\(headers)")
                #expect((answer.header("www-authenticate") != nil) == (status == 401))
            }
            let shop = ["Authorization: Splunk \(Tokens.shop)"]
            #expect(try service.post("/logs/shop\(path)", #"{"event":1}"#, shop).status == 200)
        }
    }

    @Test func `a rejected request has a code of Splunk's`() throws {
        let settings = ["CORDWOOD_LIMITS_BODY_BYTES": "1KiB"]
        try RunningService.run(environment: settings) { service in
            let path = "/services/collector/event"
            let empty = try service.post(path, "")
            #expect(empty.status == 400 && empty.text == #"{"text":"No data","code":5}"#)
            let off = try service.post("/services/collector/ack?channel=c", #"{"acks":[0]}"#)
            #expect(off.status == 400 && off.text == #"{"text":"ACK is disabled","code":14}"#)
            let coded = try service.post(path, "x", ["Content-Encoding: br"])
            #expect(coded.status == 415 && coded.text.contains(#""code":6,"error":{"code":"un"#))
            let large = try service.post(path, String(repeating: " ", count: 1025))
            #expect(large.status == 413 && large.text.contains(#""code":6,"error":{"code":"body_"#))
            let method = try service.request("PUT", path, [], Array("{}".utf8))
            #expect(method.status == 405 && method.header("allow") == "POST, HEAD, OPTIONS")
            #expect(try service.post("/services/collector/other", "{}").status == 404)
        }
    }

    @Test func `acknowledgements say that what was answered is written`() throws {
        let settings = ["CORDWOOD_PROTOCOLS_SPLUNK_ACK": "true", "CORDWOOD_WORKERS": "1"]
        try RunningService.run(environment: settings) { service in
            let channel = ["X-Splunk-Request-Channel: c"]
            for number in 0..<2 {
                let answer = try service.post("/services/collector", #"{"event":1}"#, channel)
                #expect(answer.text == #"{"text":"Success","code":0,"ackId":\#(number)}"#)
            }
            #expect(try service.post("/services/collector", #"{"event":1}"#).text == Self.success)
            let path = "/services/collector/ack"
            let answer = try service.post(path, #"{"acks":[0,1]}"#, channel)
            #expect(answer.status == 200 && answer.text == #"{"acks":{"0":true,"1":true}}"#)
            let missing = try service.post(path, #"{"acks":[0]}"#)
            #expect(missing.status == 400)
            #expect(missing.text == #"{"text":"Data channel is missing","code":10}"#)
            #expect(try service.lines().count == 3)
        }
    }
}
