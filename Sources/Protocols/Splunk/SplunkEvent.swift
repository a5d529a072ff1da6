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
    }

    struct Other {
        /// With its quotes.
        let name: Range<Int>
        let value: JSONValue
    }

    subscript(member: Member) -> JSONValue? { values[member.rawValue] }

    /// Reads the object that is next.
    mutating func read(_ json: inout JSONScanner) throws(JSONMistake) {
        removeAll()
        let start = json.offset
        var more = try json.openObject()
        while more {
            let key = try json.readKey()
            if json.isEqual(key, "event") {
                set(.event, try readEvent(&json), key)
            } else if json.isEqual(key, "time") {
                set(.time, try json.skipValue(), key)
            } else if json.isEqual(key, "host") {
                set(.host, try json.skipValue(), key)
            } else if json.isEqual(key, "source") {
                set(.source, try json.skipValue(), key)
            } else if json.isEqual(key, "sourcetype") {
                set(.sourcetype, try json.skipValue(), key)
            } else if json.isEqual(key, "index") {
                set(.index, try json.skipValue(), key)
            } else if json.isEqual(key, "fields") {
                set(.fields, try json.skipValue(), key)
            } else {
                let value = try json.skipValue()
                if value.hasLineBreaks { hasLineBreaks = true }
                others.append(Other(name: key.quotedRange, value: value))
            }
            more = try json.continueObject()
        }
        range = start..<json.offset
        if json.hasLineBreaks { hasLineBreaks = true }
    }

    private mutating func removeAll() {
        values = InlineArray(repeating: nil)
        if !others.isEmpty { others.removeAll(keepingCapacity: true) }
        line = 0..<0
        lineMember = 0..<0
        hasLineBreaks = false
    }

    @inline(__always)
    private mutating func set(_ member: Member, _ value: JSONValue, _ key: JSONString) {
        if value.hasLineBreaks { hasLineBreaks = true }
        if let old = values[member.rawValue] {
            others.append(Other(name: key.quotedRange, value: old))
        }
        values[member.rawValue] = value
    }

    /// Reads the value of `event`; in an object, looks for `line`, in which Docker's driver has the
    /// text.
    private mutating func readEvent(_ json: inout JSONScanner) throws(JSONMistake) -> JSONValue {
        line = 0..<0
        lineMember = 0..<0
        guard json.peek() == .openBrace else { return try json.skipValue() }
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
