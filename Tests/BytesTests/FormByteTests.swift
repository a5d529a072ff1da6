// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

/// One rule for queries and for the bodies of forms.
@Suite struct FormByteTests {
    @Test(arguments: [
        ("a+b", "a b"), ("%41%7a%2B", "Az+"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"),
        ("%4g", "%4g"), ("%%41", "%A"), ("%+1", "% 1"), ("%2541", "%41"), ("%00", "\0"), ("", ""),
    ])
    func `an invalid escape stands for itself`(encoded: String, expected: String) {
        #expect(decoded(Array(encoded.utf8), from: 0) == Array(expected.utf8))
    }

    @Test func `an escape ends with its part of the text`() {
        #expect(decoded(Array("%41".utf8), upTo: 2) == Array("%4".utf8))
    }

    private func decoded(_ bytes: [UInt8], from start: Int = 0, upTo end: Int? = nil) -> [UInt8] {
        let end = end ?? bytes.count
        var (index, result) = (start, [UInt8]())
        while index < end { result.append(bytes.span.formByte(at: &index, before: end)) }
        return result
    }
}
