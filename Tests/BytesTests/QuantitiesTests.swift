// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@Suite struct QuantitiesTests {
    @Test(
        arguments: [
            ("0", 0), ("1048576", 1_048_576), ("1B", 1), ("64MB", 64_000_000), ("32MiB", 32 << 20),
            ("32 MiB", 32 << 20), ("1kb", 1000), ("3KiB", 3072), ("2GB", 2_000_000_000),
            ("2gib", 2 << 30), ("1TB", 1_000_000_000_000), ("1TiB", 1 << 40), ("", nil),
            ("MiB", nil),
            ("-1", nil), ("+1", nil), ("1.5MiB", nil), ("1M", nil), ("1MiBs", nil), ("1 2", nil),
            ("0x10", nil), ("٣MB", nil), ("9223372036854775807", .max),
            ("9223372036854775808", nil),
            ("9223372036854775807KiB", nil),
        ] as [(String, Int?)])
    func `a size is a number of bytes or has a unit`(text: String, expected: Int?) {
        #expect(ByteSize.read(text) == expected)
    }

    @Test(
        arguments: [
            ("10s", 10), ("5m", 300), ("1h", 3600), ("7d", 604_800), ("0s", 0), ("10 s", 10),
            ("", nil),
            ("10", nil), ("s", nil), ("-1s", nil), ("1.5s", nil), ("10S", nil), ("10sec", nil),
            ("250ms", nil), ("1h30m", nil), ("99999999999999999d", nil),
        ] as [(String, Int?)])
    func `a duration has a unit`(text: String, expected: Int?) {
        #expect(Seconds.read(text) == expected)
    }

    @Test(arguments: [0, 1, 59, 60, 75, 300, 3600, 5400, 86_400, 604_800, 31_622_400])
    func `a duration reads back as it is written`(seconds: Int) {
        #expect(Seconds.read(Seconds.text(seconds)) == seconds)
    }

    @Test(arguments: [0, 1, 1000, 1023, 1024, 1 << 20, 64_000_000, 3 << 30, 1 << 40, 1 << 60])
    func `a size reads back as it is written`(bytes: Int) {
        #expect(ByteSize.read(ByteSize.text(bytes)) == bytes)
    }
}
