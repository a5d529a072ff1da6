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
private enum ArrayPosition {
    /// At `at` an element is due.
    case element(at: Int)
    /// At `at` a comma or `]` is due.
    case separator(at: Int)
    case ended(ArrayEnd)
}

extension BodyReader {
    /// Reads the elements that begin at `start`, behind a `[`.
    mutating func readElements(
        _ body: Span<UInt8>, from start: Int
    ) throws(IngestError) -> ArrayEnd {
        let first = body.skippingWhiteSpace(from: start)
        if first < body.count, body[first] == .closeBracket { return .closed(first + 1) }
        var position = ArrayPosition.element(at: first)
        var room = limits.windowByteCount
        while true {
            switch position {
            case .ended(let end): return end
            case .separator(let at): position = try readSeparator(body, at: at)
            case .element(let at):
                position = try readElements(body, at: at, room: room)
                if case .element(at) = position { room *= 2 } else { room = limits.windowByteCount }
            }
        }
    }

    /// Reads the elements of one window.
    ///
    /// An element that is larger than the window leaves the position as it was.
    private mutating func readElements(
        _ body: Span<UInt8>, at start: Int, room: Int
    ) throws(IngestError) -> ArrayPosition {
        let at = body.skippingWhiteSpace(from: start)
        guard at < body.count else { return rejectRest(body, from: at) }
        let range = at..<windowEnd(body, from: at, room: room)
        let isLast = range.upperBound == body.count
        guard try index.build(body.extracting(range), isLast: isLast) == .built else {
            return try readCarefully(body, range)
        }
        let position = try readWindow(body, range)
        if case .element(at) = position, range.count > limits.recordByteCount {
            let end = body.elementEnd(from: at)
            try sink.handleOversize(body.extracting(body.trimmingEnd(at..<end)))
            return .separator(at: end)
        }
        return position
    }

    private mutating func readWindow(
        _ body: Span<UInt8>, _ range: Range<Int>
    ) throws(IngestError) -> ArrayPosition {
        let window = body.extracting(range)
        let base = range.lowerBound
        while true {
            let reading = index.readElement(window)
            var position: ArrayPosition
            switch reading.status {
            case .value, .lines:
                try append(reading, in: window)
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
            case .malformed, .tooDeep, .numberTooLong, .unpairedSurrogate, .incomplete:
                let bad = base + reading.start
                position = rejectElement(body, at: bad, reading.status.reason)
                if case .separator(let at) = position { position = try readSeparator(body, at: at) }
            }
            // Going on within the window saves indexing it again for every bad element.
            guard case .element(let at) = position, at < range.upperBound else { return position }
            index.seek(at - base)
        }
    }

    /// Reads the elements that begin in `range`, which has no index, one by one.
    private mutating func readCarefully(
        _ body: Span<UInt8>, _ range: Range<Int>
    ) throws(IngestError) -> ArrayPosition {
        var start = range.lowerBound
        while start < range.upperBound {
            let at = body.skippingWhiteSpace(from: start)
            let end = body.elementEnd(from: at)
            guard end < body.count else { return rejectRest(body, from: at) }
            try readAlone(body.extracting(body.trimmingEnd(at..<end)))
            let position = try readSeparator(body, at: end)
            guard case .element(let next) = position else { return position }
            start = next
        }
        return .element(at: start)
    }

    /// Reads what stands between elements; without a comma, what follows is a bad element.
    private mutating func readSeparator(
        _ body: Span<UInt8>, at start: Int
    ) throws(IngestError) -> ArrayPosition {
        var at = body.skippingWhiteSpace(from: start)
        guard at < body.count else { return rejectRest(body, from: at) }
        if body[at] != .comma, body[at] != .closeBracket {
            guard case .separator(let end) = rejectElement(body, at: at, .invalidJSON) else {
                return .ended(.broken)
            }
            at = end
        }
        return body[at] == .comma ? .element(at: at + 1) : .ended(.closed(at + 1))
    }

    private mutating func rejectElement(
        _ body: Span<UInt8>, at start: Int, _ reason: RejectionReason
    ) -> ArrayPosition {
        let end = body.elementEnd(from: start)
        sink.reject(body.extracting(body.trimmingEnd(start..<end)), reason)
        return end < body.count ? .separator(at: end) : .ended(.broken)
    }

    /// The array is not closed: what is left, even if it is nothing, counts as one bad record, so
    /// that the client learns of what was cut off.
    private mutating func rejectRest(_ body: Span<UInt8>, from start: Int) -> ArrayPosition {
        let rest = body.extracting(body.trimmingEnd(start..<body.count))
        sink.reject(rest, rest.isUTF8 ? .invalidJSON : .invalidUTF8)
        return .ended(.broken)
    }
}
