// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

extension JSONScanner {
    /// What stands in the text at `range`.
    @_lifetime(copy self)
    package func bytes(_ range: Range<Int>) -> Span<UInt8> { text.extracting(range) }

    /// Whether a string that was read stands for `name`, which is ASCII.
    @inline(__always)
    package func isEqual(_ string: JSONString, _ name: StaticString) -> Bool {
        if string.hasEscapes { return isEqualUnescaped(string, name) }
        let count = name.utf8CodeUnitCount
        guard string.range.count == count else { return false }
        // The bounds are checked once, so that the comparison is of words.
        let inside = text.extracting(string.range)
        var difference: UInt8 = 0
        for index in 0..<count {
            difference |= inside[unchecked: index] ^ name.utf8Start[index]
        }
        return difference == 0
    }

    @inline(never)
    private func isEqualUnescaped(_ string: JSONString, _ name: StaticString) -> Bool {
        // An escape is longer than its character, and at most six bytes for each of ASCII.
        let length = name.utf8CodeUnitCount
        guard length < string.range.count, string.range.count <= 6 * length else { return false }
        var unescaped = ByteBuffer(capacity: string.range.count)
        unescaped.append(insideOfString: text.extracting(string.range))
        return unescaped.span.equals(name)
    }

    /// Appends what a string that was read stands for.
    ///
    /// Half of a surrogate pair, which is no character, becomes the three bytes that UTF-8 would have
    /// for it.
    package func append(textOf string: JSONString, to buffer: inout ByteBuffer) {
        let inside = text.extracting(string.range)
        if string.hasEscapes {
            buffer.append(insideOfString: inside)
        } else {
            buffer.append(inside)
        }
    }

    /// Appends a value that was read, byte for byte but for line breaks between its tokens.
    @inline(__always)
    package func append(_ value: JSONValue, to buffer: inout ByteBuffer) {
        let bytes = text.extracting(value.range)
        if value.hasLineBreaks {
            buffer.append(withoutLineBreaks: bytes)
        } else {
            buffer.append(bytes)
        }
    }
}

extension ByteBuffer {
    /// Appends valid JSON without its line breaks, which stand between tokens only.
    package mutating func append(withoutLineBreaks json: Span<UInt8>) {
        var start = 0
        for index in 0..<json.count
        where json[index] == .lineFeed || json[index] == .carriageReturn {
            append(json.extracting(start..<index))
            start = index + 1
        }
        append(json.extracting(start...))
    }
}
