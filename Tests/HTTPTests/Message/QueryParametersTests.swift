// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import HTTP

@Suite struct QueryParametersTests {
    /// The parameters of a query, decoded, as text.
    private func parameters(_ query: String) -> [String] {
        let bytes = octets(query)
        return GuardedMemory(byteCount: bytes.count).withCopy(of: bytes[...]) { span in
            var found: [String] = []
            var parameters = QueryParameters(0..<span.count)
            while let parameter = parameters.next(in: span) {
                found.append(
                    decoded(parameter.name, span) + " is " + decoded(parameter.value, span))
            }
            return found
        }
    }

    private func decoded(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
        var index = range.lowerBound
        var decoded: [UInt8] = []
        while index < range.upperBound {
            decoded.append(bytes.formByte(at: &index, before: range.upperBound))
        }
        return text(decoded)
    }

    @Test(arguments: [
        ("", []), ("&&", []), ("a=b", ["a is b"]), ("a", ["a is "]), ("a=", ["a is "]),
        ("=b", [" is b"]), ("=", [" is "]), ("a=b=c", ["a is b=c"]),
        ("a=b&c=d", ["a is b", "c is d"]), ("&a=b&&c&", ["a is b", "c is "]),
        ("a+b=c+d", ["a b is c d"]), ("%61=%2b%26%3D", ["a is +&="]),
        ("a=%e9%C3%00", ["a is \u{e9}\u{c3}\0"]), ("a=\u{e9}", ["a is \u{e9}"]),
        // The digits of an escape must be in the same piece.
        ("a=%", ["a is %"]), ("a=b%4", ["a is b%4"]), ("a=%4&1=1", ["a is %4", "1 is 1"]),
    ])
    func `a query is split and decoded`(query: String, expected: [String]) {
        #expect(parameters(query) == expected)
    }

    @Test(arguments: [
        ("atomic", true), ("%61tomi%63", true), ("atomi", false), ("atomicc", false),
        ("Atomic", false), ("", false), ("atomi%6", false), ("atomic%", false),
        ("atomi%%63", false), ("%2561tomic", false),
    ])
    func `a name is compared as decoded`(encoded: String, expected: Bool) {
        let bytes = octets(encoded)
        #expect(
            QueryParameters.matches(0..<bytes.count, of: bytes.span, "atomic") == expected)
    }
}
