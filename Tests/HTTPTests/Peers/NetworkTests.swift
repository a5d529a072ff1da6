// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import HTTP

@Suite struct NetworkTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.6", false), ("192.0.2.7/32", "192.0.2.7", true),
        ("192.0.2.6/31", "192.0.2.7", true), ("192.0.2.6/31", "192.0.2.8", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
        ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
        ("fd00::/65", "fd00::7fff:ffff:ffff:ffff", true), ("fd00::/65", "fd00::8000:0:0:0", false),
        ("fd00::/64", "fd00:0:0:0:1::", true), ("fd00::/63", "fd00:0:0:1::", true),
        ("::1", "::1", true), ("::1/128", "::2", false),
        ("::ffff:10.0.0.0/104", "10.9.9.9", true),
    ])
    func `an address is in a network or is not`(text: String, host: String, isIn: Bool) throws {
        let network = try #require(Network(text))
        #expect(network.contains(try #require(HostAddress(text: host))) == isIn)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
        "10.0.0.1/8", "10.0.0.0/0008", "10.0.0.0/8 ", "10.0.0/8", "::1/129", "::1/64", "[::1]",
        "localhost", "*", "10.0.0.0/255.0.0.0", "10.0.0.0/٨",
    ])
    func `any other text is rejected`(text: String) { #expect(Network(text) == nil) }

    @Test(arguments: ["10.0.0.0/8", "192.0.2.7", "::/0", "0.0.0.0/0", "2001:db8::/32", "::1"])
    func `a network is written as it is read`(text: String) {
        #expect(Network(text)?.description == text)
    }
}

extension HostAddress {
    init?(text: String) {
        let digits = Array(text.utf8)
        self.init(digits: digits.span)
    }
}
