import HTTP

/// A request that has come as a whole: its bytes, and what was decided by its head.
struct WholeRequest: ~Escapable {
    let head: RequestHead
    /// Head and body.
    let bytes: Span<UInt8>
    let ticket: Ticket
    let peer: Peer
    /// The place of its endpoint in the router's table.
    let route: Int
    /// Where the name of its stream stands; empty: it is the default stream.
    let streamRange: Range<Int>

    @_lifetime(copy bytes)
    init(
        _ head: RequestHead, _ bytes: Span<UInt8>, _ ticket: Ticket, _ match: Router.Match,
        from peer: Peer
    ) {
        self.head = head
        self.bytes = bytes
        self.ticket = ticket
        self.peer = peer
        route = match.route
        streamRange = match.stream
    }

    /// The name of its stream; empty: the default stream.
    var stream: Span<UInt8> {
        @_lifetime(copy self)
        get { bytes.extracting(streamRange) }
    }

    /// Where its records are.
    var body: Span<UInt8> {
        @_lifetime(copy self)
        get {
            bytes.extracting(ticket.form.isQuery ? head.query : head.byteCount..<bytes.count)
        }
    }

    /// Whether its body is over before a clock could say that it has taken long.
    var isShort: Bool {
        head.contentEncoding == .identity && body.count <= Self.shortByteCount
    }

    /// Whether its body takes longer than a visit for certain.
    var isLong: Bool {
        let isPlain = head.contentEncoding == .identity
        return body.count > (isPlain ? Self.longByteCount : Self.longCompressedByteCount)
    }

    private static var shortByteCount: Int { 16 << 10 }
    private static var longByteCount: Int { 256 << 10 }
    private static var longCompressedByteCount: Int { 16 << 10 }
}
