// SPDX-License-Identifier: Apache-2.0

import Bytes
import CSimdJSON

/// What a line holds that should hold one JSON object.
package enum JSONLine: Equatable {
    /// An object and nothing else; `hasLineBreaks` says whether CR or LF stand between its tokens.
    case object(hasLineBreaks: Bool)
    /// Something else; the mistake is so many bytes behind the beginning of the line.
    case bad(RejectionReason, mistakeAt: Int)
}

/// Reads lines of one JSON object each, with one index for many of them.
///
/// A line ends at LF only, and white space around its object is no part of it. A line costs no
/// other, whatever is wrong with it: what the index of a window cannot hold is read line by line.
package struct JSONLines: ~Copyable {
    private let limits: IngestLimits
    private var index: JSONIndex
    /// For a line that the index of its window says nothing of.
    private var alone: JSONIndex
    /// Where the window is in the body; empty if it has no index.
    private var window = 0..<0
    /// How much is indexed at a time.
    private var room: Int

    package init(limits: IngestLimits) {
        self.limits = limits
        index = JSONIndex(limits: limits)
        alone = JSONIndex(limits: limits)
        room = limits.windowByteCount
    }

    /// Begins another body.
    package mutating func begin() {
        window = 0..<0
        room = limits.windowByteCount
    }

    /// Indexes the lines that begin at `start`, before the end of `body`.
    ///
    /// - Parameter body: the whole body. The 64 bytes behind it must be readable.
    /// - Returns: where the window ends: behind a line feed, or at the end of the body. It has at
    ///   least one line, however long that is.
    package mutating func open(
        _ body: Span<UInt8>, from start: Int
    ) throws(IngestError) -> Int {
        while true {
            let end = windowEnd(body, from: start)
            window = 0..<0
            // One line over the limit needs no index.
            if end - start > max(room, limits.recordByteCount) { return end }
            if try index.build(body.extracting(start..<end), isLast: true) == .built {
                window = start..<end
                room = min(room * 2, limits.windowByteCount)
                return end
            }
            // One bad line costs the others of its window the index, so less is tried.
            guard end - start > Self.carefulByteCount, end - start <= room else {
                room = min(max(room, Self.carefulByteCount) * 2, limits.windowByteCount)
                return end
            }
            room = (end - start) / 2
        }
    }

    /// Reads the object of `line`, which lies in the window and begins and ends with no white space.
    package mutating func read(
        _ body: Span<UInt8>, _ line: Range<Int>
    ) throws(IngestError) -> JSONLine {
        // A value that is not closed is read on to the next line that begins with a brace, and no
        // further, so lines that begin otherwise are not looked up.
        guard !window.isEmpty, line.count >= 2, body[line.lowerBound] == .openBrace,
            body[line.upperBound - 1] == .closeBrace
        else { return try readAlone(body.extracting(line)) }
        let start = line.lowerBound - window.lowerBound
        index.seek(start)
        let reading = index.read(body.extracting(window), lineLimit: 0)
        guard reading.status == .value, reading.start == start, reading.end == start + line.count
        else { return try readAlone(body.extracting(line)) }
        return .object(hasLineBreaks: reading.hasLineBreaks)
    }

    /// Reads text as one object that has to fill it, line breaks included.
    package mutating func readAlone(_ text: Span<UInt8>) throws(IngestError) -> JSONLine {
        if text.count >= 2, text[0] == .openBrace, text[text.count - 1] == .closeBrace,
            text.isBlankInside
        {
            return .object(hasLineBreaks: true)
        }
        guard !text.isEmpty, text[0].beginsValue else { return Self.unindexed(text, mistakeAt: 0) }
        guard try alone.build(text, isLast: true) == .built else { return Self.unindexed(text) }
        let reading = alone.read(text, lineLimit: 0)
        guard reading.status == .value else {
            return .bad(reading.status.reason, mistakeAt: reading.end)
        }
        guard reading.end == text.count else {
            return .bad(.invalidJSON, mistakeAt: text.skippingWhiteSpace(from: reading.end))
        }
        return reading.kind == .openBrace
            ? .object(hasLineBreaks: reading.hasLineBreaks) : .bad(.notAnObject, mistakeAt: 0)
    }

    /// Gives back memory that only unusually large lines needed.
    package mutating func shrink() {
        if index.capacity > limits.windowByteCount * 2 { index = JSONIndex(limits: limits) }
        if alone.capacity > limits.windowByteCount * 2 { alone = JSONIndex(limits: limits) }
        window = 0..<0
    }

    /// Bytes of memory that the indexes take.
    package var heldByteCount: Int { 4 * (index.capacity + alone.capacity) }

    /// What is read line by line at most, where something cannot be indexed.
    private static let carefulByteCount = 512

    /// Where a window of `room` bytes ends, at the end of a line.
    private func windowEnd(_ body: Span<UInt8>, from start: Int) -> Int {
        let end = start + min(room, body.count - start)
        if end == body.count { return end }
        if let lineFeed = body.lastIndex(of: .lineFeed, in: start..<end) { return lineFeed + 1 }
        return min(body.firstIndex(of: .lineFeed, from: end) + 1, body.count)
    }

    private static func unindexed(_ text: Span<UInt8>, mistakeAt mistake: Int? = nil) -> JSONLine {
        text.isUTF8
            ? .bad(.invalidJSON, mistakeAt: mistake ?? text.mistake)
            : .bad(.invalidUTF8, mistakeAt: text.validPrefixCount)
    }
}

extension Span<UInt8> {
    /// What stands from `start` on, without white space at either end.
    package func trimmed(from start: Int) -> Range<Int> { trimming(start..<count) }

    /// The line that begins at `start`: its content without white space at either end, and where
    /// the next line begins.
    package func line(from start: Int) -> (content: Range<Int>, next: Int) {
        let end = firstIndex(of: .lineFeed, from: start)
        return (trimming(start..<end), Swift.min(end + 1, count))
    }
}
