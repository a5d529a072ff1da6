// SPDX-License-Identifier: Apache-2.0

import Bytes
import CSimdJSON

/// Whether lines are what the service writes: each one JSON object.
///
/// It judges as strictly as requests are, apart from the limits that a configuration may have had:
/// white space around an object, which the service never writes, is JSON too.
package final class JSONLineCheck {
    private var index: JSONIndex
    /// The index reads behind the text, which only a buffer of our own allows.
    private var text = ByteBuffer()

    /// A check that can be used for any number of lines.
    package init() {
        var limits = IngestLimits()
        limits.depth = 1024
        limits.numberByteCount = .max
        index = JSONIndex(limits: limits)
    }

    /// Whether every line of `lines`, which end with a line feed each, is one object.
    ///
    /// Without memory for the index the answer is no.
    package func holdsObjects(_ lines: Span<UInt8>) -> Bool {
        text.removeAll()
        text.append(lines)
        return Self.holdsObjects(text, &index)
    }

    /// The buffer is lent whole: a span of a property cannot leave it.
    private static func holdsObjects(
        _ buffer: borrowing ByteBuffer, _ index: inout JSONIndex
    ) -> Bool {
        let text = buffer.span
        guard (try? index.build(text, isLast: true)) == .built else { return false }
        var at = 0
        while at < text.count {
            let reading = index.read(text, lineLimit: .max)
            switch reading.status {
            case .lines where !text.hasLineFeed(in: at..<reading.start):
                at = reading.end
            case .value where reading.kind == .openBrace && !text.hasLineFeed(in: at..<reading.end):
                let end = text.firstIndex(of: .lineFeed, from: reading.end)
                guard text.skippingWhiteSpace(from: reading.end) >= end else { return false }
                at = end + 1
            default: return false
            }
        }
        return true
    }
}

extension Span<UInt8> {
    fileprivate func hasLineFeed(in range: Range<Int>) -> Bool {
        extracting(range).firstIndex(of: .lineFeed, from: 0) < range.count
    }
}
