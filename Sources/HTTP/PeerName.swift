import Glibc
import Linux

/// A peer's host in digits, `192.0.2.1` or `2001:db8::1`, or `unix` for one of a Unix socket:
/// written once per connection, so that noting it beside a record costs nothing.
package struct PeerName: Sendable {
    private var bytes = InlineArray<48, UInt8>(repeating: 0)
    private var count = 0

    init() {}

    init(_ address: SocketAddress) {
        var digits = InlineArray<48, UInt8>(repeating: 0)
        var written = 0
        withUnsafeMutableBytes(of: &digits) { buffer in
            if address.family == AF_UNIX {
                buffer.copyBytes(from: "unix".utf8)
                written = 4
            } else {
                written = address.writeHost(into: buffer)
            }
        }
        bytes = digits
        count = written
    }

    package var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { bytes.span.extracting(..<count) }
    }
}
