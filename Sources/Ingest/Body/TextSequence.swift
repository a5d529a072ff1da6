// SPDX-License-Identifier: Apache-2.0

import Bytes

// application/json-seq (RFC 7464): a record separator in front of each value, and a line feed
// behind. What is malformed costs itself, since no JSON text holds a separator.

extension BodyReader {
    /// Reads the values of one window, the first of which stands behind the separator at `start`.
    ///
    /// - Returns: Where the next separator stands.
    mutating func readSequence(
        _ body: Span<UInt8>, from start: Int
    ) throws(IngestError) -> Int {
        var at = start
        let windowEnd = min(start + limits.windowByteCount, body.count)
        while at < windowEnd {
            let end = body.firstIndex(of: .recordSeparator, from: at + 1)
            var first = body.skippingWhiteSpace(from: at + 1)
            if first < end, let next = body.endOfByteOrderMarks(at: first) {
                first = body.skippingWhiteSpace(from: next)
            }
            if first < end {
                let value = body.trimmingEnd(first..<end)
                try readAlone(body.extracting(value), from: value.lowerBound)
            }
            at = end
        }
        return at
    }
}
