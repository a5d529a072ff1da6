// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import HTTP

@Suite struct ProxiesTests {
    private static func proxies(_ field: ForwardingField) -> Proxies {
        var proxies = Proxies()
        proxies.networks = ["10.0.0.0/8", "fd00::/8"].compactMap { Network($0) }
        proxies.field = field
        return proxies
    }

    /// The client by the fields of a head; `-` where they name none.
    private static func client(_ field: ForwardingField, _ lines: [String]) throws -> String {
        let head = ["GET / HTTP/1.1", "Host: a"] + lines
        let bytes = octets(head.joined(separator: "\r\n") + "\r\n\r\nX-Forwarded-For: 9.9.9.9")
        return try GuardedMemory(byteCount: bytes.count).withCopy(of: bytes[...]) { span in
            var parser = RequestParser()
            let head = try #require(try parser.parse(span, .tests))
            return proxies(field).client(of: head, span)?.description ?? "-"
        }
    }

    @Test(arguments: [
        ([], "-"),
        (["X-Forwarded-For: 192.0.2.1"], "192.0.2.1"),
        (["x-FORWARDED-for:192.0.2.1"], "192.0.2.1"),
        (["X-Forwarded-For: \t 192.0.2.1 \t"], "192.0.2.1"),
        (["X-Forwarded-For: 2001:db8::1"], "2001:db8::1"),
        (["X-Forwarded-For: [2001:db8::1]"], "2001:db8::1"),
        (["X-Forwarded-For: [2001:db8::1]:443"], "2001:db8::1"),
        (["X-Forwarded-For: 192.0.2.1:65535"], "192.0.2.1"),
        (["X-Forwarded-For: ::ffff:192.0.2.1"], "192.0.2.1"),
        (["X-Forwarded-For: ::ffff:10.0.0.1, ::ffff:10.0.0.2"], "10.0.0.1"),
        // Who stands left of the first that is no proxy may have been made up.
        (["X-Forwarded-For: 203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        (["X-Forwarded-For: 203.0.113.9, 192.0.2.1, 10.0.0.1, fd00::1"], "192.0.2.1"),
        (["X-Forwarded-For: 10.0.0.9, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        (["X-Forwarded-For: 10.0.0.9, 10.0.0.1"], "10.0.0.9"),
        // Several lines are one list.
        (["X-Forwarded-For: 192.0.2.1", "X: y", "X-Forwarded-For: 192.0.2.2"], "192.0.2.2"),
        (["X-Forwarded-For: 192.0.2.1", "X: y", "X-Forwarded-For: 10.0.0.1"], "192.0.2.1"),
        (["X-Forwarded-For: 192.0.2.1", "X-Forwarded-For:"], "192.0.2.1"),
        (["X-Forwarded-For: ,, 192.0.2.1 ,, 10.0.0.1 ,"], "192.0.2.1"),
        // What is malformed ends the way at the last good one.
        (["X-Forwarded-For: 192.0.2.1, nonsense, 10.0.0.1"], "10.0.0.1"),
        (["X-Forwarded-For: 192.0.2.1, nonsense"], "-"),
        (["X-Forwarded-For: 192.0.2.1, unknown, 10.0.0.1"], "10.0.0.1"),
        (["X-Forwarded-For: 192.0.2.256"], "-"), (["X-Forwarded-For: 192.0.2.1 10.0.0.1"], "-"),
        (["X-Forwarded-For: 192.0.2.1:"], "-"), (["X-Forwarded-For: 192.0.2.1:65536"], "-"),
        (["X-Forwarded-For: 192.0.2.1:8x"], "-"), (["X-Forwarded-For: [192.0.2.1]"], "-"),
        (["X-Forwarded-For: [2001:db8::1"], "-"), (["X-Forwarded-For: [2001:db8::1]443"], "-"),
        (["X-Forwarded-For: []"], "-"), (["X-Forwarded-For: \"192.0.2.1\""], "-"),
        (["X-Forwarded-For: fe80::1%eth0"], "-"), (["X-Forwarded-For: \u{e9}"], "-"),
        // Other fields, and what stands in the body, say nothing.
        (["Forwarded: for=192.0.2.1"], "-"), (["X-Forwarded-For-: 192.0.2.1"], "-"),
        (["X-X-Forwarded-For: 192.0.2.1"], "-"), (["X: a, X-Forwarded-For: 192.0.2.1"], "-"),
    ])
    func `X-Forwarded-For is read from the right`(lines: [String], expected: String) throws {
        #expect(try Self.client(.forwardedFor, lines) == expected)
    }

    @Test(arguments: [
        ("for=192.0.2.1", "192.0.2.1"), ("FOR=192.0.2.1;proto=https", "192.0.2.1"),
        ("proto=https;by=10.0.0.1;for=192.0.2.1", "192.0.2.1"),
        ("for=\"192.0.2.1:80\"", "192.0.2.1"), ("for=\"[2001:db8::1]\"", "2001:db8::1"),
        ("for=\"[2001:db8::1]:80\";by=_x", "2001:db8::1"),
        ("for=\"192.0.2.1:_port\"", "192.0.2.1"), ("for=\"[::ffff:192.0.2.1]\"", "192.0.2.1"),
        ("for=203.0.113.9, for=192.0.2.1, for=10.0.0.1", "192.0.2.1"),
        ("for=203.0.113.9,for=192.0.2.1;x=\"a,b;c\" ,for=10.0.0.1", "192.0.2.1"),
        ("for=192.0.2.1 ; proto=http", "192.0.2.1"), (";for=192.0.2.1;", "192.0.2.1"),
        ("for=192.0.2.1;x=\"\\\"\", for=10.0.0.1", "192.0.2.1"),
        ("for=192.0.2.1;x=\"\\\\\", for=10.0.0.1", "192.0.2.1"),
        // A quotation mark left open by a client hides nothing that a proxy has written.
        ("for=\"203.0.113.9, for=192.0.2.1", "192.0.2.1"),
        ("for=\"203.0.113.9, for=192.0.2.1, for=\"[fd00::1]\"", "192.0.2.1"),
        ("for=203.0.113.9;x=\"\\, for=192.0.2.1", "192.0.2.1"),
        // Nobody who could be named (RFC 7239, 6.2 and 6.3).
        ("for=unknown", "-"), ("for=_hidden", "-"),
        ("for=192.0.2.1, for=_hidden, for=10.0.0.1", "10.0.0.1"),
        ("for=192.0.2.1, for=unknown, for=10.0.0.1", "10.0.0.1"),
        ("for=192.0.2.1, proto=https, for=10.0.0.1", "10.0.0.1"),
        // Malformed.
        ("192.0.2.1", "-"), ("for", "-"), ("for=", "-"), ("for =192.0.2.1", "-"),
        ("for= 192.0.2.1", "-"), ("for=192.0.2.1:80", "-"), ("for=[2001:db8::1]", "-"),
        ("for=\"2001:db8::1\"", "-"), ("for=\"192.0.2.1", "-"), ("for=192.0.2.1 proto=http", "-"),
        ("for=192.0.2.1;for=192.0.2.1", "-"), ("for=192.0.2.1;proto", "-"), ("for=\"\"", "-"),
        ("for=\"\\1\\9\\2.0.2.1\"", "-"), ("for=\"192.0.2.1\"x", "-"), ("=192.0.2.1", "-"),
    ])
    func `Forwarded is read from the right`(value: String, expected: String) throws {
        #expect(try Self.client(.forwarded, ["Forwarded: \(value)"]) == expected)
    }

    @Test func `several lines of Forwarded are one list`() throws {
        let lines = ["Forwarded: for=192.0.2.1", "X: y", "forwarded: for=10.0.0.1, for=10.0.0.2"]
        #expect(try Self.client(.forwarded, lines) == "192.0.2.1")
    }

    @Test func `a list without end is not read to its end`() throws {
        func list(_ count: Int) -> [String] {
            let proxies = Array(repeating: "10.0.0.1", count: count)
            return ["X-Forwarded-For: " + (["192.0.2.1"] + proxies).joined(separator: ", ")]
        }
        #expect(try Self.client(.forwardedFor, list(31)) == "192.0.2.1")
        #expect(try Self.client(.forwardedFor, list(32)) == "10.0.0.1")
    }

    @Test func `without a configured field no field is read`() throws {
        #expect(try Self.client(.none, ["X-Forwarded-For: 192.0.2.1"]) == "-")
    }

    @Test func `trusted proxies are a network, or all peers of a Unix socket`() {
        var proxies = Self.proxies(.none)
        #expect(!proxies.trusts(nil))
        proxies.includesUnixSockets = true
        #expect(proxies.trusts(nil))
        #expect(proxies.trusts(HostAddress(text: "10.1.2.3")))
        #expect(!proxies.trusts(HostAddress(text: "11.1.2.3")))
    }
}
