import Bytes
import Linux
import OpenSSL

/// What is done with requests: the service behind the server.
///
/// A turn of the server's loop has three parts. It hands over every request that has arrived
/// whole; it calls `commit` once; it asks for the answers. So the work of all requests of a turn
/// can be done at once, and no answer is sent before it is done.
package protocol RequestHandler: AnyObject {
    /// Decides, before the body is read, whether it will be.
    ///
    /// - Parameters:
    ///   - head: whose `ticket` may be set.
    ///   - bytes: the head, to which its ranges refer.
    ///   - overload: why the request cannot be taken. What costs nothing may be answered all the
    ///     same; everything else is to be refused.
    ///   - peer: where it came from.
    /// - Returns: nil to read the body; otherwise the answer that refuses it.
    func decide(
        _ head: inout RequestHead, _ bytes: Span<UInt8>, from peer: Peer, overload: Overload?
    ) -> PendingAnswer?

    /// Takes a whole request.
    ///
    /// - Parameters:
    ///   - bytes: head and body, the latter from `head.byteCount` on and followed by
    ///     `ByteBuffer.padding` readable bytes. They are gone when this returns.
    ///   - peer: where it came from.
    ///   - account: what the handler counts of the connection, 0 at first.
    ///   - deadline: the monotonic nanosecond at which others are to be served.
    func take(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer, account: inout Int,
        until deadline: Int64
    ) -> Reception

    /// Goes on with a request that is unfinished; head and bytes are those it was received with,
    /// though maybe in another place.
    func resume(
        _ work: Int32, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer,
        account: inout Int, until deadline: Int64
    ) -> Reception

    /// Forgets an unfinished request, whose connection is gone.
    func abandon(_ work: Int32)

    /// Bytes that are kept of requests until they are answered.
    var heldByteCount: Int { get }

    /// Whether a request that was put off (`.later`) has a place now.
    ///
    /// As long as it is false another unfinished request goes on.
    var mayBegin: Bool { get }

    /// Called when the clock has reached another monotonic second, also within a long turn.
    func didReach(second: Int64)

    /// Takes note of a request that is refused for its form, or for its time; the connection will
    /// be closed.
    ///
    /// - Parameters:
    ///   - head: what has been read of it: nothing but what it says is there may be relied on, and
    ///     least of all its framing.
    ///   - bytes: those to which its ranges refer.
    func reject(
        _ error: RequestError, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer

    /// Takes note of a request for the rest of which there is no room; the connection will be
    /// closed. `head` and `bytes` are as above.
    func reject(
        _ overload: Overload, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer

    /// Whether so much waits that it had better be committed before more is taken.
    var isFull: Bool { get }

    /// Makes true what the answers of this turn will say.
    func commit()

    /// Writes an answer that was promised in this turn.
    func answer(_ answer: PendingAnswer, isLast: Bool, into output: inout ByteBuffer)

    /// Whether `didAnswer` is to be called.
    var wantsPeers: Bool { get }

    /// Takes note of whose request an answer was for.
    func didAnswer(_ answer: PendingAnswer, to peer: Peer)

    /// Takes note of how a TLS handshake has ended.
    func didShakeHands(_ outcome: HandshakeOutcome, with peer: Peer)

    /// Takes note of a connection that is closed without an answer.
    func didRefuse(_ refusal: ConnectionRefusal, of peer: Peer)

    /// Closes files that are not needed now, since no connection can be accepted for want of
    /// descriptors; false: there are none.
    func releaseDescriptors() -> Bool

    /// All answers of the turn are written; what was kept for them can go.
    func endTurn()

    /// Called about once a second.
    func tick()
}

/// What becomes of a whole request.
package enum Reception: Equatable, Sendable {
    case answer(PendingAnswer)
    /// Its time is over: `resume` goes on with what has this number.
    case unfinished(Int32)
    /// `resume` goes on at once with what has this number, when the turn is committed.
    case afterCommit(Int32)
    /// It cannot be begun before others are done: it is to be received again.
    case later
}

extension RequestHandler {
    package var heldByteCount: Int { 0 }

    package var mayBegin: Bool { true }

    package func resume(
        _ work: Int32, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer,
        account: inout Int, until deadline: Int64
    ) -> Reception {
        preconditionFailure("a handler that leaves requests unfinished goes on with them")
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
    /// With what was agreed upon in an earlier connection.
    case resumed
    case failed(TLSHandshakeFailure)
}

/// Which of the server's limits leaves no room for a request.
package enum Overload: Sendable, CaseIterable {
    case connections, connectionsPerAddress, requestsInFlight, bufferedBytes
    /// The system has no memory for it.
    case memory
}

/// A handler's own note of an answer that it will be asked to write in this turn.
package struct PendingAnswer: Equatable, Sendable {
    package var index: Int
    /// Whether making it may take long: of its connection the next request goes after others'.
    package var isCostly: Bool

    package init(index: Int, isCostly: Bool = false) {
        self.index = index
        self.isCostly = isCostly
    }
}

extension RequestHandler {
    package func releaseDescriptors() -> Bool { false }
}
