// SPDX-License-Identifier: Apache-2.0

import Bytes
import RotatingFile
import Testing

@testable import Cordwood

@Suite struct DiagnosticLogTests {
    @Test(arguments: [
        ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#),
        ("line\nfeed\r\t", #""line\nfeed\r\t""#),
        ("\u{1}\u{7f}", "\"\\u0001\\u007f\""), ("naïve 🪵", "\"naïve 🪵\""),
    ])
    func `text is quoted as JSON`(text: String, quoted: String) {
        #expect(JSONText.quoted(text) == quoted)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_442_161_078_999_999, "2026-11-23T13:56:01.078Z"),
        ] as [(Int64, String)])
    func `times are RFC 3339`(nanoseconds: Int64, text: String) {
        #expect(RFC3339.string(epochNanoseconds: nanoseconds) == text)
    }
}
