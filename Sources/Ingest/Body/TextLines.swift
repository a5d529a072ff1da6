// SPDX-License-Identifier: Apache-2.0

import Bytes
import CSimdJSON

// Lines of text, ended by LF or CRLF; those of nothing but white space are no records. A line that
// is nothing but JSON objects is those objects, since `navigator.sendBeacon` sends JSON as text.

extension BodyReader {
    /// Reads the lines of one window, whose first begins at `start`.
    ///
    /// - Returns: Where the next line begins.
    mutating func readLines(
        _ body: Span<UInt8>, from start: Int
    ) throws(IngestError) -> Int {
        let room = min(start + limits.windowByteCount, body.count)
        let windowEnd = min(body.firstIndex(of: .lineFeed, from: room - 1) + 1, body.count)
        // One look at all of the lines: each is looked at only where one of them is no text.
        let isText = body.extracting(start..<windowEnd).isUTF8
        var at = start
        while at < windowEnd {
            let lineFeed = body.firstIndex(of: .lineFeed, from: at)
            let hasReturn = lineFeed > at && body[lineFeed - 1] == .carriageReturn
            let line = at..<(hasReturn ? lineFeed - 1 : lineFeed)
            let content = body.trimming(line)
            if !content.isEmpty {
                try readLine(body, line, content, isText: isText)
            }
            at = lineFeed + 1
        }
        return windowEnd
    }

    /// Reads a line; `content` is what of it stands between white space.
    private mutating func readLine(
        _ body: Span<UInt8>, _ line: Range<Int>, _ content: Range<Int>, isText: Bool
    ) throws(IngestError) {
        let text = body.extracting(line)
        if !isText, !text.isUTF8 {
            return sink.reject(
                text, .invalidUTF8, from: line.lowerBound, mistakeAt: text.validPrefixCount)
        }
        if content.count >= 2, body[content.lowerBound] == .openBrace,
            body[content.upperBound - 1] == .closeBrace,
            sink.fits(text), try readObjects(body.extracting(content), from: content.lowerBound)
        {
            return
        }
        try sink.append(text: text, from: line.lowerBound)
    }

    /// Reads a line that begins and ends with a brace.
    ///
    /// - Returns: Whether it is nothing but objects; else nothing of it is used.
    private mutating func readObjects(
        _ line: Span<UInt8>, from place: Int
    ) throws(IngestError) -> Bool {
        if line.isBlankInside {
            try sink.append(object: line, hasLineBreaks: true, from: place)
            return true
        }
        guard try index.build(line, isLast: true) == .built else { return false }
        let mark = sink.mark()
        while true {
            let reading = index.read(line, lineLimit: 0)
            guard reading.status == .value, reading.kind == .openBrace else {
                sink.goBack(to: mark)
                return false
            }
            try append(reading, in: line, base: place)
            if reading.end == line.count { return true }
        }
    }
}
