// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Access

struct OfferedCredentialsTests {
    @Test(arguments: [
        ("Bearer abc", "secret abc"), ("bearer abc", "secret abc"), ("BEARER   abc", "secret abc"),
        ("Splunk abc", "secret abc"), ("Basic YTpi", "pair YTpi"), ("basic  YTpi", "pair YTpi"),
        ("Bearer", "secret "), ("Basic", "pair "), ("Bearer a b", "secret a b"),
        ("", "none"), ("abc", "none"), ("Digest a=b", "none"), ("Bearerabc", "none"),
        ("Bearer\tabc", "none"), ("Bearer:abc", "none"), ("Basi YTpi", "none"),
    ])
    func `the scheme decides how the rest is read`(value: String, expected: String) {
        let bytes = Array(value.utf8)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let found =
            switch OfferedCredentials(bytes.span) {
            case .none: "none"
            case .secret(let range): "secret \(text(range))"
            case .nameAndSecret(let range): "pair \(text(range))"
            }
        #expect(found == expected)
    }
}
