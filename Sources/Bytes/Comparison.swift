// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
    /// Whether these are the bytes of `literal`.
    @inlinable
    package func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != literal.utf8Start[index] { return false }
        return true
    }

    /// Whether these are the bytes of `other`.
    @inlinable
    package func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Whether these begin with the bytes of `other`.
    @inlinable
    package func hasPrefix(_ other: Span<UInt8>) -> Bool {
        count >= other.count && extracting(..<other.count).equals(other)
    }

    /// Whether these end with the bytes of `literal`.
    @inlinable
    package func hasSuffix(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        return count >= length && extracting((count - length)...).equals(literal)
    }

    /// Compares with a literal of lowercase letters, digits and punctuation below `@`.
    ///
    /// Setting bit 0x20 makes letters lowercase and turns only control characters into anything
    /// else of these; so the octets must be free of them, as those of a line of a head are.
    @inlinable @inline(__always)
    package func equalsIgnoringCase(_ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        let count = range.count
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let expected = lowercase.utf8Start
        guard count >= 8 else {
            var offset = 0
            while offset < count {
                if self[range.lowerBound &+ offset] | 0x20 != expected[offset] { return false }
                offset &+= 1
            }
            return true
        }
        // Eight at a time; the last eight may overlap those before.
        let octets = bytes
        let literal = UnsafeRawPointer(expected)
        var offset = 0
        while true {
            let word = octets.unsafeLoadUnaligned(
                fromByteOffset: range.lowerBound &+ offset, as: UInt64.self)
            // SAFETY: offset + 8 <= count, the length of the literal.
            let other = literal.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if word | 0x2020_2020_2020_2020 != other { return false }
            if offset == count &- 8 { return true }
            offset = min(offset &+ 8, count &- 8)
        }
    }
}
