// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Bytes

struct Base64Tests {
    /// RFC 4648, 10, and what differs in one character from a valid text.
    @Test(
        arguments: [
            ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"), ("Zm9vYmFy", "foobar"), ("+/+/", "\u{fb}\u{ff}\u{bf}"),
            ("Zg", nil), ("Zg=", nil), ("Zg===", nil), ("Z===", nil), ("====", nil), ("=", nil),
            ("Zh==", nil), ("Zm9=", nil), ("Zm=v", nil), ("Zg==Zg==", nil), ("Zm9v\n", nil),
            (" Zm9v", nil), ("Zm-v", nil), ("Zm_v", nil), ("Zm\u{e9}", nil), ("Zm9v====", nil),
        ] as [(String, String?)])
    func `it is read strictly, or not at all`(encoded: String, expected: String?) {
        var decoded = ByteBuffer()
        decoded.append("before")
        let isRead = Base64.decode(encoded.utf8.span, into: &decoded)
        let bytes = (0..<decoded.count).map { decoded.span[$0] }
        let wanted = (expected ?? "").unicodeScalars.map { UInt8($0.value) }
        #expect(isRead == (expected != nil))
        #expect(bytes == Array("before".utf8) + wanted)
    }

    /// RFC 4648, 10, and the two digits in which the alphabets differ.
    @Test(
        arguments: [
            ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"),
            ("foob", "Zm9vYg==", "Zm9vYg"), ("fooba", "Zm9vYmE=", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy", "Zm9vYmFy"), ("\u{fb}\u{ff}\u{bf}", "+/+/", "-_-_"),
        ] as [(String, String, String)])
    func `it is written in either alphabet`(text: String, standard: String, urlSafe: String) {
        let bytes = text.unicodeScalars.map { UInt8($0.value) }
        for (alphabet, expected) in [(Base64.Alphabet.standard, standard), (.urlSafe, urlSafe)] {
            var out = ByteBuffer()
            out.append(base64: bytes.span, alphabet)
            #expect((0..<out.count).map { out.span[$0] } == Array(expected.utf8))
        }
    }
}
