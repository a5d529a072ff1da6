// SPDX-License-Identifier: Apache-2.0

import Bytes
import Protocols
import Testing

struct JSONMembersTests {
    @Test(
        arguments: [
            (Array("".utf8), #""""#), (Array("a\"b\\c\n\u{1}é😀".utf8), #""a\"b\\c\n\u0001é😀""#),
            (Array("0123456789abcdef".utf8), #""0123456789abcdef""#),
            ([0xFF], #"{"base64":"/w=="}"#),
            // Half of a surrogate pair, an overlong form, a sequence that is cut.
            ([0xED, 0xA0, 0x80], #"{"base64":"7aCA"}"#), ([0xC0, 0x80], #"{"base64":"wIA="}"#),
            (
                Array("good text, then a cut sequence ".utf8) + [0xE2, 0x82],
                #"{"base64":"Z29vZCB0ZXh0LCB0aGVuIGEgY3V0IHNlcXVlbmNlIOKC"}"#
            ),
        ] as [([UInt8], String)])
    func `text is a string, or its Base64 if it is not UTF-8`(text: [UInt8], expected: String) {
        var buffer = ByteBuffer()
        buffer.append(jsonText: text.span)
        #expect(String(buffer) == expected)
    }

    @Test(
        arguments: [
            (Array("a.b\"".utf8), #""a.b\"":"#), ([], #""":"#), ([0x61, 0xFF], #""base64:Yf8=":"#),
        ] as [([UInt8], String)])
    func `a name is a string in any case`(name: [UInt8], expected: String) {
        var buffer = ByteBuffer()
        buffer.append(jsonName: name.span)
        #expect(String(buffer) == expected)
    }

    @Test
    func `bytes become lower-case digits`() {
        let bytes: [UInt8] = [0x00, 0x0F, 0x5B, 0xF0, 0xFF]
        var buffer = ByteBuffer()
        buffer.append(hexadecimal: bytes.span)
        buffer.append(hexadecimal: Span<UInt8>())
        #expect(String(buffer) == "000f5bf0ff")
    }
}
