// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux

/// What counts as one client: an IPv4 address, the first 64 bits of an IPv6 one, of which a single
/// host has all the rest, or the Unix sockets together.
struct ClientKey: Equatable {
    private var host = HostAddress(high: 0, low: 0)

    init() {}

    /// Reads an address in digits; any other text is the client 0.
    init(_ address: Span<UInt8>) {
        if let host = HostAddress(digits: address) { self.host = host.subscriber }
    }

    func hash(_ seed: UInt64) -> UInt64 { SplitMix64.mixed((host.high ^ host.low) &+ seed) }
}
