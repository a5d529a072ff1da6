// SPDX-License-Identifier: Apache-2.0

/// What is noted beside a rejected record.
package struct RejectionContext: ~Escapable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let timeMilliseconds: Int64
    package let stream: Span<UInt8>
    package let peer: Span<UInt8>
    /// The name of the token that the request was let in by; empty where there was none.
    package let token: Span<UInt8>

    /// The spans are text, and copied before `begin` returns.
    @_lifetime(copy stream, copy peer, copy token)
    package init(
        timeMilliseconds: Int64, stream: Span<UInt8>, peer: Span<UInt8>, token: Span<UInt8>
    ) {
        self.timeMilliseconds = timeMilliseconds
        self.stream = stream
        self.peer = peer
        self.token = token
    }

    /// The context of a request without a token.
    @_lifetime(copy stream, copy peer)
    package init(timeMilliseconds: Int64, stream: Span<UInt8>, peer: Span<UInt8>) {
        self.init(timeMilliseconds: timeMilliseconds, stream: stream, peer: peer, token: Span())
    }
}
