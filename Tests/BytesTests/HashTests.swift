// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@Suite struct HashTests {
    /// The vectors of the authors, at www.isthe.com/chongo/src/fnv/test_fnv.c.
    @Test(
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
        ] as [(String, UInt64)])
    func `FNV-1a is the published one`(text: String, expected: UInt64) {
        #expect(FNV1a.hash(of: text.utf8) == expected)
        let ofSpan = Array(text.utf8).span.fnv1a
        #expect(ofSpan == expected)
    }

    @Test func `a number is its eight bytes, the lowest first`() {
        var hash = FNV1a(salt: 1)
        hash.add(littleEndian: 0x0807_0605_0403_0201)
        var other = FNV1a(salt: 1)
        for byte in UInt8(1)...8 { other.add(byte) }
        #expect(hash == other && hash.value != FNV1a.hash(of: 1...8))
    }

    /// The first numbers from the seed 1234567, as other implementations give them.
    @Test func `SplitMix64 is the published one`() {
        var random = SplitMix64(state: 1_234_567)
        #expect(
            (0..<5).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
        #expect((0..<1000).allSatisfy { _ in 0..<7 ~= random.below(7) })
    }
}
