// SPDX-License-Identifier: Apache-2.0

import Linux

/// How many connections each client has: by its address or, with IPv6, by its network.
///
/// There are never more entries than connections, so storage for all of them is reserved at once,
/// and opening and closing connections allocates nothing. The standard library hashes with a secret
/// of the process, so clients cannot choose addresses that collide.
struct AddressCounts {
    private var counts: [HostAddress: Int] = [:]

    init(capacity: Int) { counts.reserveCapacity(capacity) }

    func count(of address: HostAddress) -> Int { counts[address.subscriber] ?? 0 }

    mutating func add(_ address: HostAddress) { counts[address.subscriber, default: 0] += 1 }

    mutating func remove(_ address: HostAddress) {
        let key = address.subscriber
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
