// SPDX-License-Identifier: Apache-2.0

import Bytes
import CSimdJSON

// An array of records. A malformed element costs itself: where it ends is found by following
// strings and depth. When that leads nowhere the rest is one bad record.

/// How the elements of an array ended.
enum ArrayEnd: Equatable {
    /// At a `]`; the offset points behind it.
    case closed(Int)
    /// At the end of the body.
    case broken
}

/// Where reading the elements has got to.
enum ArrayPosition {
    /// At `at` an element is due.
    case element(at: Int)
    /// At `at` a comma or `]` is due.
    case separator(at: Int)
    /// The end of a bad element is looked for.
    case skipping(EndSearch, BadRecord)
    case ended(ArrayEnd)
}

/// Reading the elements of an array, from slice to slice.
struct ArrayPlace {
    var position: ArrayPosition
    /// How much is indexed at a time, twice as much for an element that does not fit.
    var room: Int
    let isWrapper: Bool
    /// Whether `room` has grown because an element did not fit.
    var isGrowing = false
}

extension BodyReader {
    /// Where reading the elements begins that stand from `start` on, behind a `[`.
    func beginElements(_ body: Span<UInt8>, from start: Int, isWrapper: Bool) -> ArrayPlace {
        let first = body.skippingWhiteSpace(from: start)
        let isEmpty = first < body.count && body[first] == .closeBracket
        return ArrayPlace(
            position: isEmpty ? .ended(.closed(first + 1)) : .element(at: first),
            room: limits.windowByteCount, isWrapper: isWrapper)
    }

    /// Reads the elements of one window, or something else that takes no longer.
    mutating func step(_ body: Span<UInt8>, _ place: inout ArrayPlace) throws(IngestError) {
        switch place.position {
        case .ended: break
        case .separator(let at): place.position = try readSeparator(body, at: at)
        case .skipping(let search, let bad):
            place.position = try skip(body, search, bad)
        case .element(let at):
            guard let next = try readElements(body, at: at, &place) else { return }
            if case .element(at) = next {
                place.room *= 2
                place.isGrowing = true
            } else {
                place.room = min(max(place.room, 256) * 2, limits.windowByteCount)
                place.isGrowing = false
            }
            place.position = next
        }
    }

    /// Looks for the end of a bad element in the next window, and is done with the element there.
    private mutating func skip(
        _ body: Span<UInt8>, _ search: EndSearch, _ bad: BadRecord
    ) throws(IngestError) -> ArrayPosition {
        var search = search
        guard let end = search.proceed(body, limits.windowByteCount) else {
            return .skipping(search, bad)
        }
        if bad == .unread, end == body.count { return rejectRest(body, from: search.start) }
        let record = body.extracting(body.trimmingEnd(search.start..<end))
        try settle(record, bad, from: search.start)
        if case .rejected = bad, end == body.count { return .ended(.broken) }
        return .separator(at: end)
    }

    /// Reads the elements of one window.
    ///
    /// An element that is larger than the window leaves the position as it was.
    ///
    /// - Returns: Where reading goes on; nil if a smaller window has to be tried.
    private mutating func readElements(
        _ body: Span<UInt8>, at start: Int, _ place: inout ArrayPlace
    ) throws(IngestError) -> ArrayPosition? {
        let at = body.skippingWhiteSpace(from: start)
        guard at < body.count else { return rejectRest(body, from: at) }
        let range = at..<windowEnd(body, from: at, room: place.room)
        let isLast = range.upperBound == body.count
        guard try index.build(body.extracting(range), isLast: isLast) == .built else {
            if narrow(&place.room, range.count, isGrowing: place.isGrowing) { return nil }
            return try readCarefully(body, range)
        }
        let position = try readWindow(body, range, &place)
        if case .element(at) = position, range.count > limits.recordByteCount {
            return .skipping(EndSearch(from: at, .element), .tooLarge)
        }
        return position
    }

