// SPDX-License-Identifier: Apache-2.0

import Bytes
import CSimdJSON

// One object, objects one after another, or one on each line (NDJSON). A malformed record ends where
// its braces are balanced, or else with its line; one that was laid out over several lines, at the
// line that begins the next object.

/// Reading values one after another, from slice to slice.
struct ObjectsPlace {
    var at: Int
    /// How much is indexed at a time, twice as much for a value that does not fit.
    var room: Int
    var rereading: RereadingBudget
    /// The end of a bad record is looked for.
    var skipped: SkippedRecord?
    /// Whether a value was read last, so that a comma here is between values.
    var isBehindValue = false
    /// Whether `room` has grown because a value did not fit.
    var isGrowing = false
}

/// A bad record whose end is not known yet.
struct SkippedRecord {
    var search: EndSearch
    let bad: BadRecord
}

extension BodyReader {
    /// Where reading the values begins that stand from `start` on.
    func beginObjects(_ body: Span<UInt8>, from start: Int) -> ObjectsPlace {
        ObjectsPlace(
            at: body.skippingWhiteSpace(from: start), room: limits.windowByteCount,
            rereading: RereadingBudget(byteCount: body.count), skipped: nil)
    }

    /// Reads the values of one window, or something else that takes no longer.
    ///
    /// All is read when `at` is the end of `body`.
    mutating func step(_ body: Span<UInt8>, _ place: inout ObjectsPlace) throws(IngestError) {
        if let skipped = place.skipped {
            place.skipped = nil
            place.at = try skip(body, skipped, &place)
        } else if place.at < body.count {
            try readNext(body, &place)
        }
        place.at = body.skippingWhiteSpace(from: place.at)
    }

    private mutating func readNext(
        _ body: Span<UInt8>, _ place: inout ObjectsPlace
    ) throws(IngestError) {
        let at = place.at
        let end = windowEnd(body, from: at, room: place.room)
        let reached: Int
        if try index.build(body.extracting(at..<end), isLast: end == body.count) == .built {
            reached = try readWindow(body, at..<end, &place)
        } else if narrow(&place.room, end - at, isGrowing: place.isGrowing) {
            return
        } else {
            reached = try readCarefully(body, at..<end, &place)
        }
        if reached > at || place.skipped != nil {
            place.at = reached
            place.isGrowing = false
            place.room = min(max(place.room, 256) * 2, limits.windowByteCount)
        } else if end - at > limits.recordByteCount {
            let record = SkippedRecord(search: search(body, at), bad: .tooLarge)
            place.at = try skip(body, record, &place)
        } else {
            place.isGrowing = true
            place.room *= 2
        }
    }

    /// Reads the indexed `range` and returns up to where it was read.
    private mutating func readWindow(
        _ body: Span<UInt8>, _ range: Range<Int>, _ place: inout ObjectsPlace
    ) throws(IngestError) -> Int {
        let window = body.extracting(range)
        let base = range.lowerBound
        let lineLimit = sink.copiesLines ? limits.recordByteCount : 0
        var at = 0
        while true {
            let reading = index.read(window, lineLimit: lineLimit)
            guard window.isRead(to: reading, from: at) else {
                place.room = Self.carefulByteCount
                let end = min(base + at + Self.carefulByteCount, range.upperBound)
                return try readCarefully(body, base + at..<end, &place)
            }
            switch reading.status {
            case .lines:
                let lines = window.extracting(reading.start..<reading.end)
                sink.append(lines: lines, count: reading.count)
                at = reading.end
                place.isBehindValue = true
            case .value:
                try append(reading, in: window, base: base)
                at = reading.end
                place.isBehindValue = true
            case .nothing:
                return range.upperBound
            case .incomplete where range.upperBound < body.count:
                return base + at
            case .malformed, .tooDeep, .numberTooLong, .incomplete:
                let next = try readMalformed(body, reading, base: base, &place)
                guard place.skipped == nil, next < range.upperBound,
                    next - base < limits.windowByteCount
                else { return next }
                at = next - base
                index.seek(at)
            }
        }
    }

    /// Rejects the record of `reading`, unless it only stands between records, and returns where the
    /// next one begins.
    private mutating func readMalformed(
        _ body: Span<UInt8>, _ reading: JSONReading, base: Int, _ place: inout ObjectsPlace
    ) throws(IngestError) -> Int {
        let bad = base + reading.start
        if let next = passOver(body, at: bad, &place) { return next }
        let isWorthIt = place.rereading.allows(reading.end - reading.start)
        let search =
            isWorthIt
            ? search(body, bad) : EndSearch(from: bad, behind: base + reading.end, rule(body, bad))
        let mistake = reading.end - reading.start
        return try skip(
            body,
            SkippedRecord(
                search: search, bad: .rejected(reading.status.reason, mistakeAt: mistake)), &place)
    }

