// SPDX-License-Identifier: Apache-2.0

import Bytes
import CSimdJSON
import Linux

/// Where reading a body has got to.
private enum BodyPlace {
    case start
    case objects(ObjectsPlace)
    case elements(ArrayPlace)
    case sequence(at: Int)
    case lines(at: Int)
    case form(at: Int)
    case end
}

/// What becomes of a record that is not read in the index of a window.
enum BadRecord: Equatable {
    /// It is rejected for a mistake so many bytes behind its beginning.
    case rejected(RejectionReason, mistakeAt: Int)
    /// It does not fit in a window, and is over the limit of a record.
    case tooLarge
    /// It was not looked at yet, because its window has no index.
    case unread
}

/// Reads decoded bodies into records, each format in a file of its own.
struct BodyReader: ~Copyable {
    let limits: IngestLimits
    var index: JSONIndex
    var sink: RecordSink
    var form = FormReader()
    private(set) var format = BodyFormat.unknown
    private var place = BodyPlace.end
    /// Whether the body is lines of text unless all of it is JSON.
    private(set) var isTrial = false

    init(limits: IngestLimits) {
        self.limits = limits
        index = JSONIndex(limits: limits)
        sink = RecordSink(limits: limits)
    }

    /// Begins a body of the media type `format`.
    mutating func begin(_ format: BodyFormat) {
        self.format = format
        place = .start
    }

    /// Reads on in `body`, behind which 64 bytes must be readable, until `deadline` has passed.
    ///
    /// - Returns: Whether all is read.
    mutating func proceed(
        _ body: Span<UInt8>, until deadline: Int64
    ) throws(IngestError) -> Bool {
        repeat {
            guard sink.tryReserve() else { throw .outOfMemory }
            try step(body)
            if isTrial, sink.report.isNotAllJSON {
                sink.startOver()
                isTrial = false
                place = .lines(at: Self.byteOrderMarkCount(body))
            }
            if case .end = place { return true }
        } while deadline == .max || Clock.monotonicNanoseconds() < deadline
        return false
    }

    /// Reads about one window.
    private mutating func step(_ body: Span<UInt8>) throws(IngestError) {
        switch place {
        case .start: place = try beginning(of: body)
        case .objects(var objects):
            try step(body, &objects)
            let isEnd = objects.at == body.count && objects.skipped == nil
            place = isEnd ? .end : .objects(objects)
        case .elements(var elements):
            try step(body, &elements)
            place = .elements(elements)
            if case .ended(let end) = elements.position {
                place = behind(end, body, isWrapper: elements.isWrapper)
            }
        case .sequence(let at):
            let next = try readSequence(body, from: at)
            place = next < body.count ? .sequence(at: next) : .end
        case .lines(let at):
            let next = try readLines(body, from: at)
            place = next < body.count ? .lines(at: next) : .end
        case .form(let at):
            try form.read(body, from: at, into: &sink)
            place = .end
        case .end: break
        }
    }

    /// Finds out what `body` is.
    private mutating func beginning(of body: Span<UInt8>) throws(IngestError) -> BodyPlace {
        if let compressed = CompressedBody(of: body) { throw .compressed(compressed) }
        let mark = Self.byteOrderMarkCount(body)
        let start = body.skippingWhiteSpace(from: mark)
        guard start < body.count else { throw .emptyBody }
        let shape = BodyShape(
            of: body, from: start, format: format, formLimit: limits.recordByteCount)
        isTrial = format == .text && shape != .lines
        switch shape {
        case .objects: return .objects(beginObjects(body, from: start))
        case .sequence: return .sequence(at: start)
        // The first line keeps its indentation, which was skipped on the way to `start`.
        case .lines: return .lines(at: mark)
        case .form: return .form(at: mark)
        case .array(let elements):
            return .elements(beginElements(body, from: elements, isWrapper: false))
        case .wrapper(let elements):
            return .elements(beginElements(body, from: elements, isWrapper: true))
        }
    }

    /// Where reading goes on when the elements of an array are read.
    private mutating func behind(
        _ end: ArrayEnd, _ body: Span<UInt8>, isWrapper: Bool
    ) -> BodyPlace {
        switch end {
        case .broken where !isWrapper: return .end
        case .closed(let end) where !isWrapper: return .objects(beginObjects(body, from: end))
        case .broken: break
        case .closed(let end):
            let brace = body.skippingWhiteSpace(from: end)
            if brace < body.count, body[brace] == .closeBrace,
                body.skippingWhiteSpace(from: brace + 1) == body.count
            {
                return .end
            }
        }
        // It has other keys, is not alone, or never ends, so it is a record like any other.
        sink.startOver()
        return .objects(beginObjects(body, from: Self.byteOrderMarkCount(body)))
    }

