// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// Finds objects that stand one behind the other, in arrays or not, with commas, white space or
/// nothing between them; rejects what is no object.
///
/// The caller reads each object, and says where it ends or what is wrong with it.
struct ObjectSequence {
    /// Where reading goes on.
    private(set) var offset = 0
    /// Whether something was found that is no separator.
    private(set) var hasRecord = false
    private var search: BoundarySearch

    /// - Parameter firstMembers: the members that the first of a record may be, with their quotes.
    init(firstMembers: [StaticString]) { search = BoundarySearch(firstMembers: firstMembers) }

    mutating func begin() {
        offset = 0
        hasRecord = false
    }

    /// Goes on to the next object, or part of the way to it.
    ///
    /// - Returns: Whether one begins at `offset`; if not, the end of the body is reached.
    mutating func findNext(_ body: Span<UInt8>, into sink: inout RecordSink) -> Bool {
        if offset == 0 { search.begin(byteCount: body.count) }
        while true {
            while offset < body.count, body[offset].isBetweenObjects { offset &+= 1 }
            if offset == body.count { return false }
            hasRecord = true
            if body[offset] == .openBrace { return true }
            rejectOther(body, into: &sink)
        }
    }

    /// Goes on behind an object that was read.
    mutating func skip(to end: Int) { offset = end }

    /// Rejects the object at `offset`, and goes on at the next one.
    mutating func reject(
        _ body: Span<UInt8>, _ mistake: JSONMistake, into sink: inout RecordSink
    ) {
        let start = offset
        offset = search.boundary(body, behind: start, mistake: mistake.offset)
        var end = offset
        while end > start + 1, body[end - 1].isBetweenObjects { end -= 1 }
        sink.reject(
            body.extracting(start..<end), mistake.reason, from: start,
            mistakeAt: min(max(mistake.offset, start), end) - start)
    }

    /// Rejects what stands at `offset`: another value, or no JSON.
    private mutating func rejectOther(_ body: Span<UInt8>, into sink: inout RecordSink) {
        do throws(JSONMistake) {
            var json = JSONScanner(body, at: offset)
            let value = try json.skipValue()
            guard json.offset == body.count || body[json.offset].isBetweenObjects else {
                throw json.mistake()
            }
            sink.reject(body.extracting(value.range), .notAnObject, from: offset)
            offset = json.offset
        } catch {
            reject(body, error, into: &sink)
        }
    }
}

extension UInt8 {
    /// White space, and what makes a list of objects.
    fileprivate var isBetweenObjects: Bool {
        isJSONSpace || self == .comma || self == .openBracket || self == .closeBracket
    }
}
