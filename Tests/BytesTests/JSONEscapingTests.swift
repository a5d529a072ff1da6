// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Bytes

@Suite struct JSONEscapingTests {
    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("a\"b\\c/", #""a\"b\\c/""#),
        ("line\nfeed\r\t", #""line\nfeed\r\t""#), ("\u{0}\u{1f}", #""\u0000\u001f""#),
        ("naïve 🪵", "\"naïve 🪵\""),
    ])
    func `text becomes a JSON string`(text: String, json: String) {
        var buffer = ByteBuffer()
        buffer.append(jsonString: text)
        #expect(String(buffer) == json)
    }

    @Test func `invalid UTF-8 becomes a replacement character`() {
        var buffer = ByteBuffer()
        buffer.append(jsonEscaping: ([0x61, 0xED, 0xA0, 0x80, 0x62, 0xE2, 0x82] as [UInt8]).span)
        #expect(String(buffer) == "a\u{FFFD}\u{FFFD}\u{FFFD}b\u{FFFD}")
    }
}