    /// A mark at the start is no part of the text (RFC 8259, section 8.1).
    private static func byteOrderMarkCount(_ body: Span<UInt8>) -> Int {
        body.isByteOrderMark(at: 0) ? 3 : 0
    }

    /// Appends the valid value that `reading` found in `window`, which begins at `base`, or rejects
    /// what is no record.
    mutating func append(
        _ reading: JSONReading, in window: Span<UInt8>, base: Int
    ) throws(IngestError) {
        let value = window.extracting(reading.start..<reading.end)
        let place = base + reading.start
        switch reading.kind {
        case .openBrace:
            try sink.append(object: value, hasLineBreaks: reading.hasLineBreaks, from: place)
        case .quote: try sink.append(string: value, from: place)
        default: sink.reject(value, .notAnObject, from: place)
        }
    }

    /// Reads `slice` as one value that has to fill it.
    mutating func readAlone(_ slice: Span<UInt8>, from place: Int) throws(IngestError) {
        guard sink.fits(slice) else { return try sink.handleOversize(slice, from: place) }
        if slice.count >= 2, slice[0] == .openBrace, slice[slice.count - 1] == .closeBrace,
            slice.isBlankInside
        {
            return try sink.append(object: slice, hasLineBreaks: true, from: place)
        }
        guard slice.isEmpty || slice[0].beginsValue else {
            return sink.rejectUnindexed(slice, from: place, mistakeAt: 0)
        }
        guard try index.build(slice, isLast: true) == .built else {
            return sink.rejectUnindexed(slice, from: place)
        }
        let reading = index.read(slice, lineLimit: 0)
        if reading.status == .value, reading.end == slice.count {
            return try append(reading, in: slice, base: place)
        }
        let next = index.read(slice, lineLimit: 0)
        let mistake = reading.status == .value ? next.start : reading.end
        sink.reject(slice, reading.status.reason, from: place, mistakeAt: mistake)
    }

    /// Does with a bad record what is to be done with it.
    mutating func settle(
        _ record: Span<UInt8>, _ bad: BadRecord, from place: Int
    ) throws(IngestError) {
        switch bad {
        case .rejected(let reason, let mistake):
            sink.reject(record, reason, from: place, mistakeAt: mistake)
        case .tooLarge: try sink.handleOversize(record, from: place)
        case .unread: try readAlone(record, from: place)
        }
    }

    /// Where the next window ends that begins at `start`: all that is left if it is about `room`
    /// bytes; else behind a line break or a brace, outside of a string as far as can be seen.
    func windowEnd(_ body: Span<UInt8>, from start: Int, room: Int) -> Int {
        guard body.count - start > room else { return body.count }
        let later = start + room / 2..<start + room
        if let lineFeed = body.lastIndex(of: .lineFeed, in: later) { return lineFeed + 1 }
        if let brace = body.lastIndex(of: .closeBrace, in: later) { return brace + 1 }
        return body.characterBoundary(atOrBefore: start + room)
    }

    /// Whether to try less than a window of `byteCount` bytes that could not be indexed, because one
    /// bad record in it costs all others the index.
    ///
    /// A window that has grown for a value is not made smaller again.
    func narrow(_ room: inout Int, _ byteCount: Int, isGrowing: Bool) -> Bool {
        guard !isGrowing, byteCount > Self.carefulByteCount else { return false }
        room = byteCount / 2
        return true
    }

    /// What is read value by value at most, where something cannot be indexed.
    static let carefulByteCount = 512

    /// Gives back memory that only an unusually large record needed.
    mutating func shrink() {
        if index.capacity > limits.windowByteCount * 2 { index = JSONIndex(limits: limits) }
        form.shrink(to: limits.keptScratchByteCount)
        sink.shrink(to: limits.keptScratchByteCount)
    }
}

extension JSONReadStatus {
    /// Why a record is rejected that reads like this.
    var reason: RejectionReason {
        switch self {
        case .tooDeep: .tooDeep
        case .numberTooLong: .numberTooLong
        default: .invalidJSON
        }
    }
}
