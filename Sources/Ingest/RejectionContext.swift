/// What is noted beside a rejected record.
package struct RejectionContext: ~Escapable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let timeMilliseconds: Int64
    package let stream: Span<UInt8>
    package let peer: Span<UInt8>

    /// The spans are text, and copied before `ingest` returns.
    @_lifetime(copy stream, copy peer)
    package init(timeMilliseconds: Int64, stream: Span<UInt8>, peer: Span<UInt8>) {
        self.timeMilliseconds = timeMilliseconds
        self.stream = stream
        self.peer = peer
    }
}
