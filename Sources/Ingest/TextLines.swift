import Bytes
import CSimdJSON

// Lines of text, ended by LF or CRLF; blank ones are skipped. A line that is a whole JSON object is
// taken as one, since `navigator.sendBeacon` sends JSON as text/plain.

extension BodyReader {
    /// Reads the lines of one window, whose first begins at `start`.
    ///
    /// - Returns: Where the next line begins.
    mutating func readLines(
        _ body: Span<UInt8>, from start: Int
    ) throws(IngestError) -> Int {
        var at = start
        let windowEnd = min(start + limits.windowByteCount, body.count)
        while at < windowEnd {
            let lineFeed = body.firstIndex(of: .lineFeed, from: at)
            var end = lineFeed
            while end > at, body[end - 1] == .carriageReturn { end -= 1 }
            let text = body.extracting(at..<end)
            let first = text.skippingWhiteSpace(from: 0)
            if first < text.count {
                try readLine(text, firstCharacter: first)
            }
            at = lineFeed + 1
        }
        return min(at, body.count)
    }

    private mutating func readLine(
        _ line: Span<UInt8>, firstCharacter: Int
    ) throws(IngestError) {
        if sink.streamFormat == .json, line[firstCharacter] == .openBrace, sink.fits(line),
            try index.build(line, isLast: true) == .built
        {
            let reading = index.read(line, lineLimit: 0)
            if reading.status == .value, line.skippingWhiteSpace(from: reading.end) == line.count {
                return try append(reading, in: line)
            }
        }
        try sink.append(text: line)
    }
}
