// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP

/// The bytes of a head and what becomes of them.
struct HeadCase: Sendable, CustomTestStringConvertible {
    let input: String
    /// A summary of the head, the code of the error, or `more`.
    let expected: String
    var limits = Limits()

    init(_ input: String, _ expected: String, limits: Limits = Limits()) {
        self.input = input
        self.expected = expected
        self.limits = limits
    }

    /// A GET with these header lines, each without its line end, and with a Host if there is none.
    static func get(_ fields: String..., expecting expected: String) -> HeadCase {
        let hasHost = fields.contains { $0.lowercased().hasPrefix("host") }
        let lines = (hasHost ? fields : ["Host: a"] + fields).map { $0 + "\r\n" }
        return HeadCase("GET / HTTP/1.1\r\n" + lines.joined() + "\r\n", expected)
    }

    /// An OPTIONS with these header lines, and what there is to be said of it.
    static func preflight(_ fields: String..., expecting expected: String) -> HeadCase {
        let lines = (["Host: a"] + fields).map { $0 + "\r\n" }
        let summary = ["OPTIONS / 1.1 keep", expected].filter { !$0.isEmpty }
        return HeadCase(
            "OPTIONS / HTTP/1.1\r\n" + lines.joined() + "\r\n", summary.joined(separator: " "))
    }

    /// A request for `target`.
    static func target(_ target: String, _ method: String, _ expected: String) -> HeadCase {
        HeadCase("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n", expected)
    }

    static func target(_ target: String, _ expected: String) -> HeadCase {
        .target(target, "GET", expected)
    }

    var testDescription: String {
        String(input.prefix(120)).debugDescription + " is \(expected)"
    }

    static let all =
        requestLines + targets + lineEnds + fields + hosts + persistence + contentLengths
        + transferEncodings + expectations + content + identifiers + limitCases
}

extension FieldTable {
    /// What the fields are called in summaries.
    static let names = ["id", "auth", "key", "origin", "for"]

    /// Fields as a service reads them.
    static let tests = FieldTable([
        Field("x-request-id", whenRepeated: .ignored, isIdentifier: true),
        Field("authorization"), Field("x-api-key"), Field("origin", whenRepeated: .ignored),
        Field("access-control-request-method", whenRepeated: .ignored),
    ])
}

/// What a parser made of its input, as text.
func outcome(_ parser: inout RequestParser, _ bytes: Span<UInt8>) -> String {
    do throws(RequestError) {
        guard let head = try parser.parse(bytes, .tests) else { return "more" }
        return summary(head, bytes)
    } catch {
        return "\(error.code)"
    }
}

/// `METHOD path ?query 1.n persistence framing`, and behind it what differs from the common case.
func summary(_ head: RequestHead, _ bytes: Span<UInt8>) -> String {
    func piece(_ range: Range<Int>) -> String { text(range.map { bytes[$0] }) }
    var words = ["\(head.method)".uppercased(), piece(head.path)]
    if !head.query.isEmpty { words.append("?" + piece(head.query)) }
    words.append("1.\(head.minorVersion)")
    words.append(head.keepAlive ? "keep" : "close")
    switch head.framing {
    case .none: break
    case .length(let count): words.append("\(count)")
    case .chunked: words.append("chunked")
    }
    if head.expectsContinue { words.append("expects") }
    if head.contentEncoding != .identity { words.append("\(head.contentEncoding)") }
    if head.mediaType != .missing { words.append("\(head.mediaType)") }
    if piece(head.host) != "a" { words.append("host=" + piece(head.host)) }
    for (index, name) in FieldTable.names.enumerated() where !head.field(index).isEmpty {
        words.append("\(name)=" + piece(head.field(index)))
    }
    let rest = bytes.count - head.byteCount
    if rest > 0 { words.append("rest=\(rest)") }
    return words.joined(separator: " ")
}
