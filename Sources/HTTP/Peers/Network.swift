// SPDX-License-Identifier: Apache-2.0

import Linux

/// An IP network, `10.0.0.0/8` or `2001:db8::/32`, or a single address.
package struct Network: Sendable, Equatable {
    private let base: HostAddress
    /// Counted in the 128 bits of an IPv6 address; an IPv4 network begins at 96.
    private let bitCount: Int

    /// Nil when `text` is neither, or when the address has bits after those of the network, because
    /// that is usually a mistake.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let address = Array(parts[0].utf8)
        guard let base = HostAddress(digits: address.span) else { return nil }
        // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
        let offset = base.isIPv4 && !parts[0].contains(":") ? 96 : 0
        var bitCount = 128
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count),
                parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let count = Int(parts[1]), count <= 128 - offset
            else { return nil }
            bitCount = offset + count
        }
        self.base = base
        self.bitCount = bitCount
        guard masked(base) == base else { return nil }
    }

    /// Whether the network contains `address`; an IPv6 network, however large, contains no IPv4
    /// address.
    package func contains(_ address: HostAddress) -> Bool {
        address.isIPv4 == base.isIPv4 && masked(address) == base
    }

    private func masked(_ address: HostAddress) -> HostAddress {
        // A shift by 64 or more gives 0.
        HostAddress(
            high: address.high & ~(UInt64.max >> UInt64(bitCount)),
            low: address.low & ~(UInt64.max >> UInt64(max(0, bitCount - 64))))
    }
}

extension Network: CustomStringConvertible {
    package var description: String {
        if bitCount == 128 { return "\(base)" }
        return "\(base)/\(base.isIPv4 ? bitCount - 96 : bitCount)"
    }
}
