// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// The place in a push of JSON.
///
/// There are two forms, told apart by their members:
///
///     {"streams":[{"stream":{labels},"values":[["nanoseconds","line",{metadata}]]}]}
///     {"streams":[{"labels":"{…}","entries":[{"ts":"RFC 3339","line":"line"}]}]}
///
/// Labels may follow the entries, so a stream is looked through first, and its entries are read then.
struct LokiJSON {
    private enum State {
        /// In front of the object of the push, or at the end.
        case push
        /// In front of a member of the push.
        case pushMember
        /// In front of a stream.
        case stream
        /// In front of a member of a stream.
        case streamMember
        /// In front of an entry that is skipped.
        case skipped
        /// In front of an entry that is read.
        case entry
        /// Behind a stream.
        case streamEnd
        case end
    }

    private var state = State.push
    /// Where reading goes on.
    private var at: Int
    private var pushStart = 0
    private var hasStreams = false

    // Of the stream that is being read.
    private var streamStart = 0
    private var streamEnd = 0
    private var hasLabels = false
    /// Where the first entry is of each array of entries, in their order.
    private var arrays: (first: Int, second: Int?)?
    /// Why the stream is no JSON behind its entries.
    private var mistake: JSONMistake?

    init(from start: Int) { at = start }

    /// Reads on.
    ///
    /// - Returns: whether all is read.
    mutating func readPart(
        _ body: Span<UInt8>, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(IngestError) -> Bool {
        let part = LokiPart(at: at, sink.line.count)
        while true {
            let before = at
            switch state {
            case .end: return true
            case .entry: try readEntry(body, &context, into: &sink)
            default: readStructure(body, &context, into: &sink)
            }
            // A part also ends where reading goes back to the entries.
            if at < before || part.isOver(at: at, sink.line.count) { return false }
        }
    }

    private mutating func go(to place: Int, _ state: State) {
        at = place
        self.state = state
    }

    private var depth: Int {
        switch state {
        case .push, .end: 0
        case .pushMember: 1
        case .stream, .streamEnd: 2
        case .streamMember: 3
        case .skipped, .entry: 4
        }
    }

    // MARK: All but the entries

    private mutating func readStructure(
        _ body: Span<UInt8>, _ context: inout LokiContext, into sink: inout RecordSink
    ) {
        var json = JSONScanner(body, at: at, depth: depth)
        do throws(JSONMistake) {
            switch state {
            case .push: try readPush(&json, &context, into: &sink)
            case .pushMember: try readPushMember(&json, &context, into: &sink)
            case .stream: try readStream(&json, &context, into: &sink)
            case .streamMember: try readStreamMember(&json, &context, into: &sink)
            case .skipped:
                _ = try json.skipValue()
                if try json.continueArray() {
                    go(to: json.offset, .skipped)
                } else {
                    try endStreamMember(&json, &context, into: &sink)
                }
            case .streamEnd: try endStream(&json, &context, into: &sink)
            case .entry, .end: break
            }
        } catch {
            let isInStream = depth >= 3
            guard isInStream, let arrays else {
                let start = isInStream ? streamStart : hasStreams ? at : pushStart
                return rejectRest(from: start, error, of: body, &context, into: &sink)
            }
            // The entries up to there can be read.
            mistake = error
            context.endStreamHead(pushExtra: "push_extra", streamExtra: "stream_extra")
            go(to: arrays.first, .entry)
        }
    }

    private mutating func readPush(
        _ json: inout JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(JSONMistake) {
        pushStart = at
        hasStreams = false
        if json.isAtEnd() { return state = .end }
        pushStart = json.offset
        if try json.openObject() {
            go(to: json.offset, .pushMember)
        } else {
            endPush(json, &context, into: &sink)
        }
    }

    private mutating func readPushMember(
        _ json: inout JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(JSONMistake) {
        let key = try json.readKey()
        let isStreams = json.isEqual(key, "streams")
        if isStreams, json.peek() == .openBracket {
            hasStreams = true
            if try json.openArray() { return go(to: json.offset, .stream) }
            return try endPushMember(&json, &context, into: &sink)
        }
        let value = try json.skipValue()
        if isStreams, value.kind == UInt8(ascii: "n") {
            hasStreams = true
        } else if hasStreams {
            // It comes too late for the lines, so it is kept beside them.
            let place = key.quotedRange.lowerBound
            sink.reject(json.bytes(place..<value.range.upperBound), .malformed, from: place)
        } else {
            context.pushExtra.append(key, value, of: json)
        }
        try endPushMember(&json, &context, into: &sink)
    }

    private mutating func endPushMember(
        _ json: inout JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(JSONMistake) {
        if try json.continueObject() {
            go(to: json.offset, .pushMember)
        } else {
            endPush(json, &context, into: &sink)
        }
    }

    private mutating func endPush(
        _ json: borrowing JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) {
        if !hasStreams {
            context.hasMistake = true
            sink.reject(json.bytes(pushStart..<json.offset), .malformed, from: pushStart)
        }
        context.pushExtra.removeAll()
        go(to: json.offset, .push)
    }

    private mutating func readStream(
        _ json: inout JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(JSONMistake) {
        guard json.peek() == .openBrace else {
            let value = try json.skipValue()
            sink.reject(json.bytes(value.range), .malformed, from: value.range.lowerBound)
            return try endStream(&json, &context, into: &sink)
        }
        streamStart = json.offset
        hasLabels = false
        arrays = nil
        mistake = nil
        context.beginStream()
        if try json.openObject() { return go(to: json.offset, .streamMember) }
        try endStream(&json, &context, into: &sink)
    }

    private mutating func readStreamMember(
        _ json: inout JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(JSONMistake) {
        let key = try json.readKey()
        if json.peek() == .openBracket, arrays?.second == nil,
            json.isEqual(key, "values") || json.isEqual(key, "entries")
        {
            guard try json.openArray() else {
                return try endStreamMember(&json, &context, into: &sink)
            }
            if let first = arrays?.first {
                arrays = (first, json.offset)
            } else {
                arrays = (json.offset, nil)
            }
            return go(to: json.offset, .skipped)
        }
        let value = try json.skipValue()
        if !hasLabels, json.isEqual(key, "stream") || json.isEqual(key, "labels") {
            hasLabels = true
            context.setLabels(value, of: json)
        } else {
            context.streamExtra.append(key, value, of: json)
        }
        try endStreamMember(&json, &context, into: &sink)
    }

    private mutating func endStreamMember(
        _ json: inout JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(JSONMistake) {
        if try json.continueObject() { return go(to: json.offset, .streamMember) }
        streamEnd = json.offset
        if let arrays {
            context.endStreamHead(pushExtra: "push_extra", streamExtra: "stream_extra")
            return go(to: arrays.first, .entry)
        }
        if !context.streamExtra.isEmpty {
            sink.reject(json.bytes(streamStart..<streamEnd), .malformed, from: streamStart)
        }
        go(to: streamEnd, .streamEnd)
    }

    private mutating func endStream(
        _ json: inout JSONScanner, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(JSONMistake) {
        if try json.continueArray() {
            go(to: json.offset, .stream)
        } else {
            try endPushMember(&json, &context, into: &sink)
        }
    }

    // MARK: Entries

    private mutating func readEntry(
        _ body: Span<UInt8>, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(IngestError) {
        var json = JSONScanner(body, at: at, depth: depth)
        _ = json.peek()
        let start = json.offset
        let entry: LokiJSONEntry
        do throws(JSONMistake) {
            entry = try LokiJSONEntry(&json, &context.entryExtra)
        } catch {
            return rejectRest(from: start, error, of: body, &context, into: &sink)
        }
        let source = json.bytes(start..<json.offset)
        if entry.text == nil {
            sink.reject(source, .malformed, from: start)
        } else {
            guard sink.hasRoom(for: source.count, context) else { throw .outOfMemory }
            sink.beginLine()
            let hasTime = sink.line.append(entry, of: json, context)
            try sink.endLine(of: source, from: start, hasTime: hasTime)
        }
        do throws(JSONMistake) {
            if try json.continueArray() { return at = json.offset }
        } catch {
            return rejectRest(from: json.offset, error, of: body, &context, into: &sink)
        }
        if let second = arrays?.second, json.offset < second {
            go(to: second, .entry)
        } else if let mistake {
            rejectRest(from: json.offset, mistake, of: body, &context, into: &sink)
        } else {
            go(to: streamEnd, .streamEnd)
        }
    }

    /// Rejects what is left of the body from `start` on, because it is no JSON.
    private mutating func rejectRest(
        from start: Int, _ mistake: JSONMistake, of body: Span<UInt8>,
        _ context: inout LokiContext, into sink: inout RecordSink
    ) {
        context.hasMistake = true
        sink.reject(
            body.extracting(start..<body.count), mistake.reason, from: start,
            mistakeAt: max(0, mistake.offset - start))
        state = .end
    }
}
