// SPDX-License-Identifier: Apache-2.0

import Linux

/// The header in which a proxy describes the connection that it passes on, by the PROXY protocol:
/// the first bytes of its own connection (HAProxy's proxy-protocol.txt, 2).
package struct ProxyHeader: Equatable, Sendable {
    /// The client; nil if the proxy speaks for itself (LOCAL), does not know the client (UNKNOWN),
    /// or names a client without an IP address: then the client is the socket's other end.
    package var source: HostAddress?
    /// Where the client's own bytes begin.
    package var byteCount: Int

    /// The longest header of version 1, CRLF included (2.1).
    package static let lineByteLimit = 107
    /// The longest header of version 2: its addresses need 232 bytes, the rest is for TLVs.
    package static let binaryByteLimit = 4096

    /// The header at the front of `bytes`, or nil when it continues after them: then all of them
    /// belong to it.
    ///
    /// The bytes after it are not read. The result does not depend on where the pieces were cut, as
    /// long as each call gets all bytes from the first.
    package static func parse(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader? {
        guard !bytes.isEmpty else { return nil }
        return bytes[0] == Self.signature[0] ? try binary(bytes) : try line(bytes)
    }
}

/// Why the first bytes of a connection are not a header of the PROXY protocol.
package enum ProxyHeaderError: Error, Equatable, Sendable, CaseIterable {
    /// Neither `PROXY ` nor the signature of version 2.
    case missing
    /// A line of version 1 that does not end within `ProxyHeader.lineByteLimit`.
    case lineTooLong
    /// LF alone, or CR alone.
    case badLineEnd
    /// Other words, or another number of them.
    case badLine
    case badAddress
    case badPort
    /// A version other than 2 after the signature.
    case badVersion
    /// Neither LOCAL nor PROXY.
    case badCommand
    /// A family or a transport that is not defined.
    case badFamily
    /// Shorter than its addresses.
    case tooShort
    /// Longer than `ProxyHeader.binaryByteLimit`.
    case tooLong
    /// The connection ended within the header.
    case truncated
    /// The header did not arrive in time.
    case late
}

// MARK: Version 1

extension ProxyHeader {
    /// `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443` and CRLF (2.1).
    private static func line(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader? {
        let prefix: StaticString = "PROXY "
        let known = min(bytes.count, prefix.utf8CodeUnitCount)
        for index in 0..<known where bytes[index] != prefix.utf8Start[index] { throw .missing }
        guard let end = try lineEnd(bytes) else { return nil }
        var words = Words(prefix.utf8CodeUnitCount..<end)
        var header = ProxyHeader(source: nil, byteCount: end + 2)
        guard let family = words.next(in: bytes) else { throw .badLine }
        // The words after UNKNOWN are to be ignored.
        if bytes.equals(family, "UNKNOWN") { return header }
        let isSix = bytes.equals(family, "TCP6")
        guard isSix || bytes.equals(family, "TCP4") else { throw .badLine }
        guard let source = words.next(in: bytes), let target = words.next(in: bytes),
            let sourcePort = words.next(in: bytes), let targetPort = words.next(in: bytes),
            words.isAtEnd
        else { throw .badLine }
        header.source = try address(bytes, source, isSix: isSix)
        _ = try address(bytes, target, isSix: isSix)
        guard isPort(bytes, sourcePort), isPort(bytes, targetPort) else { throw .badPort }
        return header
    }

    /// The index of the CR that ends the line; nil when it has not arrived yet.
    private static func lineEnd(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> Int? {
        var index = 0
        // The CR is at least two before the limit.
        while index < min(bytes.count, lineByteLimit - 1) {
            if bytes[index] == UInt8(ascii: "\n") { throw .badLineEnd }
            if bytes[index] == UInt8(ascii: "\r") {
                guard index + 1 < bytes.count else { return nil }
                guard bytes[index + 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
                return index
            }
            index += 1
        }
        if bytes.count >= lineByteLimit - 1 { throw .lineTooLong }
        return nil
    }

    /// There is one space between two words, and none elsewhere.
    private struct Words {
        private var rest: Range<Int>
        private(set) var isAtEnd = false

        init(_ line: Range<Int>) { rest = line }

        mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
            if isAtEnd { return nil }
            let end = bytes.first(of: UInt8(ascii: " "), in: rest)
            let word = rest.lowerBound..<(end ?? rest.upperBound)
            isAtEnd = end == nil
            rest = min(word.upperBound + 1, rest.upperBound)..<rest.upperBound
            return word.isEmpty ? nil : word
        }
    }

    private static func address(
        _ bytes: Span<UInt8>, _ word: Range<Int>, isSix: Bool
    ) throws(ProxyHeaderError) -> HostAddress {
        let hasColon = bytes.first(of: UInt8(ascii: ":"), in: word) != nil
        guard hasColon == isSix, let host = HostAddress(digits: bytes.extracting(word)) else {
            throw .badAddress
        }
        return host
    }

    /// Digits without leading zeros (2.1).
    private static func isPort(_ bytes: Span<UInt8>, _ word: Range<Int>) -> Bool {
        (word.count <= 1 || bytes[word.lowerBound] != UInt8(ascii: "0"))
            && bytes.isPortNumber(word)
    }
}

// MARK: Version 2

extension ProxyHeader {
    /// A signature, four bytes, and as many more as the last two of them say (2.2).
    private static func binary(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader? {
        for index in 0..<min(bytes.count, signature.count) where bytes[index] != signature[index] {
            throw .missing
        }
        guard bytes.count > signature.count else { return nil }
        let command = bytes[signature.count]
        guard command >> 4 == 2 else { throw .badVersion }
        guard command & 0xf <= 1 else { throw .badCommand }
        let isLocal = command & 0xf == 0
        guard bytes.count > signature.count + 1 else { return nil }
        let family = bytes[signature.count + 1]
        // LOCAL is accepted whatever the rest says.
        guard isLocal || family >> 4 <= 3 && family & 0xf <= 2 else { throw .badFamily }
        guard bytes.count >= fixedByteCount else { return nil }
        let length = Int(bytes[signature.count + 2]) << 8 | Int(bytes[signature.count + 3])
        let byteCount = fixedByteCount + length
        if byteCount > binaryByteLimit { throw .tooLong }
        let addressByteCount = isLocal ? 0 : addressByteCount(of: family)
        if length < addressByteCount { throw .tooShort }
        guard bytes.count >= byteCount else { return nil }
        var header = ProxyHeader(source: nil, byteCount: byteCount)
        if !isLocal, let octetCount = octetCount(of: family) {
            // The source is first; the ports and TLVs after the addresses are not needed.
            header.source = HostAddress(
                octets: bytes.extracting(fixedByteCount..<fixedByteCount + octetCount))
        }
        return header
    }

    /// The length of a family's addresses with their ports: IPv4, IPv6, and Unix sockets.
    private static func addressByteCount(of family: UInt8) -> Int {
        switch family >> 4 {
        case 1: 12
        case 2: 36
        case 3: 216
        default: 0
        }
    }

    /// The length of one address; nil if it is not of a stream over IP.
    private static func octetCount(of family: UInt8) -> Int? {
        switch family {
        case 0x11: 4
        case 0x21: 16
        default: nil
        }
    }

    private static var fixedByteCount: Int { 16 }

    private static var signature: InlineArray<12, UInt8> {
        [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    }
}
