// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP

@Suite struct RequestParserTests {
    private static let memory = 1 << 16

    @Test(arguments: HeadCase.all)
    func `a head is read or rejected in one piece`(head: HeadCase) {
        let bytes = octets(head.input)
        var parser = RequestParser(limits: head.limits)
        let found = GuardedMemory(byteCount: bytes.count).withCopy(of: bytes[...]) { span in
            outcome(&parser, span)
        }
        #expect(found == head.expected)
    }

    @Test(arguments: HeadCase.all)
    func `the place where a head is cut in two makes no difference`(head: HeadCase) {
        let bytes = octets(head.input)
        let memory = GuardedMemory(byteCount: bytes.count)
        for cut in 0...bytes.count {
            var parser = RequestParser(limits: head.limits)
            let first = memory.withCopy(of: bytes[..<cut]) { outcome(&parser, $0) }
            let found =
                first == "more" ? memory.withCopy(of: bytes[...]) { outcome(&parser, $0) } : first
            guard matches(found, head.expected) else {
                Issue.record("cut at \(cut): \(found)")
                return
            }
        }
    }

    @Test(arguments: HeadCase.all)
    func `a head that arrives one byte at a time makes no difference`(head: HeadCase) {
        let bytes = octets(head.input)
        let memory = GuardedMemory(byteCount: bytes.count)
        var parser = RequestParser(limits: head.limits)
        var found = "more"
        var count = 0
        while found == "more", count <= bytes.count {
            found = memory.withCopy(of: bytes[..<count]) { outcome(&parser, $0) }
            count += 1
        }
        #expect(matches(found, head.expected))
    }

    /// A head that is found before all bytes have arrived has fewer bytes behind it.
    private func matches(_ found: String, _ expected: String) -> Bool {
        func head(_ outcome: String) -> Substring {
            outcome.split(separator: " rest=", maxSplits: 1).first ?? ""
        }
        return head(found) == head(expected)
    }

    @Test func `a head as large as the limits is read, and searched once`() {
        let bytes = octets(
            "GET /" + String(repeating: "a", count: 16_000) + " HTTP/1.1\r\nHost: a\r\nX: "
                + String(repeating: "b", count: 32_000) + "\r\n\r\n")
        var parser = RequestParser()
        var cut = 0
        while cut < bytes.count - 1 {
            let found = outcome(&parser, bytes.span.extracting(0..<cut))
            #expect(found == "more")
            #expect(parser.lines.scanned >= cut - 1)
            cut += 997
        }
        #expect(outcome(&parser, bytes.span).hasPrefix("GET /aaa"))
    }

    @Test(arguments: [
        ("GET /", 16 << 10, "request_line_too_long"),
        ("GET / HTTP/1.1\r\nX: ", 32 << 10, "headers_too_large"),
    ])
    func `a line without end is rejected at the limit`(start: String, limit: Int, error: String) {
        let bytes = octets(start + String(repeating: "a", count: limit))
        var parser = RequestParser()
        #expect(outcome(&parser, bytes.span) == error)
    }

    @Test func `pipelined heads are read one after the other`() {
        var bytes = octets(
            "GET /1 HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n\r\n"
                + "\r\nGET /2 HTTP/1.0\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n")
        var parser = RequestParser()
        var found: [String] = []
        while let head = try? parser.parse(bytes.span, .tests) {
            found.append(summary(head, bytes.span.extracting(0..<head.byteCount)))
            bytes.removeFirst(head.byteCount)
        }
        #expect(found == ["GET /1 1.1 keep text", "GET /2 1.0 close host=", "GET /3 1.1 keep"])
        #expect(bytes.isEmpty)
    }

    @Test func `a parser that is reset forgets the head that was begun`() {
        var parser = RequestParser()
        #expect(outcome(&parser, octets("GET / HTTP/1.1\r\nHost: a\r\nX-Re").span) == "more")
        parser.reset()
        let next = octets("PUT /b HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(outcome(&parser, next.span) == "PUT /b 1.1 keep")
    }

    @Test func `a rejected head keeps the fields that its answer needs`() {
        let bytes = octets("HEAD /b HTTP/1.1\r\nHost: a\r\nX-Request-Id: i\r\nExpect: b\r\n\r\n")
        var parser = RequestParser()
        #expect(outcome(&parser, bytes.span) == "unsupported_expectation")
        #expect(summary(parser.unfinishedHead, bytes.span).hasPrefix("HEAD /b 1.1 keep id=i "))
    }

    @Test(arguments: [
        ("!#$%&'*+-.^_`|~", ByteSet.token), ("._~+/=:-", .identifier),
        ("-._~!$&'()*+,;=", .registeredName),
        ("!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~", .target),
    ])
    func `a set has the letters, the digits and these`(others: String, set: ByteSet) {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        #expect((UInt8.min...UInt8.max).filter(set.contains) == octets(letters + others).sorted())
    }

    @Test(arguments: [("", ByteSet.hexadecimal), (":.", .ipv6)])
    func `a set has the hexadecimal digits and these`(others: String, set: ByteSet) {
        let digits = "0123456789abcdefABCDEF"
        #expect((UInt8.min...UInt8.max).filter(set.contains) == octets(digits + others).sorted())
    }

    @Test func `octets are compared with a literal ignoring the case of letters alone`() {
        let literal: StaticString = "transfer-encoding:/+x0"
        let octetsOfLiteral = octets("\(literal)")
        for index in octetsOfLiteral.indices {
            for octet in UInt8.min...UInt8.max where octet >= 0x20 && octet != 0x7f {
                var bytes = octetsOfLiteral
                bytes[index] = octet
                let expected = text(bytes).lowercased() == "\(literal)"
                let found = bytes.span.equalsIgnoringCase(0..<bytes.count, literal)
                if found != expected { Issue.record("\(octet) at \(index)") }
            }
        }
    }
}
