import Bytes
import CSimdJSON

/// Reads decoded bodies into records, each format in a file of its own.
struct BodyReader: ~Copyable {
    let limits: IngestLimits
    var index: JSONIndex
    var sink: RecordSink
    // A form's record, and one of its fields, while they are put together.
    var record = ByteBuffer()
    var field = ByteBuffer()

    init(limits: IngestLimits) {
        self.limits = limits
        index = JSONIndex(limits: limits)
        sink = RecordSink(limits: limits)
    }

    /// Reads all of `body`, behind which 64 bytes must be readable.
    mutating func read(_ body: Span<UInt8>, format: BodyFormat) throws(IngestError) {
        sink.report.decodedByteCount = body.count
        let start = body.skippingWhiteSpace(from: Self.byteOrderMarkCount(body))
        guard start < body.count else { throw .emptyBody }
        let shape = BodyShape(of: body, from: start, format: format)
        try read(body, from: start, as: shape, format: format)
    }

    private mutating func read(
        _ body: Span<UInt8>, from start: Int, as shape: BodyShape, format: BodyFormat
    ) throws(IngestError) {
        switch shape {
        case .objects: try readObjects(body, from: start, format: format)
        // The first line keeps its indentation, which was skipped on the way to `start`.
        case .lines: try readLines(body, from: Self.byteOrderMarkCount(body))
        case .form: try readForm(body, from: start)
        case .array(let elements):
            guard case .closed(let end) = try readElements(body, from: elements) else { return }
            try readObjects(body, from: end, format: format)
        case .envelope(let elements):
            guard case .closed(let end) = try readElements(body, from: elements) else { return }
            let brace = body.skippingWhiteSpace(from: end)
            if brace < body.count, body[brace] == .closeBrace {
                try readObjects(body, from: brace + 1, format: format)
            } else {
                // It has other keys, so it is a record of its own.
                sink.rollBack()
                let shape = BodyShape.withoutEnvelope(format: format)
                try read(body, from: start, as: shape, format: format)
            }
        }
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
