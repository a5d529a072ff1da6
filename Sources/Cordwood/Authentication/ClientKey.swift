import Glibc

/// What counts as one client: an IPv4 address, the first 64 bits of an IPv6 one, of which a single
/// host has all the rest, or the Unix sockets together.
struct ClientKey: Equatable {
    private var bits: UInt64 = 0

    init() {}

    /// Reads an address in digits; what is none is the client 0.
    init(_ address: Span<UInt8>) {
        guard address.count < Int(INET6_ADDRSTRLEN) else { return }
        var text = InlineArray<48, CChar>(repeating: 0)
        for index in 0..<address.count { text[index] = CChar(bitPattern: address[index]) }
        var host = InlineArray<16, UInt8>(repeating: 0)
        // SAFETY: `text` ends with a NUL, and `host` has room for an address of either family.
        let isFour = withUnsafeBytes(of: text) { text in
            guard let text = text.baseAddress?.assumingMemoryBound(to: CChar.self) else {
                return false
            }
            return withUnsafeMutableBytes(of: &host) { host in
                if inet_pton(AF_INET, text, host.baseAddress) == 1 { return true }
                _ = inet_pton(AF_INET6, text, host.baseAddress)
                return false
            }
        }
        withUnsafeBytes(of: host) { host in
            let four = UInt64(UInt32(bigEndian: host.loadUnaligned(as: UInt32.self)))
            let words = (
                UInt64(bigEndian: host.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: host.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
            // ::ffff:192.0.2.1 is 192.0.2.1 at a listener for both families (RFC 4291, 2.5.5.2).
            let isMapped = words.0 == 0 && words.1 >> 32 == 0xffff
            bits = isFour ? four : isMapped ? words.1 & 0xffff_ffff : words.0
        }
    }

    /// splitmix64's mixing.
    func hash(_ seed: UInt64) -> UInt64 {
        var mixed = bits &+ seed
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
