// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The address of a host, IPv4 or IPv6, without a port.
///
/// An IPv4 address is kept as the IPv6 address that stands for it, ::ffff:192.0.2.1 (RFC 4291,
/// 2.5.5.2): however a host was written, and through whatever socket it came, it is one value.
package struct HostAddress: Hashable, Sendable {
    /// The first eight bytes as a number, and the last eight.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    private init(six: UnsafeRawPointer) {
        high = UInt64(bigEndian: six.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: six.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    private init(four: UnsafeRawPointer) {
        let number = UInt32(bigEndian: four.loadUnaligned(as: UInt32.self))
        self.init(high: 0, low: Self.mapping | UInt64(number))
    }

    /// The host of a socket's address; nil for a Unix socket.
    package init?(_ address: SocketAddress) {
        let host: HostAddress? = withUnsafeBytes(of: address.storage) { bytes in
            guard let start = bytes.baseAddress else { return nil }
            // SAFETY: sockaddr_in has its four bytes at 4, and sockaddr_in6 its sixteen at 8; both
            // are shorter than the storage.
            return switch address.family {
            case AF_INET: HostAddress(four: start + 4)
            case AF_INET6: HostAddress(six: start + 8)
            default: nil
            }
        }
        guard let host else { return nil }
        self = host
    }

    /// Reads 4 or 16 bytes in network byte order; nil for any other number.
    package init?(octets: Span<UInt8>) {
        let host: HostAddress? = octets.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return nil }
            return switch bytes.count {
            case 4: HostAddress(four: start)
            case 16: HostAddress(six: start)
            default: nil
            }
        }
        guard let host else { return nil }
        self = host
    }

    /// Reads digits as inet_pton(3) does, without brackets, zone and port; nil for anything else.
    ///
    /// Allocates nothing.
    package init?(digits: Span<UInt8>) {
        guard (2...Self.digitLimit).contains(digits.count) else { return nil }
        var text = InlineArray<46, UInt8>(repeating: 0)
        var isSix = false
        for index in 0..<digits.count {
            let byte = digits[index]
            guard Self.isDigit(byte) else { return nil }
            if byte == UInt8(ascii: ":") { isSix = true }
            text[index] = byte
        }
        var six = in6_addr()
        let isRead = withUnsafeBytes(of: &text) { bytes in
            guard let start = bytes.baseAddress else { return false }
            // SAFETY: `text` ends with a NUL, and in6_addr is larger than in_addr.
            let string = start.assumingMemoryBound(to: CChar.self)
            return inet_pton(isSix ? AF_INET6 : AF_INET, string, &six) == 1
        }
        guard isRead else { return nil }
        self = withUnsafeBytes(of: &six) { bytes in
            guard let start = bytes.baseAddress else { return HostAddress(high: 0, low: 0) }
            return isSix ? HostAddress(six: start) : HostAddress(four: start)
        }
    }

    /// Whether `byte` can stand in an address: nothing that ends a text, and no zone.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "."): true
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }

    /// The longest that is written: INET6_ADDRSTRLEN without its NUL.
    private static let digitLimit = 45

    /// The bits above an IPv4 address.
    private static let mapping: UInt64 = 0xffff_0000_0000

    package var isIPv4: Bool { high == 0 && low >> 32 == Self.mapping >> 32 }

    /// The addresses of one subscriber: the network of 64 bits of an IPv6 address, or the address
    /// itself.
    package var subscriber: HostAddress { isIPv4 ? self : HostAddress(high: high, low: 0) }

    /// Writes digits, as `192.0.2.1` or `2001:db8::1`, into `buffer`, which has room for at least 46
    /// bytes; returns how many.
    ///
    /// Allocates nothing.
    package func write(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = buffer.baseAddress, buffer.count >= Int(INET6_ADDRSTRLEN) else { return 0 }
        var octets = (high.bigEndian, low.bigEndian)
        let text = base.assumingMemoryBound(to: CChar.self)
        return withUnsafeBytes(of: &octets) { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            let source = isIPv4 ? start + 12 : start
            let family = isIPv4 ? AF_INET : AF_INET6
            guard inet_ntop(family, source, text, socklen_t(buffer.count)) != nil else { return 0 }
            return strlen(text)
        }
    }
}

extension HostAddress: CustomStringConvertible {
    package var description: String {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            String(decoding: buffer[..<write(into: buffer)], as: UTF8.self)
        }
    }
}
