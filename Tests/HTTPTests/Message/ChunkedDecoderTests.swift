// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import HTTP

/// A chunked body and what becomes of it.
struct ChunkCase: Sendable, CustomTestStringConvertible {
    let input: String
    /// The data in quotes and the count of bytes behind the message, or the code of the error.
    let expected: String

    init(_ input: String, _ expected: String) {
        self.input = input
        self.expected = expected
    }

    var testDescription: String { String(input.prefix(80)).debugDescription + " is \(expected)" }

    static let limits: Limits = {
        var limits = Limits()
        limits.chunkExtensionByteCount = 40
        limits.trailerCount = 3
        limits.trailerByteCount = 24
        return limits
    }()

    static let all: [ChunkCase] =
        sizes + ends
        + extensions.map { ChunkCase("1\($0)\r\na\r\n0\($0)\r\n\r\n", $1.isEmpty ? "'a'" : $1) }
        + trailers.map { ChunkCase("0\r\n\($0)", $1) }

    private static let sizes: [ChunkCase] = [
        .init("0\r\n\r\n", "''"),
        .init("5\r\nhello\r\n0\r\n\r\n", "'hello'"),
        .init("5\r\nhello\r\n0\r\n\r\nGET", "'hello' rest=3"),
        .init("1\r\na\r\n2\r\nbc\r\n000\r\n\r\n", "'abc'"),
        .init("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "'01234567890123456789'"),
        .init("2\r\n\r\n\r\n0\r\n\r\n", "'\r\n'"),
        .init("0000000000000001\r\na\r\n0\r\n\r\n", "'a'"),
        .init("00000000000000001\r\na\r\n0\r\n\r\n", "invalid_chunk_size"),
        .init("14\r\n01234567890123456789\r\n0\r\n\r\n", "'01234567890123456789'"),
        .init("15\r\n", "body_too_large"),
        .init("13\r\n0123456789012345678\r\n2\r\n", "body_too_large"),
        .init("7fffffffffffffff\r\n", "body_too_large"),
        .init("8000000000000000\r\n", "invalid_chunk_size"),
        .init("ffffffffffffffff\r\n", "invalid_chunk_size"),
        .init("1\r\na\r\n7fffffffffffffff\r\n", "body_too_large"),
        .init("fffffffffffffffff\r\n", "invalid_chunk_size"),
        .init("", "more"),
        .init("\r\n", "invalid_chunk_size"),
        .init(";a\r\n", "invalid_chunk_size"),
        .init("-1\r\n", "invalid_chunk_size"),
        .init("+1\r\n", "invalid_chunk_size"),
        .init("0x1\r\n", "invalid_chunk_size"),
        .init("g\r\n", "invalid_chunk_size"),
        .init(" 1\r\n", "invalid_chunk_size"),
        .init("1 \r\n", "invalid_chunk_extension"),
        .init("1_0\r\n", "invalid_chunk_size"),
        .init("1\0\r\n", "invalid_chunk_size"),
        .init("\u{ff}\r\n", "invalid_chunk_size"),
        .init("1\na\r\n", "bare_line_feed"),
        .init("1\ra", "bare_carriage_return"),
        .init("1\r\r\n", "bare_carriage_return"),
    ]

    private static let ends: [ChunkCase] = [
        .init("1\r\nab\r\n0\r\n\r\n", "missing_chunk_end"),
        .init("1\r\na\n0\r\n\r\n", "missing_chunk_end"),
        .init("1\r\na\r0\r\n\r\n", "missing_chunk_end"),
        .init("1\r\na0\r\n\r\n", "missing_chunk_end"),
        .init("3\r\na\r\n0\r\n\r\n", "missing_chunk_end"),
        .init("1\r\na\r\n\r\n", "invalid_chunk_size"),
        .init("1\r\na\r\n", "more"),
        .init("1\r\na", "more"),
        .init("0\r\n", "more"),
        .init("0\r\n\r", "more"),
    ]

    /// An empty outcome is that of a valid body.
    private static let extensions = [
        (";a", ""), (";a=b", ""), (";a;b=c", ""), (" ;a", ""), (";\t a", ""), (";a =\tb", ""),
        (";a=\"b\"", ""), (";a=\"\"", ""), (";a=\"; \t\\\"\u{e9}\" ;c", ""),
        (";", "invalid_chunk_extension"), (";;a", "invalid_chunk_extension"),
        (";=b", "invalid_chunk_extension"), (";a=", "invalid_chunk_extension"),
        (";a b", "invalid_chunk_extension"), (";a=b c", "invalid_chunk_extension"),
        (";a=b=c", "invalid_chunk_extension"), (";a=\"b", "invalid_chunk_extension"),
        (";a=\"b\"c", "invalid_chunk_extension"), (";a=\"\0\"", "invalid_chunk_extension"),
        (";a=\"\\\0\"", "invalid_chunk_extension"), (";a=b\0", "invalid_chunk_extension"),
        (";a ", "invalid_chunk_extension"), (";a=b ", "invalid_chunk_extension"),
        (";(", "invalid_chunk_extension"), (",a", "invalid_chunk_size"),
        (";\u{e9}", "invalid_chunk_extension"), (";a\nb", "bare_line_feed"),
        (";a\rb", "bare_carriage_return"), (";a=\"\r\n\"", "invalid_chunk_extension"),
        (";a2345678901234567890", "chunk_extensions_too_large"),
        (";a234567890123456789", ""),
    ]

    private static let trailers = [
        ("A: b\r\n\r\n", "''"), ("A:\r\nB:\tc \u{e9}\r\n\r\nX", "'' rest=1"),
        ("Content-Length: 5\r\n\r\n", "''"),
        (": b\r\n\r\n", "invalid_trailer"), ("A b\r\n\r\n", "invalid_trailer"),
        ("A : b\r\n\r\n", "invalid_trailer"), ("A\r\n\r\n", "invalid_trailer"),
        (" A: b\r\n\r\n", "invalid_trailer"), ("A: b\r\n c\r\n\r\n", "invalid_trailer"),
        ("A: \0\r\n\r\n", "invalid_trailer"), ("A: \u{7f}\r\n\r\n", "invalid_trailer"),
        ("A: b\n\r\n", "bare_line_feed"), ("A: b\rc", "bare_carriage_return"),
        ("\n", "invalid_trailer"), ("\rX", "bare_carriage_return"),
        ("\r\r\n", "bare_carriage_return"),
        ("A:\r\nB:\r\nC:\r\n\r\n", "''"), ("A:\r\nB:\r\nC:\r\nD", "trailers_too_large"),
        ("A: 3456789012345678902\r\n\r\n", "''"),
        ("A: 34567890123456789012\r\n", "trailers_too_large"),
        ("A: 3456789012345678901234", "trailers_too_large"),
    ]
}

@Suite struct ChunkedDecoderTests {
    /// Decodes the pieces that `cuts` leave of the input, of which the decoder sees each byte once.
    private func outcome(_ input: String, cuts: [Int], limit: Int = 20) -> String {
        let bytes = octets(input)
        let memory = GuardedMemory(byteCount: bytes.count)
        var decoder = ChunkedDecoder(limits: ChunkCase.limits)
        var body = ByteBuffer()
        var consumed = 0
        do throws(RequestError) {
            for end in cuts + [bytes.count] where !decoder.isFinished {
                let piece = bytes[consumed..<end]
                let result = memory.withCopy(of: piece) { wire in
                    Result { () throws(RequestError) in
                        try decoder.decode(wire, into: &body, limit: limit)
                    }
                }
                let count = try result.get()
                guard count == piece.count || decoder.isFinished else { return "stopped early" }
                consumed += count
            }
        } catch {
            return "\(error.code)"
        }
        guard decoder.isFinished else { return "more" }
        let rest = bytes.count - consumed
        let data = text((0..<body.count).map { body.span[$0] })
        return "'\(data)'" + (rest > 0 ? " rest=\(rest)" : "")
    }

    @Test(arguments: ChunkCase.all)
    func `a chunked body is decoded or rejected, however it is cut`(chunks: ChunkCase) {
        let count = octets(chunks.input).count
        #expect(outcome(chunks.input, cuts: []) == chunks.expected)
        #expect(outcome(chunks.input, cuts: Array(0..<count)) == chunks.expected, "byte by byte")
        for cut in 0...count {
            let found = outcome(chunks.input, cuts: [cut])
            if found != chunks.expected { Issue.record("cut at \(cut): \(found)") }
        }
    }

    @Test func `a body of more than the limit is rejected before its data`() {
        #expect(outcome("3\r\nabc\r\n0\r\n\r\n", cuts: [], limit: 3) == "'abc'")
        #expect(outcome("4\r\n", cuts: [], limit: 3) == "body_too_large")
        #expect(outcome("2\r\nab\r\n2\r\n", cuts: [], limit: 3) == "body_too_large")
    }
}
