// SPDX-License-Identifier: Apache-2.0

import Linux

/// A peer's host in digits, `192.0.2.1` or `2001:db8::1`, or `unix` for a Unix socket.
///
/// It is written once per connection, or per request of a proxy, so that noting it beside a record
/// costs nothing.
package struct PeerName: Sendable {
    private var bytes = InlineArray<46, UInt8>(repeating: 0)
    private var count: UInt8 = 0

    init() {}

    /// The name of a host; nil for a Unix socket.
    init(_ host: HostAddress?) {
        var digits = InlineArray<46, UInt8>(repeating: 0)
        var written = 0
        withUnsafeMutableBytes(of: &digits) { buffer in
            if let host {
                written = host.write(into: buffer)
            } else {
                buffer.copyBytes(from: "unix".utf8)
                written = 4
            }
        }
        bytes = digits
        count = UInt8(written)
    }

    package var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { bytes.span.extracting(..<Int(count)) }
    }
}
