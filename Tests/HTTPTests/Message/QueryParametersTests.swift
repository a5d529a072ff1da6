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
        var buffer = ByteBuffer()
        buffer.append("before ")
        do throws(RequestError) {
            try QueryParameters.decode(range, of: bytes, into: &buffer)
        } catch {
            #expect(error == .invalidEscape)
            #expect(buffer.count == 7, "what was decoded in part is taken back")
            return "\(error.code)"
        }
        return text((7..<buffer.count).map { buffer.span[$0] })
    }

    @Test(arguments: [
        ("", []), ("&&", []), ("a=b", ["a is b"]), ("a", ["a is "]), ("a=", ["a is "]),
        ("=b", [" is b"]), ("=", [" is "]), ("a=b=c", ["a is b=c"]),
        ("a=b&c=d", ["a is b", "c is d"]), ("&a=b&&c&", ["a is b", "c is "]),
        ("a+b=c+d", ["a b is c d"]), ("%61=%2b%26%3D", ["a is +&="]),
        ("a=%e9%C3%00", ["a is \u{e9}\u{c3}\0"]), ("a=\u{e9}", ["a is \u{e9}"]),
        ("a=%", ["a is invalid_percent_encoding"]), ("a=b%4", ["a is invalid_percent_encoding"]),
        ("a=%4&b=1", ["a is invalid_percent_encoding", "b is 1"]),
        ("%zz=1", ["invalid_percent_encoding is 1"]), ("a=%%20", ["a is invalid_percent_encoding"]),
        ("a=%+1", ["a is invalid_percent_encoding"]),
    ])
    func `a query is taken apart and decoded`(query: String, expected: [String]) {
        #expect(parameters(query) == expected)
    }

    @Test(arguments: [
        ("atomic", true), ("%61tomi%63", true), ("atomi", false), ("atomicc", false),
        ("Atomic", false), ("", false), ("atomi%6", false), ("atomic%", false),
    ])
    func `a name is compared as decoded`(encoded: String, expected: Bool) {
        let bytes = octets(encoded)
        #expect(
            QueryParameters.matches(0..<bytes.count, of: bytes.span, "atomic") == expected)
    }
}
