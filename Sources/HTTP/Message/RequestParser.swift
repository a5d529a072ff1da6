// SPDX-License-Identifier: Apache-2.0

/// Reads request heads (RFC 9112, 2 to 6), strictly, from bytes that arrive in any pieces.
///
/// Every call passes all bytes from the first of the head: the parser remembers how far it has
/// read, so a head that arrives one byte at a time still costs linear time. The result does not
/// depend on where the pieces were cut. After an error the caller closes the connection.
package struct RequestParser: Sendable {
    private enum Stage { case start, requestLine, fields, finished }

    /// Only the limits that concern heads, because each connection has a parser that keeps them.
    private struct Bounds {
        let requestLineByteCount, headerByteCount, headerCount, bodyByteCount: Int
    }

    private let limits: Bounds
    private var stage = Stage.start
    private(set) var lines = HeadLineReader()
    private var fieldsStart = 0
    private var fieldCount = 0
    private var fields = HeadFields()

    package init(limits: Limits = Limits()) {
        self.init(
            Bounds(
                requestLineByteCount: limits.requestLineByteCount,
                headerByteCount: limits.headerByteCount, headerCount: limits.headerCount,
                bodyByteCount: limits.bodyByteCount))
    }

    private init(_ limits: Bounds) { self.limits = limits }

    /// The parts that have been read of a head that is incomplete or was rejected.
    ///
    /// It has the method and the identifier for the answer; its framing means nothing.
    package var unfinishedHead: RequestHead { stage == .finished ? RequestHead() : fields.head }

    /// The head that was returned last, until the parser begins the next one.
    var head: RequestHead {
        _read { yield fields.head }
        _modify { yield &fields.head }
    }

    /// Discards a head that was begun.
    package mutating func reset() { self = RequestParser(limits) }

    /// The head at the front of `bytes`, or nil when it continues after them.
    ///
    /// After it has returned a head, the parser is ready for the next one, which begins at
    /// `byteCount`.
    ///
    /// - Parameter table: the fields to read besides those of the framing.
    package mutating func parse(
        _ bytes: Span<UInt8>, _ table: FieldTable
    ) throws(RequestError) -> RequestHead? {
        if stage == .finished { reset() }
        if stage == .start {
            guard try skipEmptyLine(bytes) else { return nil }
            stage = .requestLine
        }
        if stage == .requestLine {
            guard
                let end = try lines.end(
                    in: bytes, lastEnd: lines.start + limits.requestLineByteCount,
                    tooLong: .requestLineTooLong)
            else { return nil }
            try fields.readRequestLine(bytes, lines.start..<end)
            lines.advance(past: end)
            fieldsStart = lines.start
            stage = .fields
        }
        guard let end = try readFields(bytes, table) else { return nil }
        try fields.finish(bytes, byteCount: end, bodyLimit: limits.bodyByteCount)
        stage = .finished
        return fields.head
    }

    /// RFC 9112, 2.2: an empty line before the request line is ignored; here only one.
    private mutating func skipEmptyLine(_ bytes: Span<UInt8>) throws(RequestError) -> Bool {
        if bytes.isEmpty { return false }
        guard bytes[0] == UInt8(ascii: "\r") else { return true }
        guard bytes.count > 1 else { return false }
        guard bytes[1] == UInt8(ascii: "\n") else { throw .bareCarriageReturn }
        lines.advance(past: 0)
        return true
    }

    /// Reads the header lines that have arrived and returns the end of the head once it has
    /// arrived.
    private mutating func readFields(
        _ bytes: Span<UInt8>, _ table: FieldTable
    ) throws(RequestError) -> Int? {
        // The last line's CRLF counts, so its CR is at least two before the limit.
        let lastEnd = fieldsStart + limits.headerByteCount - 2
        while true {
            let start = lines.start
            guard start < bytes.count else { return nil }
            let first = bytes[start]
            if first == UInt8(ascii: "\r") {
                guard start + 1 < bytes.count else { return nil }
                guard bytes[start + 1] == UInt8(ascii: "\n") else { throw .bareCarriageReturn }
                return start + 2
            }
            // RFC 9112, 5.2 and 2.2: a folded value, or white space before the first field.
            if first.isWhitespace { throw .lineFolding }
            if fieldCount == limits.headerCount { throw .tooManyHeaders }
            guard
                let end = try lines.end(in: bytes, lastEnd: lastEnd, tooLong: .headersTooLarge)
            else { return nil }
            try fields.readField(bytes, start..<end, table)
            lines.advance(past: end)
            fieldCount += 1
        }
    }
}
