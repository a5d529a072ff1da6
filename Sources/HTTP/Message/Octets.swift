// SPDX-License-Identifier: Apache-2.0

// Searching and comparing octets; every function stays inside the range that it is given.
extension Span where Element == UInt8 {
    /// The first control character other than HTAB in `range`, or its end (RFC 9110, 5.5).
    @inline(__always)
    func firstControl(in range: Range<Int>) -> Int {
        var index = range.lowerBound
        let octets = bytes
        while index &+ 8 <= range.upperBound {
            // Eight at a time: a byte below 0x20, or one that is 0 after XOR with DEL, borrows into
            // its own top bit; 0x80 and up is masked out. The lowest bit set is exact.
            let word = UInt64(
                littleEndian: octets.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let below = word &- 0x2020_2020_2020_2020
            let deletes = (word ^ 0x7f7f_7f7f_7f7f_7f7f) &- 0x0101_0101_0101_0101
            let found = (below | deletes) & ~word & 0x8080_8080_8080_8080
            if found == 0 {
                index &+= 8
                continue
            }
            index &+= found.trailingZeroBitCount &>> 3
            guard self[index] == UInt8(ascii: "\t") else { return index }
            index &+= 1
        }
        while index < range.upperBound {
            let byte = self[index]
            if (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7f { return index }
            index &+= 1
        }
        return index
    }

    @inline(__always)
    func first(of byte: UInt8, in range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            if self[index] == byte { return index }
            index &+= 1
        }
        return nil
    }

    /// The first octet of `range` outside `set`, or its end.
    @inline(__always)
    func end(of set: ByteSet, in range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound, set.contains(self[index]) { index &+= 1 }
        return index
    }

    @inline(__always)
    func equals(_ range: Range<Int>, _ literal: StaticString) -> Bool {
        guard range.count == literal.utf8CodeUnitCount else { return false }
        let expected = literal.utf8Start
        var offset = 0
        while offset < range.count {
            if self[range.lowerBound &+ offset] != expected[offset] { return false }
            offset &+= 1
        }
        return true
    }

    func equalsIgnoringCase(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { self[$0].lowercased == self[$1].lowercased }
    }

    /// The rest of `range` after a prefix in lowercase, if it begins with that prefix.
    func dropping(_ prefix: StaticString, from range: Range<Int>) -> Range<Int>? {
        let count = prefix.utf8CodeUnitCount
        guard range.count >= count,
            equalsIgnoringCase(range.lowerBound..<range.lowerBound + count, prefix)
        else { return nil }
        return range.lowerBound + count..<range.upperBound
    }

    /// Whether `range` is at most five digits with a value of at most 65535; an empty one is 0.
    func isPortNumber(_ range: Range<Int>) -> Bool {
        guard range.count <= 5 else { return false }
        var number = 0
        for index in range {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return false }
            number = number * 10 + Int(digit)
        }
        return number <= 65_535
    }

    /// `range` without the OWS around it (RFC 9110, 5.6.3).
    @inline(__always)
    func trimmingWhitespace(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start].isWhitespace { start &+= 1 }
        while start < end, self[end &- 1].isWhitespace { end &-= 1 }
        return start..<end
    }
}

extension UInt8 {
    @inline(__always) var isWhitespace: Bool { self == 0x20 || self == 0x09 }

    @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
