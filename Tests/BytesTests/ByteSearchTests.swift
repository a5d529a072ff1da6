// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@Suite struct ByteSearchTests {
    private let bytes = Array("a,b,c".utf8)

    @Test(arguments: [(0, 1), (1, 1), (2, 3), (4, 5), (5, 5), (9, 5)])
    func `the first occurrence of a byte after a position is found, or the end`(
        start: Int, expected: Int
    ) {
        let found = bytes.span.firstIndex(of: UInt8(ascii: ","), from: start)
        #expect(found == expected)
    }

    @Test(arguments: [(0..<5, 3), (0..<3, 1), (4..<5, nil), (3..<3, nil)] as [(Range<Int>, Int?)])
    func `the last occurrence of a byte in a range is found, or nil`(
        range: Range<Int>, expected: Int?
    ) {
        let found = bytes.span.lastIndex(of: UInt8(ascii: ","), in: range)
        #expect(found == expected)
    }

    @Test func `bytes are compared with literals and with others`() {
        let (same, other, shorter) = (
            bytes.span.equals("a,b,c"), bytes.span.equals("a,b,d"), bytes.span.equals("a,b")
        )
        #expect(same && !other && !shorter)
        let (itself, nothing) = (bytes.span.equals(bytes.span), bytes.span.equals([UInt8]().span))
        #expect(itself && !nothing)
    }

    @Test func `the beginning of bytes is compared`() {
        let (first, longer) = ([UInt8]("a,".utf8), bytes + [0])
        let (begins, all, none) = (
            bytes.span.hasPrefix(first.span), bytes.span.hasPrefix(bytes.span),
            bytes.span.hasPrefix([UInt8]().span)
        )
        #expect(begins && all && none)
        let (other, isLonger) = (
            first.span.hasPrefix([0x61, 0x61].span), bytes.span.hasPrefix(longer.span)
        )
        #expect(!other && !isLonger)
    }

    @Test func `the end of bytes is compared`() {
        let (end, all, none) = (
            bytes.span.hasSuffix(",c"), bytes.span.hasSuffix("a,b,c"), bytes.span.hasSuffix("")
        )
        #expect(end && all && none)
        let (other, longer) = (bytes.span.hasSuffix(",b"), bytes.span.hasSuffix("0a,b,c"))
        #expect(!other && !longer)
    }
}
