import Linux

/// A peer's host in digits, `192.0.2.1` or `2001:db8::1`: written once per connection, so that
/// noting it beside a record costs nothing.
package struct PeerName: Sendable {
    private var bytes = InlineArray<48, UInt8>(repeating: 0)
    private var count = 0

    init() {}

    init(_ address: SocketAddress) {
        var digits = InlineArray<48, UInt8>(repeating: 0)
        var written = 0
        withUnsafeMutableBytes(of: &digits) { written = address.writeHost(into: $0) }
        bytes = digits
        count = written
    }

    /// Empty for a Unix socket, whose peer has no host.
    package var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { bytes.span.extracting(..<count) }
    }
}
