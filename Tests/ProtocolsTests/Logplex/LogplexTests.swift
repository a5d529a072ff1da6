// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import HTTP
import Ingest
import Protocols
import Testing

struct LogplexTests {
    private static func send(
        _ body: String, _ fields: String = "", isPaused: Bool = false
    ) throws -> Exchange {
        try Exchange(
            LogplexProtocol(), "/logplex", fields: fields, Array(body.utf8), isPaused: isPaused)
    }

    private static func framed(_ frame: String) -> String { "\(frame.utf8.count) \(frame)" }

    // MARK: Frames

    @Test(arguments: [
        (
            "<158>1 2012-11-30T06:45:29+00:00 host app web.3 - State changed\n",
            #"{"time":"2012-11-30T06:45:29+00:00","level":"info","message":"State changed","host":"host","app_name":"app","proc_id":"web.3","priority":158}"#
        ),
        // An empty message, with and without the space in front, and without the line feed.
        (
            "<40>1 2012-11-30T06:45:29.123456Z host app web.3 - \n",
            #"{"time":"2012-11-30T06:45:29.123456Z","level":"emerg","message":"","host":"host","app_name":"app","proc_id":"web.3","priority":40}"#
        ),
        (
            "<191>1 2012-11-30T06:45:29-08:30 host app web.3 -",
            #"{"time":"2012-11-30T06:45:29-08:30","level":"debug","message":"","host":"host","app_name":"app","proc_id":"web.3","priority":191}"#
        ),
        // A message is all that follows, with its spaces, line breaks and quotes.
        (
            "<13>1 2012-11-30T06:45:29Z - heroku router -  at=info \"a\"\n\tb\r\n\n",
            #"{"time":"2012-11-30T06:45:29Z","level":"notice","message":" at=info \"a\"\n\tb\r\n","app_name":"heroku","proc_id":"router","priority":13}"#
        ),
        (
            "<14>1 - host app web.1 id47 [a b=\"c\"] text",
            #"{"level":"info","message":"[a b=\"c\"] text","host":"host","app_name":"app","proc_id":"web.1","msg_id":"id47","priority":14}"#
        ),
        // What is no time stays as it is.
        (
            "<14>1 2012-13-30T06:45:29Z h a p - x",
            #"{"time_raw":"2012-13-30T06:45:29Z","level":"info","message":"x","host":"h","app_name":"a","proc_id":"p","priority":14}"#
        ),
        (
            "<14>1 yesterday h a p - x",
            #"{"time_raw":"yesterday","level":"info","message":"x","host":"h","app_name":"a","proc_id":"p","priority":14}"#
        ),
        // What does not parse is a message.
        (
            "<192>1 2012-11-30T06:45:29Z h a p - x",
            #"{"message":"<192>1 2012-11-30T06:45:29Z h a p - x"}"#
        ),
        (
            "<14>2 2012-11-30T06:45:29Z h a p - x",
            #"{"message":"<14>2 2012-11-30T06:45:29Z h a p - x"}"#
        ),
        ("<14>1 2012-11-30T06:45:29Z h a p", #"{"message":"<14>1 2012-11-30T06:45:29Z h a p"}"#),
        (
            "<>1 2012-11-30T06:45:29Z h a p - x",
            #"{"message":"<>1 2012-11-30T06:45:29Z h a p - x"}"#
        ),
        (
            "<14>1 2012-11-30T06:45:29Z h  p - x",
            #"{"message":"<14>1 2012-11-30T06:45:29Z h  p - x"}"#
        ),
        ("plain text\n", #"{"message":"plain text"}"#), ("<14>1", #"{"message":"<14>1"}"#),
        ("<", #"{"message":"<"}"#),
    ])
    func `a frame is a record`(frame: String, line: String) throws {
        let exchange = try Self.send(Self.framed(frame))
        #expect(exchange.lines == [line])
        #expect(exchange.rejected == [] && exchange.accepted == 1)
    }

    @Test
    func `text that is not UTF-8 is kept in Base64`() throws {
        let frame = Array("<14>1 2012-11-30T06:45:29Z h a p - ".utf8) + [0xFF, 0xFE]
        let exchange = try Exchange(
            LogplexProtocol(), "/logplex", Array("\(frame.count) ".utf8) + frame)
        #expect(
            exchange.lines.count == 1 && exchange.lines[0].contains(#""message":{"base64":"//4="}"#)
        )
        #expect(exchange.lines[0].contains(#""host":"h""#))
    }

    @Test(arguments: [
        // Lengths that count the line feed or not, and several frames.
        ("2 a\n2 b\n", ["a", "b"]), ("1 a\n1 b\n", ["a", "b"]), ("1 a1 b", ["a", "b"]),
        ("3 a\nb4 c\n\nd", ["a\nb", "c\n\nd"]),
        // Nothing is there.
        ("", []), ("\n \r\n", []), ("0 ", []), ("0 0 1 a", ["a"]), ("1 \n", []),
        // Wrong lengths, and none at all: nothing is lost.
        ("1 abc\n3 def", ["a", "bc", "def"]), ("5 abc\n3 def", ["abc\n3", "def"]),
        ("abc\n3 def", ["abc", "def"]), ("abc\ndef", ["abc", "def"]),
        ("3 abcdef\n3 ghi", ["abc", "def", "ghi"]),
        ("404 not found\n3 abc", ["404 not found", "abc"]),
        ("99 <14>1 cut", ["<14>1 cut"]), ("99 ", ["99 "]), ("99", ["99"]),
        ("99999999999 abc", ["99999999999 abc"]), ("-1 abc", ["-1 abc"]),
    ])
    func `a body is divided into frames`(body: String, messages: [String]) throws {
        let exchange = try Self.send(body)
        #expect(try exchange.records.map { $0["message"] as? String } == messages)
        #expect(exchange.rejected == [] && exchange.status == 204)
    }

    @Test(arguments: [
        (
            "Logplex-Frame-Id: f1\r\nLogplex-Drain-Token: d.2\r\n",
            #","_logplex":{"frame_id":"f1","drain_token":"d.2"}}"#
        ),
        ("Logplex-Frame-Id: \"\\\r\n", #","_logplex":{"frame_id":"\"\\"}}"#),
        (
            "Logplex-Drain-Token: d.2\r\nLogplex-Msg-Count: 7\r\n",
            #","_logplex":{"drain_token":"d.2"}}"#
        ),
        ("", "}"),
    ])
    func `each record names the frame and the drain of its request`(
        fields: String, end: String
    ) throws {
        let frame = "<14>1 2012-11-30T06:45:29Z h a p - x"
        let exchange = try Self.send(Self.framed(frame) + "1 y", fields)
        #expect(exchange.lines.count == 2 && exchange.status == 204)
        #expect(exchange.lines[0].hasSuffix(#""priority":14"# + end))
        #expect(exchange.lines[1] == #"{"message":"y""# + end)
    }

    @Test
    func `a record over the limit is rejected alone`() throws {
        var limits = IngestLimits()
        limits.recordByteCount = 40
        let long = "<14>1 2012-11-30T06:45:29Z h a p - " + String(repeating: "x", count: 6)
        let good = String(long.dropLast())
        let body = Self.framed(good) + Self.framed(long) + Self.framed(good + "\n")
        let exchange = try Exchange(
            LogplexProtocol(), "/logplex", Array(body.utf8), limits: limits)
        #expect(exchange.accepted == 2 && exchange.lines.count == 2)
        #expect(exchange.rejected.count == 1)
        #expect(
            exchange.rejected[0].contains("record_too_large")
                && exchange.rejected[0].contains("- xxxxxx\""))
        #expect(exchange.status == 204 && exchange.answer == "")
    }

    @Test
    func `a record without a time gets the stamp of text`() throws {
        let body = Self.framed("<14>1 2012-11-30T06:45:29Z h a p - x") + "1 y"
        let exchange = try Exchange(
            LogplexProtocol(), "/logplex", Array(body.utf8), stamp: #""at":1}"#)
        // The stamp of objects is the same in this test.
        #expect(exchange.lines[1] == #"{"message":"y","at":1}"#)
    }

    // MARK: What was sent can be rebuilt

    /// A frame as Logplex makes it.
    private struct Frame {
        var priority: Int
        var fields: [String]
        var message: [UInt8]
        var hasLineFeed: Bool

        init(_ random: inout SplitMix64) {
            priority = random.below(192)
            fields = ["app", "web.1", "heroku", "-", "é", "a\"b", "{}"].shuffled(using: &random)
            let telling = Array("a 1<>-\n\r\t\"\\\u{0}é😀".utf8) + [0xFF]
            message = (0..<random.below(60)).map { _ in telling[random.below(telling.count)] }
            hasLineFeed = random.below(2) == 0
            // Without its own line feed, one of the message would be taken for it.
            if !hasLineFeed, message.last == 10 { hasLineFeed = true }
        }

        var bytes: [UInt8] {
            let head =
                "<\(priority)>1 2012-11-30T06:45:29+00:00 \(fields[0]) \(fields[1]) \(fields[2]) - "
            return Array(head.utf8) + message + (hasLineFeed ? [10] : [])
        }

        var record: NSDictionary {
            let names = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
            var record: [String: Any] = [
                "time": "2012-11-30T06:45:29+00:00", "level": names[priority % 8],
                "priority": priority,
            ]
            for (name, value) in zip(["host", "app_name", "proc_id"], fields) where value != "-" {
                record[name] = value
            }
            if let text = String(validating: message, as: UTF8.self) {
                record["message"] = text
            } else {
                record["message"] = ["base64": Data(message).base64EncodedString()]
            }
            return record as NSDictionary
        }
    }

    private static func frames(_ count: Int, seed: UInt64) -> [Frame] {
        var random = SplitMix64(state: seed)
        return (0..<count).map { _ in Frame(&random) }
    }

    private static func body(_ frames: [Frame]) -> [UInt8] {
        frames.flatMap { Array("\($0.bytes.count) ".utf8) + $0.bytes }
    }

    @Test
    func `any frames can be rebuilt from their lines, however often reading pauses`() throws {
        let frames = Self.frames(2000, seed: 1)
        let body = Self.body(frames)
        let exchange = try Exchange(LogplexProtocol(), "/logplex", body)
        #expect(try exchange.records == frames.map(\.record))
        // Frames of other lengths in front move the places of the pauses.
        for shift in 0..<100 {
            let shifted = Array("\(shift) ".utf8) + [UInt8](repeating: 120, count: shift) + body
            var paused = try Exchange(LogplexProtocol(), "/logplex", shifted, isPaused: true)
            #expect(paused.pauses >= 3)
            paused.pauses = 0
            #expect(try paused == Exchange(LogplexProtocol(), "/logplex", shifted))
            #expect(paused.lines.suffix(frames.count).elementsEqual(exchange.lines))
        }
    }

    @Test
    func `a body that is cut off keeps every whole frame, and the rest as text`() throws {
        let frames = Self.frames(6, seed: 2)
        let body = Self.body(frames)
        var ends: [Int] = []
        for frame in frames {
            let length = "\(frame.bytes.count) ".utf8.count + frame.bytes.count
            ends.append((ends.last ?? 0) + length)
        }
        for count in 0...body.count {
            let exchange = try Exchange(LogplexProtocol(), "/logplex", Array(body[..<count]))
            let whole = ends.count { $0 <= count }
            #expect(exchange.rejected == [] && exchange.error == nil)
            #expect(
                try exchange.records.prefix(whole).elementsEqual(frames.prefix(whole).map(\.record))
            )
            #expect(exchange.lines.count >= whole && exchange.lines.count <= whole + 1)
        }
    }

    // MARK: Heads

    @Test
    func `a body may be compressed, and its type is no matter`() throws {
        // "1 a"
        let body: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 51, 84, 72, 4, 0, 217, 35, 217, 117, 3, 0, 0, 0,
        ]
        let fields = "Content-Encoding: gzip\r\nContent-Type: application/logplex-1\r\n"
        let exchange = try Exchange(LogplexProtocol(), "/logplex", fields: fields, body)
        #expect(exchange.lines == [#"{"message":"a"}"#])
        #expect(throws: Refusal.self) { try Self.send("1 a", "Content-Encoding: br\r\n") }
    }
}