    /// Where reading goes on behind what is no part of any record: a comma between two values, or a
    /// byte order mark in front of one, as files that were put together have it.
    private mutating func passOver(
        _ body: Span<UInt8>, at place: Int, _ objects: inout ObjectsPlace
    ) -> Int? {
        if let end = body.endOfByteOrderMarks(at: place) { return end }
        guard body[place] == .comma, objects.isBehindValue else { return nil }
        objects.isBehindValue = false
        sink.report.noteStrayComma(at: place)
        return place + 1
    }

    /// Reads the values that begin in `range`, which has no index, one by one.
    private mutating func readCarefully(
        _ body: Span<UInt8>, _ range: Range<Int>, _ place: inout ObjectsPlace
    ) throws(IngestError) -> Int {
        var at = range.lowerBound
        let end = min(range.upperBound, at + limits.windowByteCount)
        while at < end, place.skipped == nil {
            if let next = passOver(body, at: at, &place) {
                at = next
            } else if let end = try scalarEnd(body, from: at) {
                sink.reject(body.extracting(at..<end), .notAnObject, from: at)
                at = end
                place.isBehindValue = true
            } else {
                let record = SkippedRecord(search: search(body, at), bad: .unread)
                at = try skip(body, record, &place)
            }
            at = body.skippingWhiteSpace(from: at)
        }
        return at
    }

    /// Looks for the end of a bad record in the next window, and is done with the record there.
    ///
    /// - Returns: Where the next record begins, or this one if its end is not found yet.
    private mutating func skip(
        _ body: Span<UInt8>, _ skipped: SkippedRecord, _ place: inout ObjectsPlace
    ) throws(IngestError) -> Int {
        var search = skipped.search
        place.isBehindValue = false
        guard let end = search.proceed(body, limits.windowByteCount) else {
            place.skipped = SkippedRecord(search: search, bad: skipped.bad)
            return search.start
        }
        let record = body.extracting(body.trimmingEnd(search.start..<end))
        let isUnknown = skipped.bad == .unread || isTrial && skipped.bad == .tooLarge
        if isUnknown, !search.isBalanced {
            sink.rejectUnindexed(record, from: search.start)
        } else {
            try settle(record, skipped.bad, from: search.start)
            place.isBehindValue = search.isBalanced
        }
        return end
    }

    private func search(_ body: Span<UInt8>, _ start: Int) -> EndSearch {
        EndSearch(from: start, rule(body, start))
    }

    /// How the end of a record is found that begins at `start`.
    private func rule(_ body: Span<UInt8>, _ start: Int) -> EndSearch.Rule {
        switch body[start] {
        case .openBrace: format == .ndjson ? .line : .lines
        case .openBracket, .quote: .line
        default: .rest
        }
    }

    /// Where the number or literal at `start` ends; nil if it is none.
    private mutating func scalarEnd(
        _ body: Span<UInt8>, from start: Int
    ) throws(IngestError) -> Int? {
        guard body[start].beginsScalar else { return nil }
        var end = start
        while end < body.count, !body[end].isDelimiter { end += 1 }
        let word = body.extracting(start..<end)
        guard try index.build(word, isLast: true) == .built else { return nil }
        return index.read(word, lineLimit: 0).status == .value ? end : nil
    }
}

extension Span<UInt8> {
    /// Whether nothing but white space stands between `start` and `reading` of this window.
    ///
    /// For the index a string or number behind something else is no token of its own, so that the
    /// next token may be beyond what stands at the place that was looked for.
    func isRead(to reading: JSONReading, from start: Int) -> Bool {
        let next = skippingWhiteSpace(from: start)
        return reading.status == .nothing ? next == count : next == reading.start
    }
}

/// Bounds how much is read twice.
///
/// Reading goes on at the line behind the one where a malformed record began, which may be far in
/// front of where it turned out malformed: `{"a":` on every line nests until it is too deep, again
/// from each line. After four times the body, reading goes on behind what is malformed.
struct RereadingBudget {
    private var left: Int

    init(byteCount: Int) { left = 4 * byteCount }

    mutating func allows(_ byteCount: Int) -> Bool {
        left -= byteCount
        return left > 0
    }
}