    private mutating func readWindow(
        _ body: Span<UInt8>, _ range: Range<Int>, _ place: inout ArrayPlace
    ) throws(IngestError) -> ArrayPosition {
        let window = body.extracting(range)
        let base = range.lowerBound
        var sought: Int?
        while true {
            let reading = index.readElement(window)
            if let at = sought, !window.isRead(to: reading, from: at) {
                place.room = Self.carefulByteCount
                let end = min(base + at + Self.carefulByteCount, range.upperBound)
                return try readCarefully(body, base + at..<end)
            }
            sought = nil
            var position: ArrayPosition
            switch reading.status {
            case .value, .lines:
                try append(reading, in: window, base: base)
                switch reading.separator {
                case .comma: continue
                case .closeBracket: return .ended(.closed(base + reading.next))
                case 0: return .separator(at: base + reading.end)
                default: position = try readSeparator(body, at: base + reading.end)
                }
            case .nothing:
                return .element(at: range.upperBound)
            case .incomplete where range.upperBound < body.count:
                return .element(at: base + reading.start)
            case .malformed, .tooDeep, .numberTooLong, .incomplete:
                position = try readMalformed(body, reading, base: base)
                if case .separator(let at) = position { position = try readSeparator(body, at: at) }
            }
            // Going on within the window saves indexing it again for every bad element.
            guard case .element(let at) = position, at < range.upperBound,
                at - base < limits.windowByteCount
            else { return position }
            index.seek(at - base)
            sought = at - base
        }
    }

    private mutating func readMalformed(
        _ body: Span<UInt8>, _ reading: JSONReading, base: Int
    ) throws(IngestError) -> ArrayPosition {
        let bad = base + reading.start
        if let position = emptyElement(body, at: bad) { return position }
        if let next = passMarks(body, at: bad) { return .element(at: next) }
        return try skip(
            body, EndSearch(from: bad, .element),
            .rejected(reading.status.reason, mistakeAt: reading.end - reading.start))
    }

    /// Where the element begins that stands behind byte order marks.
    private func passMarks(_ body: Span<UInt8>, at place: Int) -> Int? {
        guard let end = body.endOfByteOrderMarks(at: place) else { return nil }
        let next = body.skippingWhiteSpace(from: end)
        guard next < body.count else { return nil }
        switch body[next] {
        case .openBrace, .openBracket, .quote: return next
        default: return nil
        }
    }

    /// Where nothing stands in the place of an element, no record was lost: there is a comma too many.
    private mutating func emptyElement(_ body: Span<UInt8>, at place: Int) -> ArrayPosition? {
        guard body[place] == .comma || body[place] == .closeBracket else { return nil }
        sink.report.noteStrayComma(at: place)
        return .separator(at: place)
    }

    /// Reads the elements that begin in `range`, which has no index, one by one.
    private mutating func readCarefully(
        _ body: Span<UInt8>, _ range: Range<Int>
    ) throws(IngestError) -> ArrayPosition {
        var start = range.lowerBound
        let end = min(range.upperBound, start + limits.windowByteCount)
        while start < end {
            let at = body.skippingWhiteSpace(from: start)
            guard at < body.count else { return rejectRest(body, from: at) }
            var position: ArrayPosition
            if let empty = emptyElement(body, at: at) {
                position = empty
            } else if let next = passMarks(body, at: at) {
                position = .element(at: next)
            } else {
                position = try skip(body, EndSearch(from: at, .element), .unread)
            }
            if case .separator(let at) = position { position = try readSeparator(body, at: at) }
            guard case .element(let next) = position else { return position }
            start = next
        }
        return .element(at: start)
    }

    /// Reads what stands between elements; without a comma, what follows is a bad element.
    private mutating func readSeparator(
        _ body: Span<UInt8>, at start: Int
    ) throws(IngestError) -> ArrayPosition {
        let at = body.skippingWhiteSpace(from: start)
        guard at < body.count else { return rejectRest(body, from: at) }
        switch body[at] {
        case .comma: return .element(at: at + 1)
        case .closeBracket: return .ended(.closed(at + 1))
        default:
            let next = try skip(
                body, EndSearch(from: at, .element), .rejected(.invalidJSON, mistakeAt: 0))
            // Where the search ended a comma or `]` stands.
            guard case .separator(let end) = next else { return next }
            return try readSeparator(body, at: end)
        }
    }

    /// The array is not closed: what is left, even if it is nothing, counts as one bad record, so
    /// that the client learns of what was cut off.
    private mutating func rejectRest(_ body: Span<UInt8>, from start: Int) -> ArrayPosition {
        let rest = body.extracting(body.trimmingEnd(start..<body.count))
        sink.rejectUnindexed(rest, from: start)
        return .ended(.broken)
    }
}
