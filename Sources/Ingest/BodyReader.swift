import Bytes
import CSimdJSON
import Linux

/// Where reading a body has got to.
private enum BodyPlace {
    case start
    case objects(ObjectsPlace)
    case elements(ArrayPlace)
    case lines(at: Int)
    case form(at: Int)
    case end
}

/// What becomes of a record that is not read in the index of a window.
enum BadRecord: Equatable {
    case rejected(RejectionReason)
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
    // A form's record, and one of its fields, while they are put together.
    var record = ByteBuffer()
    var field = ByteBuffer()
    private(set) var format = BodyFormat.unknown
    private var place = BodyPlace.end

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
            try step(body)
            if case .end = place { return true }
        } while deadline == .max || Clock.monotonicNanoseconds() < deadline
        return false
    }

    /// Reads about one window.
    private mutating func step(_ body: Span<UInt8>) throws(IngestError) {
        switch place {
        case .start:
            sink.report.decodedByteCount = body.count
            let start = recordsStart(of: body)
            guard start < body.count else { throw .emptyBody }
            place = beginning(BodyShape(of: body, from: start, format: format), body, start)
        case .objects(var objects):
            try step(body, &objects)
            let isEnd = objects.at == body.count && objects.skipped == nil
            place = isEnd ? .end : .objects(objects)
        case .elements(var elements):
            try step(body, &elements)
            place = .elements(elements)
            if case .ended(let end) = elements.position {
                place = behind(end, body, isEnvelope: elements.isEnvelope)
            }
        case .lines(let at):
            let next = try readLines(body, from: at)
            place = next < body.count ? .lines(at: next) : .end
        case .form(let at):
            try readForm(body, from: at)
            place = .end
        case .end: break
        }
    }

    private func beginning(_ shape: BodyShape, _ body: Span<UInt8>, _ start: Int) -> BodyPlace {
        switch shape {
        case .objects: .objects(beginObjects(body, from: start))
        // The first line keeps its indentation, which was skipped on the way to `start`.
        case .lines: .lines(at: Self.byteOrderMarkCount(body))
        case .form: .form(at: start)
        case .array(let elements):
            .elements(beginElements(body, from: elements, isEnvelope: false))
        case .envelope(let elements):
            .elements(beginElements(body, from: elements, isEnvelope: true))
        }
    }

    /// Where reading goes on when the elements of an array are read.
    private mutating func behind(
        _ end: ArrayEnd, _ body: Span<UInt8>, isEnvelope: Bool
    ) -> BodyPlace {
        guard case .closed(let end) = end else { return .end }
        guard isEnvelope else { return .objects(beginObjects(body, from: end)) }
        let brace = body.skippingWhiteSpace(from: end)
        if brace < body.count, body[brace] == .closeBrace {
            return .objects(beginObjects(body, from: brace + 1))
        }
        // It has other keys, so it is a record of its own.
        sink.rollBack()
        sink.report.decodedByteCount = body.count
        return beginning(
            BodyShape.withoutEnvelope(format: format), body, recordsStart(of: body))
    }

    private func recordsStart(of body: Span<UInt8>) -> Int {
        body.skippingWhiteSpace(from: Self.byteOrderMarkCount(body))
    }

    /// A mark at the start is no part of the text (RFC 8259, section 8.1).
    private static func byteOrderMarkCount(_ body: Span<UInt8>) -> Int {
        body.count >= 3 && body[0] == 0xEF && body[1] == 0xBB && body[2] == 0xBF ? 3 : 0
    }

    /// Appends the valid value that `reading` found in `window`, or rejects what is no record.
    mutating func append(_ reading: JSONReading, in window: Span<UInt8>) throws(IngestError) {
        let value = window.extracting(reading.start..<reading.end)
        switch reading.kind {
        case .openBrace: try sink.append(object: value, hasLineBreaks: reading.hasLineBreaks)
        case .quote: try sink.append(string: value)
        default: sink.reject(value, .notAnObject)
        }
    }

    /// Reads `slice` as one value that has to fill it.
    mutating func readAlone(_ slice: Span<UInt8>) throws(IngestError) {
        guard sink.fits(slice) else { return try sink.handleOversize(slice) }
        switch try index.build(slice, isLast: true) {
        case .built: break
        case .invalidUTF8: return sink.reject(slice, .invalidUTF8)
        default: return sink.reject(slice, slice.isUTF8 ? .invalidJSON : .invalidUTF8)
        }
        let reading = index.read(slice, lineLimit: 0)
        if reading.status == .value, reading.end == slice.count {
            try append(reading, in: slice)
        } else {
            sink.reject(slice, reading.status.reason)
        }
    }

    /// Does with a bad record what is to be done with it.
    mutating func settle(_ record: Span<UInt8>, _ bad: BadRecord) throws(IngestError) {
        switch bad {
        case .rejected(let reason): sink.reject(record, reason)
        case .tooLarge: try sink.handleOversize(record)
        case .unread: try readAlone(record)
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

    /// Gives back memory that only an unusually large record needed.
    mutating func shrink() {
        if index.capacity > limits.windowByteCount * 2 { index = JSONIndex(limits: limits) }
        if record.capacity > limits.keptScratchByteCount { record = ByteBuffer() }
        if field.capacity > limits.keptScratchByteCount { field = ByteBuffer() }
    }
}

extension JSONReadStatus {
    /// Why a record is rejected that reads like this.
    var reason: RejectionReason {
        switch self {
        case .tooDeep: .tooDeep
        case .numberTooLong: .numberTooLong
        case .unpairedSurrogate: .unpairedSurrogate
        default: .invalidJSON
        }
    }
}
