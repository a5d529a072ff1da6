// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RotatingFile

/// Lines that come in pieces of any size.
@Suite struct LineScannerTests {
    /// Gives `text` to a scanner in pieces of at most `size` bytes.
    private func scan(
        _ text: String, inPiecesOf size: Int, longest: Int = 1000, isChecked: Bool = true
    ) -> LineTally {
        let check: Verification.LineCheck = { lines in
            (0..<lines.count).allSatisfy { lines[$0] != UInt8(ascii: "x") }
        }
        var scanner = LineScanner(
            check: isChecked ? check : nil, pieceByteCount: size, longestLineByteCount: longest)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = min(size, rest.count)
            scanner.room(limit: count).copyBytes(from: rest.prefix(count))
            scanner.take(count)
            rest = rest.dropFirst(count)
        }
        if scanner.isInsideLine { scanner.noteTornLine() }
        return scanner.tally
    }

    @Test(arguments: 1...40)
    func `the size of the pieces makes no difference`(size: Int) {
        let text = "1\n\n22x\n" + String(repeating: "3", count: 70) + "\n\0\n\0x\n66\nx\n8"
        var expected = LineTally()
        (expected.lineCount, expected.byteCount, expected.isTorn) = (8, 89, true)
        expected.withNUL = LineSet(count: 2, first: 5)
        expected.invalid = LineSet(count: 2, first: 3)
        #expect(scan(text, inPiecesOf: size) == expected)
    }

    @Test(arguments: [1, 3, 8, 64])
    func `a line that is too long to be held is counted, and not valid`(size: Int) {
        let long = String(repeating: "1", count: 100)
        let tally = scan("1\n\(long)\n3\n\(long)\0\n5\n\(long)", inPiecesOf: size, longest: 20)
        #expect(tally.lineCount == 5 && tally.isTorn)
        #expect(tally.invalid == LineSet(count: 1, first: 2))
        #expect(tally.withNUL == LineSet(count: 1, first: 4))
    }

    @Test func `if any line is valid, a long one is too`() {
        let long = String(repeating: "x", count: 100)
        let tally = scan("\(long)\n", inPiecesOf: 8, longest: 20, isChecked: false)
        #expect(tally.lineCount == 1 && tally.invalid.count == 0)
    }

    @Test func `a torn line of NUL bytes is both`() {
        let tally = scan("1\n\0\0\0", inPiecesOf: 2)
        #expect(tally.isTorn && tally.withNUL == LineSet(count: 1, first: 2))
    }

    @Test(arguments: [0, 1, 31, 32, 33, 64, 1000, 100_000])
    func `every line feed is counted`(count: Int) {
        let text = String(repeating: "\n", count: count)
        #expect(scan(text, inPiecesOf: 1 << 16).lineCount == count)
    }
}
