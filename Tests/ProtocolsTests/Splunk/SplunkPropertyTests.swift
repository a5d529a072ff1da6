// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Ingest
import Testing

@testable import Protocols

/// Random events, and what a reader of their lines makes of them.
@Suite struct SplunkPropertyTests {
    @Test(arguments: 1...4)
    func `what was sent can be rebuilt from the line`(seed: UInt64) throws {
        var random = RandomEvents(seed: seed)
        for _ in 0..<100 {
            let events = (0..<random.below(20) + 1).map { _ in random.event() }
            let isArray = random.below(4) == 0
            let separator =
                isArray ? [",", " ,\n"][random.below(2)] : ["", "\n", " "][random.below(3)]
            var body = events.map(\.text).joined(separator: separator)
            if isArray { body = "[\(body)]" }
            let read = try SplunkLinesTests.read(body)
            #expect(read.lines.count == events.count && read.rejected.isEmpty)
            for (line, event) in zip(read.lines, events) {
                #expect(try Self.rebuilt(line) == event.object, "\(event.text) as \(line)")
            }
        }
    }

    /// The event of a line.
    private static func rebuilt(_ line: String) throws -> NSDictionary {
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed)
                as? [String: Any])
        if let time = object.removeValue(forKey: "time") as? String {
            object["time"] = try seconds(time)
        }
        if let raw = object.removeValue(forKey: "time_raw") { object["time"] = raw }
        guard let message = object.removeValue(forKey: "message") else {
            return object as NSDictionary
        }
        if var event = object["event"] as? [String: Any] {
            event["line"] = message
            object["event"] = event
        } else {
            object["event"] = message
        }
        return object as NSDictionary
    }

    /// Seconds since 1970 as text, by Foundation's calendar.
    private static func seconds(_ time: String) throws -> String {
        #expect(time.hasSuffix("Z"))
        let parts = time.dropLast().split(separator: ".")
        let formatter = ISO8601DateFormatter()
        let date = try #require(formatter.date(from: parts[0] + "Z"))
        let whole = String(Int64(date.timeIntervalSince1970))
        return parts.count == 2 ? "\(whole).\(parts[1])" : whole
    }

    @Test func `reading with pauses gives the same, whatever is wrong`() throws {
        var random = RandomEvents(seed: 9)
        var body = ""
        for _ in 0..<1500 {
            body += random.below(10) == 0 ? random.brokenEvent() : random.event().text
            body += ["", "\n", ","][random.below(3)]
        }
        let whole = try SplunkLinesTests.read(body)
        var options = BodyRun.Options()
        options.isPausing = true
        var paused = try SplunkLinesTests.read(body, "POST /services/collector", options)
        #expect(whole.visits == 1 && paused.visits > 3 && whole.rejected.count > 50)
        paused.visits = 1
        #expect(whole == paused)

        let lines = body.replacing(",", with: "\n")
        let raw = "POST /services/collector/raw?host=h"
        let wholeLines = try SplunkLinesTests.read(lines, raw)
        var pausedLines = try SplunkLinesTests.read(lines, raw, options)
        #expect(pausedLines.visits > 3 && wholeLines.lines.count > 1500)
        pausedLines.visits = 1
        #expect(wholeLines == pausedLines)
    }

    @Test func `every truncation keeps the events in front of it`() throws {
        let events = [
            #"{"time":"1795888808.5","event":{"line":"a é","source":"stdout"},"host":"h"}"#,
            #"{"event":"b","fields":{"x":[]}}"#, #"{"n":null}"#,
        ]
        let whole = try SplunkLinesTests.read(events.joined())
        let body = Array(events.joined().utf8)
        let ends = [events[0].utf8.count, (events[0] + events[1]).utf8.count, body.count]
        for count in 1...body.count {
            let read = try BodyRun(
                "POST /services/collector", Array(body[..<count]), by: SplunkProtocol())
            let complete = ends.count { $0 <= count }
            #expect(read.lines == Array(whole.lines.prefix(complete)), "\(count)")
            #expect(read.rejected.count == (ends.contains(count) ? 0 : 1) && read.status == 200)
        }
    }

    @Test func `braces without end cost no more than they should`() throws {
        // Each is read up to the mistake at the end, and then from its next part on.
        let piece = #"{"a":["}{"b":["#
        let body = String(repeating: piece, count: 20_000)
        let start = ContinuousClock.now
        let read = try SplunkLinesTests.read(body)
        #expect(read.lines.isEmpty && read.rejected.count >= 1)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}

/// Random events as text, and as the objects that they are.
private struct RandomEvents {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(state: seed) }

    mutating func below(_ bound: Int) -> Int { random.below(bound) }

    mutating func event() -> (text: String, object: NSDictionary) {
        var members: [String] = []
        var object: [String: Any] = [:]
        func add(_ name: String, _ value: (text: String, value: Any)) {
            members.append("\(quoted(name)):\(value.text)")
            object[name] = value.value
        }
        if below(4) > 0 { add("time", time()) }
        if below(2) > 0 { add("host", text()) }
        if below(2) > 0 { add("source", text()) }
        if below(3) > 0 { add("sourcetype", text()) }
        if below(3) == 0 { add("index", text()) }
        if below(3) > 0 { add("fields", map(depth: 2)) }
        switch below(4) {
        case 0: add("event", text())
        case 1:
            var (text, map) = map(depth: 2)
            let line = self.text()
            text =
                text == "{}"
                ? "{\"line\":\(line.text)}" : "{\"line\":\(line.text),\(text.dropFirst())"
            map["line"] = line.value
            add("event", (text, map))
        default:
            let value = self.value(depth: 3)
            // A string without `line` beside it is the message.
            add("event", value)
        }
        members.shuffle(using: &random)
        let comma = [",", " , ", ",\n"][below(3)]
        return ("{\(members.joined(separator: comma))}", object as NSDictionary)
    }

    mutating func brokenEvent() -> String {
        [
            "{\"event\":\"line \"two\"\"}", "{\"event\":\"x}", "{\"event\":,}", "junk", "7",
            "{\"a\":\u{1}}",
        ][
            below(6)]
    }

    private mutating func time() -> (text: String, value: Any) {
        let digits = below(10)
        var text = "\(1 + below(4_000_000_000))"
        if digits > 0 {
            text += "."
            for _ in 0..<digits { text += "\(below(10))" }
        }
        return (below(2) == 0 ? text : "\"\(text)\"", text)
    }

    private mutating func text() -> (text: String, value: Any) {
        let parts = ["a", "é", "\"", "\\", "\n", "漢😀", "}{", "\u{1}", " line ", "[", ""]
        let text = (0..<below(6)).map { _ in parts[below(parts.count)] }.joined()
        return (quoted(text), text)
    }

    private mutating func map(depth: Int) -> (text: String, value: [String: Any]) {
        var members: [String] = []
        var object: [String: Any] = [:]
        for number in 0..<below(4) {
            let name = "k\(number)é"
            let value = value(depth: depth - 1)
            members.append("\(quoted(name)): \(value.text)")
            object[name] = value.value
        }
        return ("{\(members.joined(separator: ","))}", object)
    }

    private mutating func value(depth: Int) -> (text: String, value: Any) {
        switch below(depth > 0 ? 7 : 5) {
        case 0: return text()
        case 1:
            let number = below(1000) - 500
            return ("\(number)", number)
        case 2: return ("true", true)
        case 3: return ("null", NSNull())
        case 4: return ("2.5e0", 2.5)
        case 5:
            let map = map(depth: depth)
            return (map.text, map.value)
        default:
            let items = (0..<below(4)).map { _ in value(depth: depth - 1) }
            return ("[\(items.map(\.text).joined(separator: ", "))]", items.map(\.value))
        }
    }

    private func quoted(_ text: String) -> String {
        var buffer = ByteBuffer()
        buffer.append(jsonString: text)
        return String(buffer)
    }
}
