// SPDX-License-Identifier: Apache-2.0

import Bytes
import Protocols
import Testing

struct TimeTextTests {
    @Test(
        arguments: [
            (0, 0, 9, "1970-01-01T00:00:00.000000000Z"), (0, 0, 0, "1970-01-01T00:00:00Z"),
            (1_763_904_335, 123_456_789, 9, "2025-11-23T13:25:35.123456789Z"),
            (1_763_904_335, 123_456_789, 6, "2025-11-23T13:25:35.123456Z"),
            (1_763_904_335, 999_999_999, 1, "2025-11-23T13:25:35.9Z"),
            (951_782_400, 1, 3, "2000-02-29T00:00:00.000Z"),
            (-1, 5, 9, "1969-12-31T23:59:59.000000005Z"),
            (253_402_300_799, 0, 0, "9999-12-31T23:59:59Z"),
            (-62_167_219_200, 0, 0, "0000-01-01T00:00:00Z"),
            (253_402_300_800, 0, 0, nil), (-62_167_219_201, 0, 0, nil), (.max, 0, 9, nil),
            (.min, 0, 9, nil),
        ] as [(Int64, UInt32, Int, String?)])
    func `seconds and nanoseconds become RFC 3339`(
        seconds: Int64, nanoseconds: UInt32, digits: Int, expected: String?
    ) {
        var text = ByteBuffer()
        text.append("at ")
        let isWritten = text.append(
            rfc3339Seconds: seconds, nanoseconds: nanoseconds, fractionDigits: digits)
        #expect(isWritten == (expected != nil))
        #expect(String(text) == "at " + (expected ?? ""))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"), (1, "1970-01-01T00:00:00.000000001Z"),
            (1_763_904_335_000_000_001, "2025-11-23T13:25:35.000000001Z"),
            (.max, "2554-07-21T23:34:33.709551615Z"),
        ] as [(UInt64, String)])
    func `all nanoseconds of an unsigned number become RFC 3339`(
        nanoseconds: UInt64, expected: String
    ) {
        var text = ByteBuffer()
        text.append(rfc3339Nanoseconds: nanoseconds)
        #expect(String(text) == expected)
    }
}
