// SPDX-License-Identifier: Apache-2.0

/// One UTF-8 sequence, or the bytes that one replacement character stands for.
///
/// An ill-formed sequence ends where it can no longer become well-formed (Unicode, section 3.9,
/// substitution of maximal subparts), as in Python and in browsers.
package struct UTF8Sequence {
    package let byteCount: Int
    package let isWellFormed: Bool

    /// Reads the sequence that begins at `start` in `text`.
    @inlinable package init(in text: Span<UInt8>, at start: Int) {
        let lead = text[start]
        if lead < 0x80 {
            (byteCount, isWellFormed) = (1, true)
            return
        }
        let length = Self.length(lead: lead)
        var count = 1
        while count < length, start + count < text.count {
            let byte = text[start + count]
            let allowed = count == 1 ? Self.secondBytes(lead: lead) : 0x80...0xBF
            guard allowed.contains(byte) else { break }
            count += 1
        }
        (byteCount, isWellFormed) = (count, length > 1 && count == length)
    }

    /// Table 3-7 of the Unicode Standard; 0 for a byte that begins no sequence.
    @usableFromInline static func length(lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    @usableFromInline static func secondBytes(lead: UInt8) -> ClosedRange<UInt8> {
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
