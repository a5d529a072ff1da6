// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Compression

@Suite struct InflaterTests {
    private static let text = Array(
        (0..<20_000).map { "line \($0) of a text that can be compressed\n" }.joined().utf8)

    /// Inflates `compressed`, with so many bytes of input and of room for each step.
    private func inflate(
        _ compressed: [UInt8], by inflater: borrowing Inflater, input: Int = .max,
        room byteCount: Int = 1 << 16
    ) -> (outcome: Inflater.Outcome, bytes: [UInt8], unread: Int) {
        var bytes: [UInt8] = []
        var fed = 0
        return compressed.withUnsafeBytes { all in
            withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 1) { room in
                while true {
                    if inflater.needsInput {
                        let piece = all[fed..<(fed + min(input, all.count - fed))]
                        inflater.feed(UnsafeRawBufferPointer(rebasing: piece))
                        fed = piece.endIndex
                    }
                    let made = inflater.run(into: room)
                    bytes += room[..<made.byteCount]
                    let isStuck = made.byteCount < byteCount && fed == all.count
                    let unread = all.count - fed + inflater.unreadByteCount
                    if made.outcome != .goesOn || isStuck { return (made.outcome, bytes, unread) }
                }
            }
        }
    }

    @Test(arguments: CompressedFormat.allCases, [(1, 1 << 16), (1 << 16, 1), (777, 333)])
    func `pieces of any size give the original bytes`(
        format: CompressedFormat, sizes: (input: Int, room: Int)
    ) {
        let text = Array(Self.text.prefix(50_000))
        let result = inflate(
            Deflater.compress(text, as: format), by: Inflater(format), input: sizes.input,
            room: sizes.room)
        #expect(result.outcome == .ended && result.bytes == text && result.unread == 0)
    }

    @Test func `one stream follows another, of another format`() {
        var inflater = Inflater()
        for format in CompressedFormat.allCases + CompressedFormat.allCases {
            let hasBegun = inflater.begin(format)
            let result = inflate(Deflater.compress(Self.text, as: format), by: inflater)
            #expect(hasBegun && result.outcome == .ended && result.bytes == Self.text)
        }
    }

    @Test func `a second member begins in the bytes that were not read`() {
        let inflater = Inflater(.gzip)
        let member = Deflater.compress([1, 2, 3], as: .gzip)
        (member + member).withUnsafeBytes { input in
            inflater.feed(input)
            withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { room in
                for left in [member.count, 0] {
                    let made = inflater.run(into: room)
                    #expect(made.outcome == .ended && Array(room[..<made.byteCount]) == [1, 2, 3])
                    let unread = inflater.unreadByteCount
                    #expect(unread == left)
                    inflater.beginNext()
                }
            }
        }
    }

    @Test(arguments: CompressedFormat.allCases)
    func `a stream that is cut anywhere does not end`(format: CompressedFormat) {
        let compressed = Deflater.compress(Array(Self.text.prefix(100)), as: format)
        for count in 0..<compressed.count {
            let outcome = inflate(Array(compressed.prefix(count)), by: Inflater(format)).outcome
            #expect(outcome == .goesOn, "\(count)")
        }
    }

    @Test(arguments: [CompressedFormat.gzip, .zlib])
    func `a checksum that is wrong is damage, with a reason`(format: CompressedFormat) {
        var compressed = Deflater.compress(Self.text, as: format)
        // The lengths of gzip come last.
        compressed[compressed.count - (format == .gzip ? 5 : 1)] ^= 1
        let inflater = Inflater(format)
        let outcome = inflate(compressed, by: inflater).outcome
        let fault = inflater.fault
        #expect(outcome == .damaged && fault == "incorrect data check")
    }

    @Test(arguments: CompressedFormat.allCases)
    func `text is damage`(format: CompressedFormat) {
        let outcome = inflate(Array("no such thing".utf8), by: Inflater(format)).outcome
        #expect(outcome == .damaged)
    }

    @Test func `bytes after the end are not read`() {
        let compressed = Deflater.compress(Self.text, as: .gzip) + [1, 2, 3]
        let unread = inflate(compressed, by: Inflater(.gzip)).unread
        #expect(unread == 3)
    }

    @Test func `a higher level is smaller`() {
        let sizes = [Int32(1), 6, 9].map {
            Deflater.compress(Self.text, as: .gzip, level: $0).count
        }
        #expect(sizes[0] > sizes[1] && sizes[1] >= sizes[2])
        #expect(Zlib.version.hasPrefix("1."))
    }
}
