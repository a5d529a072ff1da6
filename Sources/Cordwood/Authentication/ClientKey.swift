import Linux

/// What counts as one client: an IPv4 address, the first 64 bits of an IPv6 one, of which a single
/// host has all the rest, or the Unix sockets together.
struct ClientKey: Equatable {
    private var host = HostAddress(high: 0, low: 0)

    init() {}

    /// Reads an address in digits; what is none is the client 0.
    init(_ address: Span<UInt8>) {
        if let host = HostAddress(digits: address) { self.host = host.subscriber }
    }

    /// splitmix64's mixing.
    func hash(_ seed: UInt64) -> UInt64 {
        var mixed = (host.high ^ host.low) &+ seed
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
