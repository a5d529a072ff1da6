// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Counts and checks the lines of a stream of bytes that comes in pieces.
///
/// It holds a piece and the line that the piece before it has begun, so its memory does not grow
/// with the stream.
struct LineScanner: ~Copyable {
    /// Bytes taken at a time: few enough to stay in the processor's cache from one look to the next.
    static let pieceByteCount = 64 << 10
    /// A longer line is not checked, only counted: nothing writes such a record.
    static let longestLineByteCount = 64 << 20

    private(set) var tally = LineTally()
    private let check: Verification.LineCheck?
    private let pieceByteCount: Int
    private let longestLineByteCount: Int
    private var buffer: UnsafeMutableRawBufferPointer
    /// Bytes at the front of the buffer, of a line whose end has not come.
    private(set) var pendingByteCount = 0
    /// Whether that line was too long to be held and is only waited out.
    private var isLineDropped = false
    private var isNULInDroppedLine = false

    init(
        check: Verification.LineCheck?, pieceByteCount: Int = Self.pieceByteCount,
        longestLineByteCount: Int = Self.longestLineByteCount
    ) {
        self.check = check
        self.pieceByteCount = pieceByteCount
        self.longestLineByteCount = longestLineByteCount
        buffer = .allocate(byteCount: 2 * pieceByteCount, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Where the next bytes are to be put, at most `limit`.
    mutating func room(limit: Int = .max) -> UnsafeMutableRawBufferPointer {
        if buffer.count - pendingByteCount < pieceByteCount { grow() }
        let end = pendingByteCount + min(pieceByteCount, limit)
        return UnsafeMutableRawBufferPointer(rebasing: buffer[pendingByteCount..<end])
    }

    /// Takes the first `byteCount` bytes of the room.
    mutating func take(_ byteCount: Int) {
        tally.byteCount += Int64(byteCount)
        let end = pendingByteCount + byteCount
        var start = 0
        if isLineDropped {
            guard let lineEnd = waitOut(until: end) else { return }
            start = lineEnd
        }
        let firstNew = max(start, pendingByteCount)
        let whole = lastLineEnd(in: firstNew..<end) ?? start
        scan(start..<whole)
        pendingByteCount = end - whole
        if let base = buffer.baseAddress, whole > 0 {
            memmove(base, base + whole, pendingByteCount)
        }
        if pendingByteCount > longestLineByteCount {
            isLineDropped = true
            isNULInDroppedLine = hasNUL(0..<pendingByteCount)
            pendingByteCount = 0
        }
    }

    /// Whether a line has begun that has not ended.
    var isInsideLine: Bool { pendingByteCount > 0 || isLineDropped }

    /// Notes that the stream ends inside a line.
    mutating func noteTornLine() {
        tally.isTorn = true
        if isNULInDroppedLine || hasNUL(0..<pendingByteCount) {
            tally.withNUL.note(tally.lineCount + 1)
        }
    }

    private mutating func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 2 * buffer.count, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<pendingByteCount]))
        buffer.deallocate()
        buffer = larger
    }

    /// Passes over the line that is too long; where it ends, or nil if not before `end`.
    private mutating func waitOut(until end: Int) -> Int? {
        let lineEnd = firstLineEnd(in: 0..<end)
        isNULInDroppedLine = isNULInDroppedLine || hasNUL(0..<(lineEnd ?? end))
        guard let lineEnd else { return nil }
        tally.lineCount += 1
        if isNULInDroppedLine {
            tally.withNUL.note(tally.lineCount)
        } else if check != nil {
            tally.invalid.note(tally.lineCount)
        }
        (isLineDropped, isNULInDroppedLine) = (false, false)
        return lineEnd
    }

    /// Counts and checks whole lines: all at once, and one by one if there is something wrong.
    private mutating func scan(_ range: Range<Int>) {
        if range.isEmpty { return }
        if !hasNUL(range), isValid(range) {
            tally.lineCount += lineFeedCount(in: range)
            return
        }
        var start = range.lowerBound
        while let end = firstLineEnd(in: start..<range.upperBound) {
            tally.lineCount += 1
            if hasNUL(start..<end) {
                tally.withNUL.note(tally.lineCount)
            } else if !isValid(start..<end) {
                tally.invalid.note(tally.lineCount)
            }
            start = end
        }
    }

    private func isValid(_ range: Range<Int>) -> Bool {
        guard let check else { return true }
        // SAFETY: the range holds bytes that were read, and the check cannot keep the span.
        let lines = UnsafeRawBufferPointer(rebasing: buffer[range])
        return check(lines.bindMemory(to: UInt8.self).span)
    }

    private func hasNUL(_ range: Range<Int>) -> Bool { find(0, in: range) != nil }

    private func firstLineEnd(in range: Range<Int>) -> Int? {
        find(UInt8(ascii: "\n"), in: range).map { $0 + 1 }
    }

    private func find(_ byte: UInt8, in range: Range<Int>) -> Int? {
        guard !range.isEmpty, let base = buffer.baseAddress else { return nil }
        // SAFETY: memchr stays within the range.
        return memchr(base + range.lowerBound, Int32(byte), range.count).map {
            UnsafeRawPointer($0) - UnsafeRawPointer(base)
        }
    }

    private func lastLineEnd(in range: Range<Int>) -> Int? {
        var index = range.upperBound
        while index > range.lowerBound {
            if buffer[index - 1] == UInt8(ascii: "\n") { return index }
            index -= 1
        }
        return nil
    }

    private func lineFeedCount(in range: Range<Int>) -> Int {
        // glibc's memchr is faster than anything that the compiler makes of a loop.
        var count = 0
        var start = range.lowerBound
        while let end = firstLineEnd(in: start..<range.upperBound) {
            count += 1
            start = end
        }
        return count
    }
}

/// Counts and findings of the lines of one file.
struct LineTally: Equatable {
    /// Lines that end with a line feed.
    var lineCount = 0
    var byteCount: Int64 = 0
    /// Whether the last line has no line feed.
    var isTorn = false
    /// Lines with NUL bytes in them: of blocks that never reached the disk.
    var withNUL = LineSet()
    /// Lines that the check rejected.
    var invalid = LineSet()
}

/// Some lines of a file: how many, and where the first is, counted from 1.
struct LineSet: Equatable {
    var count = 0
    var first = 0

    mutating func note(_ number: Int) {
        if count == 0 { first = number }
        count += 1
    }
}
