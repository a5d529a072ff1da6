// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import HTTP

/// Headers of the PROXY protocol, and what comes of them.
struct ProxyHeaderCase: Sendable, CustomStringConvertible {
    var bytes: [UInt8]
    /// `more`, an error, or the source (`-` for none) and the number of bytes.
    var expected: String

    var description: String { "\(text(bytes).prefix(60).debugDescription): \(expected)" }

    init(_ text: String, _ expected: String) {
        bytes = octets(text)
        self.expected = expected
    }

    init(_ rest: [UInt8], _ expected: String) {
        bytes = Self.signature + rest
        self.expected = expected
    }

    static let signature = octets("\r\n\r\n\0\r\nQUIT\n")
    static let four: [UInt8] = [192, 0, 2, 1, 10, 0, 0, 1, 220, 4, 1, 187]
    static let six: [UInt8] =
        [0x20, 1, 0xd, 0xb8] + zeros(11) + [1] + [0xfd] + zeros(14) + [1, 220, 4, 1, 187]

    static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    private static func line(_ count: Int) -> String {
        "PROXY UNKNOWN " + String(repeating: "x", count: count - 16) + "\r\n"
    }

    static let lines = [
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 56324 443\r\n", "192.0.2.1 41"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 0 65535\r\nGET / HTTP/1.1\r\n", "192.0.2.1 39"),
        Self("PROXY TCP6 2001:db8::1 fd00::1 1 2\r\n\r\n", "2001:db8::1 36"),
        Self("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1 37"),
        Self(
            "PROXY TCP6 \(String(repeating: "ffff:", count: 7))ffff"
                + " \(String(repeating: "ffff:", count: 7))ffff 65535 65535\r\n",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 104"),
        Self("PROXY UNKNOWN\r\n", "- 15"), Self("PROXY UNKNOWN \r\n", "- 16"),
        Self("PROXY UNKNOWN 1.2.3.4 what ever\r\nx", "- 33"),
        Self(line(107), "- 107"), Self(line(108), "lineTooLong"),
        // Not whole.
        Self("", "more"), Self("P", "more"), Self("PROXY TCP4 192.0.2.1 10.", "more"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r", "more"),
        // None.
        Self("GET / HTTP/1.1\r\n", "missing"), Self("PROXX", "missing"), Self("proxy", "missing"),
        Self("\u{16}\u{3}\u{1}", "missing"), Self(" PROXY", "missing"), Self("POST /", "missing"),
        Self("PROXY\tTCP4", "missing"),
        // Malformed.
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\n", "badLineEnd"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\rx", "badLineEnd"),
        Self("PROXY \r\n", "badLine"), Self("PROXY  TCP4 192.0.2.1 10.0.0.1 1 2\r\n", "badLine"),
        Self("PROXY TCP4\r\n", "badLine"), Self("PROXY TCP4 192.0.2.1 10.0.0.1 1\r\n", "badLine"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 1 2 \r\n", "badLine"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 1 2 3\r\n", "badLine"),
        Self("PROXY TCP4  192.0.2.1 10.0.0.1 1 2\r\n", "badLine"),
        Self("PROXY TCP5 192.0.2.1 10.0.0.1 1 2\r\n", "badLine"),
        Self("PROXY tcp4 192.0.2.1 10.0.0.1 1 2\r\n", "badLine"),
        Self("PROXY UNKNOWNS\r\n", "badLine"), Self("PROXY TCP4X a b 1 2\r\n", "badLine"),
        Self("PROXY TCP4 2001:db8::1 fd00::1 1 2\r\n", "badAddress"),
        Self("PROXY TCP6 192.0.2.1 10.0.0.1 1 2\r\n", "badAddress"),
        Self("PROXY TCP4 192.0.2.01 10.0.0.1 1 2\r\n", "badAddress"),
        Self("PROXY TCP4 192.0.2.1 10.0.0 1 2\r\n", "badAddress"),
        Self("PROXY TCP6 [2001:db8::1] fd00::1 1 2\r\n", "badAddress"),
        Self("PROXY TCP4 192.0.2.1\0 10.0.0.1 1 2\r\n", "badAddress"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 65536 2\r\n", "badPort"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 1 02\r\n", "badPort"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 +1 2\r\n", "badPort"),
        Self("PROXY TCP4 192.0.2.1 10.0.0.1 1 x\r\n", "badPort"),
    ]

    static let binaries = [
        Self([0x21, 0x11, 0, 12] + four, "192.0.2.1 28"),
        Self([0x21, 0x21, 0, 36] + six + octets("GET /"), "2001:db8::1 52"),
        // TLVs are passed over.
        Self([0x21, 0x11, 0, 19] + four + [4, 0, 4, 1, 2, 3, 4], "192.0.2.1 35"),
        Self([0x21, 0x11, 0x0f, 0xf0] + four + zeros(4068), "192.0.2.1 4096"),
        // The proxy itself, whatever stands there.
        Self([0x20, 0, 0, 0], "- 16"), Self([0x20, 0x11, 0, 0], "- 16"),
        Self([0x20, 0xff, 0, 3, 1, 2, 3], "- 19"), Self([0x20, 0x11, 0, 12] + four, "- 28"),
        // Nobody with an IP address, or no stream.
        Self([0x21, 0, 0, 0], "- 16"), Self([0x21, 0x12, 0, 12] + four, "- 28"),
        Self([0x21, 0x31, 0, 216] + zeros(216), "- 232"), Self([0x21, 0x10, 0, 12] + four, "- 28"),
        // Not whole.
        Self([], "more"), Self([0x21], "more"), Self([0x21, 0x11], "more"),
        Self([0x21, 0x11, 0], "more"), Self([0x21, 0x11, 0, 12], "more"),
        Self([0x21, 0x11, 0, 12] + four.dropLast(), "more"), Self("\r\n\r\n\0\r\nQUI", "more"),
        // Malformed.
        Self("\r\n\r\n\0\r\nQUIT\r", "missing"), Self("\r\nGET", "missing"),
        Self([0x11, 0x11, 0, 12] + four, "badVersion"), Self([0x31], "badVersion"),
        Self([0x22, 0x11, 0, 12] + four, "badCommand"), Self([0x2f], "badCommand"),
        Self([0x21, 0x41, 0, 12] + four, "badFamily"), Self([0x21, 0x13], "badFamily"),
        Self([0x21, 0x11, 0, 11] + four, "tooShort"), Self([0x21, 0x11, 0, 0], "tooShort"),
        Self([0x21, 0x21, 0, 35] + six, "tooShort"), Self([0x21, 0x31, 0, 215], "tooShort"),
        Self([0x21, 0x11, 0x0f, 0xf1] + four, "tooLong"), Self([0x20, 0, 0xff, 0xff], "tooLong"),
    ]

    static let all = lines + binaries
}

@Suite struct ProxyHeaderTests {
    private static func outcome(_ bytes: Span<UInt8>) -> String {
        do throws(ProxyHeaderError) {
            guard let header = try ProxyHeader.parse(bytes) else { return "more" }
            return "\(header.source?.description ?? "-") \(header.byteCount)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: ProxyHeaderCase.all)
    func `a header is read or rejected`(header: ProxyHeaderCase) {
        let bytes = header.bytes
        let found = GuardedMemory(byteCount: bytes.count).withCopy(of: bytes[...]) {
            Self.outcome($0)
        }
        #expect(found == header.expected)
    }

    @Test(arguments: ProxyHeaderCase.all)
    func `the place of the cut makes no difference`(header: ProxyHeaderCase) {
        let bytes = header.bytes
        let memory = GuardedMemory(byteCount: bytes.count)
        var found: [String] = []
        for cut in 0...bytes.count {
            found.append(memory.withCopy(of: bytes[..<cut]) { Self.outcome($0) })
        }
        // First more is wanted, then the outcome is what it stays.
        let known = found.firstIndex { $0 != "more" } ?? bytes.count
        #expect(found[known...].allSatisfy { $0 == header.expected })
        // Until it is there, every byte belongs to the header.
        if let count = header.expected.split(separator: " ").last.flatMap({ Int($0) }) {
            #expect(known == count)
        }
    }

    @Test func `every error but those of time and end is reached by the tables`() {
        let found = Set(ProxyHeaderCase.all.map(\.expected))
        for error in ProxyHeaderError.allCases where error != .truncated && error != .late {
            #expect(found.contains("\(error)"), "\(error)")
        }
    }
}
