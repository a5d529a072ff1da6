// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Reads frames of Logplex, one record each.
///
/// A frame is a length in digits, a space, and so many bytes. Bytes that begin with no length end with
/// their line, so that a wrong length costs no frame behind it.
final class LogplexReader: ProtocolReader {
    /// Where the next frame begins.
    private var at = 0
    /// `"_logplex":{…},` for all records of the request; empty if the head names nothing.
    private var origin = ByteBuffer()

    func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>) {
        let frameID = bytes.extracting(head[.logplexFrameId])
        let drainToken = bytes.extracting(head[.logplexDrainToken])
        origin.removeAll()
        guard !frameID.isEmpty || !drainToken.isEmpty else { return }
        origin.append("\"_logplex\":{")
        if !frameID.isEmpty {
            origin.append("\"frame_id\":")
            origin.append(jsonText: frameID)
        }
        if !drainToken.isEmpty {
            origin.append(frameID.isEmpty ? "\"drain_token\":" : ",\"drain_token\":")
            origin.append(jsonText: drainToken)
        }
        origin.append("},")
    }

    func begin(_ format: BodyFormat) { at = 0 }

    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool {
        repeat {
            guard sink.tryReserve() else { throw .outOfMemory }
            let end = min(at + Self.stepByteCount, body.count)
            while at < end { try readFrame(body, into: &sink) }
            if at == body.count { return true }
        } while sink.mayGoOn(until: deadline)
        return false
    }

    /// How much is read before the clock is.
    private static let stepByteCount = 32 << 10

    private func readFrame(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) {
        let start = body.skippingBlanks(from: at)
        let range = LogplexFrame.range(in: body, from: start)
        at = range.upperBound
        let whole = body.extracting(range)
        // The line feed ends the frame, and is not always there.
        let hasLineFeed = !whole.isEmpty && whole[whole.count - 1] == UInt8(ascii: "\n")
        let frame = hasLineFeed ? whole.extracting(..<(whole.count - 1)) : whole
        if frame.isEmpty { return }
        sink.beginLine()
        var hasTime = false
        // A frame over the limit needs no members, because its line is dropped.
        if sink.fits(frame) { hasTime = Self.append(frame, origin, to: &sink.line) }
        try sink.endLine(of: frame, from: range.lowerBound, hasTime: hasTime)
    }

    /// Appends the members of a record; returns whether the time is one of them.
    private static func append(
        _ frame: Span<UInt8>, _ origin: borrowing ByteBuffer, to line: inout ByteBuffer
    ) -> Bool {
        var hasTime = false
        if let parts = LogplexFrame(frame) {
            hasTime = parts.append(of: frame, to: &line)
        } else {
            line.append("\"message\":")
            line.append(jsonText: frame)
            line.append(UInt8(ascii: ","))
        }
        if !origin.isEmpty { line.append(origin) }
        return hasTime
    }
}

extension Span<UInt8> {
    /// The first place at or behind `start` that is neither a space nor an end of a line.
    fileprivate func skippingBlanks(from start: Int) -> Int {
        var index = start
        while index < count {
            let byte = self[index]
            guard
                byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")
                    || byte == UInt8(ascii: "\r")
            else { break }
            index += 1
        }
        return index
    }
}
