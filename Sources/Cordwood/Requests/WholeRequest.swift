// SPDX-License-Identifier: Apache-2.0

import HTTP
import Protocols

/// A request that has arrived completely: its bytes, and the decisions from its head.
///
/// The head itself is large, and is not copied.
struct WholeRequest: ~Escapable {
    /// Head and body.
    let bytes: Span<UInt8>
    let ticket: Ticket
    /// What its head says of the body.
    let form: BodyForm
    let peer: Peer
    /// The place of its endpoint in the router's table.
    let route: Int
    private let streamRange: Range<Int>
    private let restRange: Range<Int>
    private let bodyRange: Range<Int>

    @_lifetime(copy bytes)
    init(
        _ head: RequestHead, _ bytes: Span<UInt8>, _ router: borrowing Router, from peer: Peer
    ) {
        let ticket = head.decided
        guard let route = ticket.route else {
            preconditionFailure("a body is read only when that was decided by the head")
        }
        self.bytes = bytes
        self.ticket = ticket
        form = ticket.form
        self.peer = peer
        self.route = route
        let parts = router.parts(of: route, head, bytes)
        streamRange = parts.stream
        restRange = parts.rest
        bodyRange = form.isQuery ? head.query : head.byteCount..<bytes.count
    }

    /// The name of the stream in its path; empty if the path names none.
    var stream: Span<UInt8> {
        @_lifetime(copy self)
        get { bytes.extracting(streamRange) }
    }

    /// The path without the name of a stream in front.
    var path: Span<UInt8> {
        @_lifetime(copy self)
        get { bytes.extracting(restRange) }
    }

    /// The bytes of its records.
    var body: Span<UInt8> {
        @_lifetime(copy self)
        get { bytes.extracting(bodyRange) }
    }

    /// Whether its body is so short that checking the clock would not pay.
    var isShort: Bool { isPlain && bodyRange.count <= Self.shortByteCount }

    /// Whether its body certainly takes longer than a visit.
    var isLong: Bool {
        bodyRange.count > (isPlain ? Self.longByteCount : Self.longCompressedByteCount)
    }

    private var isPlain: Bool { form.coding == .identity }

    private static var shortByteCount: Int { 16 << 10 }
    private static var longByteCount: Int { 256 << 10 }
    private static var longCompressedByteCount: Int { 16 << 10 }
}
