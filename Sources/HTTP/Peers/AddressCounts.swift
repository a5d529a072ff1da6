import Linux

/// How many connections each client has, whose address is its own or, with IPv6, its network's.
///
/// There are never more entries than connections, so storage for all of them is set aside at once,
/// and coming and going allocates nothing. The standard library hashes with a secret of the
/// process: nobody can choose addresses that meet.
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
