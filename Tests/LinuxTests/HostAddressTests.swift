// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

@Suite struct HostAddressTests {
    /// What is read, and how it is written.
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("2001:db8::1", "2001:db8::1"), ("2001:DB8:0:0::1", "2001:db8::1"), ("::", "::"),
        ("::1", "::1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"),
        ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ("2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:1111:2222:3333:4444:5555:6666"),
    ])
    func `an address is read and written in digits`(text: String, written: String) throws {
        let host = try #require(HostAddress(text: text))
        #expect(host.description == written)
        #expect(host == HostAddress(try #require(SocketAddress(host: text, port: 80))))
    }

    @Test(arguments: [
        "", "1", ":", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4",
        "1.2.3.4\0", "1.2.3.4/8", "0x1.2.3.4", "1.2.3.-4", "::1%lo", "[::1]", "1:2", ":::", "::g",
        "1::2::3", "::ffff:1.2.3.256", "2001:db8:1111:2222:3333:4444:5555:6666:7777", "localhost",
        "0000:0000:0000:0000:0000:ffff:192.168.100.2281",
    ])
    func `any other text is rejected`(text: String) {
        #expect(HostAddress(text: text) == nil)
    }

    @Test func `octets are read in network byte order`() {
        let four: [UInt8] = [192, 0, 2, 1]
        let six: [UInt8] = [0x20, 1] + Array(repeating: 9, count: 14)
        let hosts = [HostAddress(octets: four.span), HostAddress(octets: six.span)]
        let none = HostAddress(octets: six.span.extracting(..<15))
        #expect(hosts[0]?.description == "192.0.2.1")
        #expect(hosts[1]?.description == "2001:909:909:909:909:909:909:909")
        #expect(none == nil)
    }

    @Test func `a Unix socket has no host`() throws {
        #expect(HostAddress(try #require(SocketAddress(path: "/tmp/s"))) == nil)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::1", "::"),
    ])
    func `a subscriber is an address, or a network of IPv6`(text: String, expected: String) {
        #expect(HostAddress(text: text)?.subscriber.description == expected)
    }
}

extension HostAddress {
    fileprivate init?(text: String) {
        let digits = Array(text.utf8)
        self.init(digits: digits.span)
    }
}
