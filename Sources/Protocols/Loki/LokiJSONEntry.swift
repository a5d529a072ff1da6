// SPDX-License-Identifier: Apache-2.0

import Bytes

/// An entry of a push of JSON.
struct LokiJSONEntry {
    private(set) var time: JSONValue?
    /// nil: it is no entry.
    private(set) var text: JSONValue?
    private(set) var metadata: JSONValue?

    /// Reads an entry; `extra` becomes `"entry_extra":…,`, or empty if the entry has nothing else.
    init(_ json: inout JSONScanner, _ extra: inout ByteBuffer) throws(JSONMistake) {
        extra.removeAll()
        switch json.peek() {
        case .openBracket: try readArray(&json, &extra)
        case .openBrace: try readObject(&json, &extra)
        default: _ = try json.skipValue()
        }
    }

    private mutating func readArray(
        _ json: inout JSONScanner, _ extra: inout ByteBuffer
    ) throws(JSONMistake) {
        guard try json.openArray() else { return }
        time = try json.skipValue()
        guard try json.continueArray() else { return }
        text = try json.skipValue()
        guard try json.continueArray() else { return }
        metadata = try json.skipValue()
        guard try json.continueArray() else { return }
        extra.append("\"entry_extra\":[")
        repeat {
            let value = try json.skipValue()
            json.append(value, to: &extra)
            extra.append(",")
        } while try json.continueArray()
        extra.truncate(to: extra.count - 1)
        extra.append("],")
    }

    private mutating func readObject(
        _ json: inout JSONScanner, _ extra: inout ByteBuffer
    ) throws(JSONMistake) {
        guard try json.openObject() else { return }
        repeat {
            let key = try json.readKey()
            let value = try json.skipValue()
            if time == nil, json.isEqual(key, "ts") {
                time = value
            } else if text == nil, json.isEqual(key, "line") {
                text = value
            } else if metadata == nil, json.isEqual(key, "structuredMetadata") {
                metadata = value
            } else {
                if extra.isEmpty { extra.append("\"entry_extra\":{") }
                extra.append(key, value, of: json)
            }
        } while try json.continueObject()
        if extra.isEmpty { return }
        extra.truncate(to: extra.count - 1)
        extra.append("},")
    }
}

extension ByteBuffer {
    /// Appends the members of an entry that has a text, and returns whether it has a time.
    mutating func append(
        _ entry: LokiJSONEntry, of json: borrowing JSONScanner, _ context: borrowing LokiContext
    ) -> Bool {
        var hasTime = false
        if let time = entry.time { hasTime = append(lokiTime: time, of: json) }
        if let text = entry.text {
            // Only text is a message.
            append(text.kind == .quote ? "\"message\":" : "\"body\":")
            json.append(text, to: &self)
            append(",")
        }
        append(context.labels)
        if let metadata = entry.metadata, metadata.kind != UInt8(ascii: "n") {
            append("\"metadata\":")
            json.append(metadata, to: &self)
            append(",")
        }
        append(context.tail)
        append(context.entryExtra)
        return hasTime
    }

    /// Appends a member as it came, and a comma.
    mutating func append(_ key: JSONString, _ value: JSONValue, of json: borrowing JSONScanner) {
        append(json.bytes(key.quotedRange))
        append(":")
        json.append(value, to: &self)
        append(",")
    }
}
