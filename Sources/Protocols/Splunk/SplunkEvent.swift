// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// One event, as places in the body it was read from.
///
/// It is reused, so that its list of other members is allocated once.
struct SplunkEvent {
    /// The value of each `Member`.
    ///
    /// Of equal names the last counts, as in most readers of JSON; those before it are among the
    /// others.
    private var values = InlineArray<7, JSONValue?>(repeating: nil)
    /// Members that Splunk does not know.
    private(set) var others: [Other] = []
    /// Where a string `line` of an event that is an object stands, with its quotes; empty: nowhere.
    private(set) var line = 0..<0
    /// The part of the event that goes with it.
    private(set) var lineMember = 0..<0
    private(set) var range = 0..<0
    private(set) var hasLineBreaks = false

    enum Member: Int {
        case time, host, source, sourcetype, index, event, fields

        /// The member of this name; nil if Splunk does not know it.
        @inline(__always)
        fileprivate init?(_ key: JSONString, _ json: borrowing JSONScanner) {
            if json.isEqual(key, "event") {
                self = .event
            } else if json.isEqual(key, "time") {
                self = .time
            } else if json.isEqual(key, "host") {
                self = .host
            } else if json.isEqual(key, "source") {
                self = .source
            } else if json.isEqual(key, "sourcetype") {
                self = .sourcetype
            } else if json.isEqual(key, "index") {
                self = .index
            } else if json.isEqual(key, "fields") {
                self = .fields
            } else {
                return nil
            }
        }
    }

    struct Other {
        /// With its quotes.
        let name: Range<Int>
        let value: JSONValue
    }

    subscript(member: Member) -> JSONValue? { values[member.rawValue] }

    /// Reads the object that begins at `start`.
    ///
    /// The scanner is one of its own, because its place then stays in a register.
    mutating func read(
        _ text: Span<UInt8>, at start: Int, depthLimit: Int
    ) throws(JSONMistake) {
        removeAll()
        var json = JSONScanner(text, at: start, depthLimit: depthLimit)
        var more = try json.openObject()
        while more {
            let key = try json.readKey()
            let member = Member(key, json)
            let value =
                member == .event && json.peek() == .openBrace
                ? try readEvent(&json) : try json.skipValue()
            if value.hasLineBreaks { hasLineBreaks = true }
            if let member { note(value, as: member, key) } else { note(value, key) }
            more = try json.continueObject()
        }
        range = start..<json.offset
        if json.hasLineBreaks { hasLineBreaks = true }
    }

    private mutating func removeAll() {
        values = InlineArray(repeating: nil)
        if !others.isEmpty { others.removeAll(keepingCapacity: true) }
        line = 0..<0
        hasLineBreaks = false
    }

    @inline(__always)
    private mutating func note(_ value: JSONValue, as member: Member, _ key: JSONString) {
        if let old = values[member.rawValue] { note(old, key) }
        values[member.rawValue] = value
        if member == .event, value.kind != .openBrace { line = 0..<0 }
    }

    @inline(never)
    private mutating func note(_ other: JSONValue, _ key: JSONString) {
        others.append(Other(name: key.quotedRange, value: other))
    }

    /// Reads an event that is an object, and looks for `line`, in which Docker's driver has the text.
    @inline(__always)
    private mutating func readEvent(_ json: inout JSONScanner) throws(JSONMistake) -> JSONValue {
        line = 0..<0
        let start = json.offset
        var behindLast = start + 1
        var hasBreaks = false
        var more = try json.openObject()
        while more {
            let isFirst = behindLast == start + 1
            _ = json.peek()
            let member = json.offset
            let key = try json.readKey()
            let isLine = line.isEmpty && json.isEqual(key, "line") && json.peek() == .quote
            if isLine {
                line = try json.readString().quotedRange
            } else if try json.skipValue().hasLineBreaks {
                hasBreaks = true
            }
            let behind = json.offset
            more = try json.continueObject()
            if isLine {
                // Of the commas around it one stays, if there are members on both sides.
                lineMember = more ? member..<json.offset : (isFirst ? member : behindLast)..<behind
            }
            behindLast = behind
        }
        return JSONValue(
            range: start..<json.offset, kind: .openBrace,
            hasLineBreaks: hasBreaks || json.hasLineBreaks)
    }
}
