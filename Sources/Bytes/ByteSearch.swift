// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Searching bytes; everything stays inside the range that it is given.
extension Span<UInt8> {
    /// The index of the first `byte` in `start..<count`; `count` if there is none.
    @inlinable package func firstIndex(of byte: UInt8, from start: Int) -> Int {
        guard start < count else { return count }
        return withUnsafeBufferPointer { bytes in
            // SAFETY: start is within the contents, and memchr stays within the count it is given.
            guard let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(byte), bytes.count - start)
            else { return bytes.count }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// The index of the last `byte` in `range`; nil if there is none.
    @inlinable package func lastIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        var index = range.upperBound
        while index > range.lowerBound {
            index -= 1
            if self[index] == byte { return index }
        }
        return nil
    }
}
