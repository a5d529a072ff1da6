import Bytes
import CSimdJSON

// One object, objects one after another, or one on each line (NDJSON). A malformed record ends where
// its braces are balanced, or else with its line; one that was laid out over several lines, at the
// line that begins the next object.

extension BodyReader {
    /// Reads the values from `start` to the end of `body`.
    mutating func readObjects(
        _ body: Span<UInt8>, from start: Int, format: BodyFormat
    ) throws(IngestError) {
        var at = body.skippingWhiteSpace(from: start)
        var room = limits.windowByteCount
        var rereading = RereadingBudget(byteCount: body.count)
        while at < body.count {
            let end = windowEnd(body, from: at, room: room)
            var reached: Int
            if try index.build(body.extracting(at..<end), isLast: end == body.count) == .built {
                reached = try readWindow(body, at..<end, format: format, &rereading)
            } else {
                reached = try readCarefully(body, at..<end, format: format)
            }
            if reached > at {
                room = limits.windowByteCount
            } else if end - at > limits.recordByteCount {
                reached = try readOversize(body, from: at, format: format)
            } else {
                room *= 2
            }
            at = body.skippingWhiteSpace(from: reached)
        }
    }

    /// Reads the indexed `range` and returns up to where it was read.
    private mutating func readWindow(
        _ body: Span<UInt8>, _ range: Range<Int>, format: BodyFormat,
        _ rereading: inout RereadingBudget
    ) throws(IngestError) -> Int {
        let window = body.extracting(range)
        let base = range.lowerBound
        let lineLimit = sink.copiesLines ? limits.recordByteCount : 0
        var at = 0
        while true {
            let reading = index.read(window, lineLimit: lineLimit)
            switch reading.status {
            case .lines:
                let lines = window.extracting(reading.start..<reading.end)
                sink.append(lines: lines, count: reading.count)
                at = reading.end
            case .value:
                try append(reading, in: window)
                at = reading.end
            case .nothing:
                return range.upperBound
            case .incomplete where range.upperBound < body.count:
                return base + at
            case .malformed, .tooDeep, .numberTooLong, .unpairedSurrogate, .incomplete:
                let bad = base + reading.start
                let isWorthIt = rereading.allows(base + reading.end - bad)
                let next =
                    isWorthIt
                    ? malformedEnd(body, from: bad, format: format)
                    : nextRecord(body, behind: bad, from: base + reading.end, format: format)
                sink.reject(body.extracting(body.trimmingEnd(bad..<next)), reading.status.reason)
                guard next < range.upperBound else { return next }
                at = next - base
                index.seek(at)
            }
        }
    }

    /// Reads the values that begin in `range`, which has no index, one by one.
    private mutating func readCarefully(
        _ body: Span<UInt8>, _ range: Range<Int>, format: BodyFormat
    ) throws(IngestError) -> Int {
        var at = range.lowerBound
        while at < range.upperBound {
            if let end = valueEnd(body, from: at, format: format) {
                try readAlone(body.extracting(at..<end))
                at = end
            } else if let end = try scalarEnd(body, from: at) {
                sink.reject(body.extracting(at..<end), .notAnObject)
                at = end
            } else {
                let next = nextRecord(body, behind: at, from: at, format: format)
                let bad = body.extracting(body.trimmingEnd(at..<next))
                sink.reject(bad, bad.isUTF8 ? .invalidJSON : .invalidUTF8)
                at = next
            }
            at = body.skippingWhiteSpace(from: at)
        }
        return at
    }

    private mutating func readOversize(
        _ body: Span<UInt8>, from start: Int, format: BodyFormat
    ) throws(IngestError) -> Int {
        let end = malformedEnd(body, from: start, format: format)
        try sink.handleOversize(body.extracting(body.trimmingEnd(start..<end)))
        return end
    }

    /// Where the malformed record at `start` ends.
    private func malformedEnd(_ body: Span<UInt8>, from start: Int, format: BodyFormat) -> Int {
        valueEnd(body, from: start, format: format)
            ?? nextRecord(body, behind: start, from: start, format: format)
    }

    /// Where the object, array or string at `start` ends, if it does so before another begins.
    private func valueEnd(_ body: Span<UInt8>, from start: Int, format: BodyFormat) -> Int? {
        switch body[start] {
        case .openBrace: body.valueEnd(from: start, withinLine: format == .ndjson)
        case .openBracket, .quote: body.valueEnd(from: start, withinLine: true)
        default: nil
        }
    }

    /// Where the number or literal at `start` ends; nil if it is none.
    private mutating func scalarEnd(
        _ body: Span<UInt8>, from start: Int
    ) throws(IngestError) -> Int? {
        var end = start
        while end < body.count, !body[end].isDelimiter { end += 1 }
        let word = body.extracting(start..<end)
        guard try index.build(word, isLast: true) == .built else { return nil }
        return index.read(word, lineLimit: 0).status == .value ? end : nil
    }

    /// Where reading goes on when the record at `bad` is not balanced, looking from `from`.
    private func nextRecord(
        _ body: Span<UInt8>, behind bad: Int, from: Int, format: BodyFormat
    ) -> Int {
        var next = body.firstIndex(of: .lineFeed, from: from) + 1
        if format != .ndjson, body[bad] == .openBrace {
            while next < body.count, body[next] != .openBrace {
                next = body.firstIndex(of: .lineFeed, from: next) + 1
            }
        }
        return min(next, body.count)
    }
}

/// Bounds how much is read twice.
///
/// Reading goes on at the line behind the one where a malformed record began, which may be far in
/// front of where it turned out malformed: `{"a":` on every line nests until it is too deep, again
/// from each line. After four times the body, reading goes on behind what is malformed.
private struct RereadingBudget {
    private var left: Int

    init(byteCount: Int) { left = 4 * byteCount }

    mutating func allows(_ byteCount: Int) -> Bool {
        left -= byteCount
        return left > 0
    }
}
