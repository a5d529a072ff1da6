// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import OpenSSL

/// The service behind the server, which handles its requests.
///
/// A turn of the server's loop has three parts: it hands over every request that has arrived
/// completely, it calls `commit` once, and it asks for the answers. So the handler can do the work
/// of all requests of a turn at once, and no answer is sent before that work is done.
package protocol RequestHandler: AnyObject {
    /// Decides whether the body will be read, before it is.
    ///
    /// - Parameters:
    ///   - head: the head, whose `ticket` may be set.
    ///   - bytes: the head, to which its ranges refer.
    ///   - overload: why there is no room for the request. The handler may still answer what costs
    ///     nothing, and must reject everything else.
    ///   - peer: the peer that sent it.
    /// - Returns: nil to read the body; otherwise the answer that rejects it.
    func decide(
        _ head: inout RequestHead, _ bytes: Span<UInt8>, from peer: Peer, overload: Overload?
    ) -> PendingAnswer?

    /// Accepts a whole request.
    ///
    /// - Parameters:
    ///   - bytes: head and body, the latter from `head.byteCount` on and followed by
    ///     `ByteBuffer.padding` readable bytes. They are valid only until this returns.
    ///   - peer: the peer that sent it.
    ///   - account: what the handler counts of the connection, 0 at first.
    ///   - deadline: the monotonic nanosecond at which other connections are to be served.
    func take(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer, account: inout Int,
        until deadline: Int64
    ) -> Reception

    /// Continues an unfinished request; head and bytes are those it was received with, though maybe
    /// at another address.
    func resume(
        _ work: Int32, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer,
        account: inout Int, until deadline: Int64
    ) -> Reception

    /// Discards an unfinished request, because its connection is closed.
    func abandon(_ work: Int32)

    /// Bytes of requests that are kept until they are answered.
    var heldByteCount: Int { get }

    /// Whether a postponed request (`.later`) can begin now.
    ///
    /// While it is false, another unfinished request is still in progress.
    var mayBegin: Bool { get }

    /// Called when the clock has reached another monotonic second, even within a long turn.
    func didReach(second: Int64)

    /// Records that a request is rejected because it is malformed or late; the connection will be
    /// closed.
    ///
    /// - Parameters:
    ///   - head: the part that was read. Only the values that it has may be relied on, and its
    ///     framing not at all.
    ///   - bytes: the bytes to which its ranges refer.
    func reject(
        _ error: RequestError, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer

    /// Records that a request is rejected because there is no room for the rest of it; the
    /// connection will be closed. `head` and `bytes` are as above.
    func reject(
        _ overload: Overload, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer

    /// Whether so much waits that it should be committed before more is accepted.
    var isFull: Bool { get }

    /// Commits the work that the answers of this turn report.
    func commit()

    /// Writes an answer that was promised in this turn.
    func answer(_ answer: PendingAnswer, isLast: Bool, into output: inout ByteBuffer)

    /// Whether the server calls `didAnswer`.
    var wantsPeers: Bool { get }

    /// Records the peer that an answer was sent to.
    func didAnswer(_ answer: PendingAnswer, to peer: Peer)

    /// Records how a TLS handshake has ended.
    func didShakeHands(_ outcome: HandshakeOutcome, with peer: Peer)

    /// Records that a connection was closed without an answer.
    func didRefuse(_ refusal: ConnectionRefusal, of peer: Peer)

    /// Closes files that are not needed now, because no connection can be accepted without free
    /// descriptors; false if it has none to close.
    func releaseDescriptors() -> Bool

    /// Called when all answers of the turn are written; what was kept for them can be released.
    func endTurn()

    /// Called about once a second.
    func tick()
}

/// The outcome of a whole request.
package enum Reception: Equatable, Sendable {
    case answer(PendingAnswer)
    /// Its time is over: `resume` continues the request with this number later.
    case unfinished(Int32)
    /// `resume` continues the request with this number as soon as the turn is committed.
    case afterCommit(Int32)
    /// It cannot begin before others are done: it will be received again.
    case later
}

extension RequestHandler {
    package var heldByteCount: Int { 0 }

    package var mayBegin: Bool { true }

    package func resume(
        _ work: Int32, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer,
        account: inout Int, until deadline: Int64
    ) -> Reception {
        preconditionFailure("a handler that leaves requests unfinished must implement resume")
    }

    package func abandon(_ work: Int32) {}

    package func didReach(second: Int64) {}

    package var wantsPeers: Bool { false }

    package func didAnswer(_ answer: PendingAnswer, to peer: Peer) {}

    package func didRefuse(_ refusal: ConnectionRefusal, of peer: Peer) {}

    package func didShakeHands(_ outcome: HandshakeOutcome, with peer: Peer) {}
}

/// How a TLS handshake has ended.
package enum HandshakeOutcome: Sendable {
    case full
    /// With the session of an earlier connection.
    case resumed
    case failed(TLSHandshakeFailure)
}

/// The server's limit that leaves no room for a request.
package enum Overload: Sendable, CaseIterable {
    case connections, connectionsPerAddress, requestsInFlight, bufferedBytes
    /// The system has no memory for it.
    case memory
}

/// The handler's own reference to an answer that it will be asked to write in this turn.
package struct PendingAnswer: Equatable, Sendable {
    package var index: Int
    /// Whether making it may take long; then the next request of its connection goes after others'.
    package var isCostly: Bool

    package init(index: Int, isCostly: Bool = false) {
        self.index = index
        self.isCostly = isCostly
    }
}

extension RequestHandler {
    package func releaseDescriptors() -> Bool { false }
}
