// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import OpenSSL

/// A peer's connection: its socket, the state of its request, and buffered bytes.
///
/// Between two requests a connection buffers no bytes and costs little more than this structure:
/// requests are parsed in the server's one receive buffer, and only incomplete ones are copied into
/// the connection's own.
struct Connection: ~Copyable {
    var socket: Socket?
    /// The TLS session of a connection that came through a TLS listener.
    var session: TLSSession?
    var peer = Peer()
    /// The client's address, from the socket or from its proxy; nil for a Unix socket.
    var source: HostAddress?
    /// Whether `source` is a proxy that passes on the requests of others.
    var isForwarding = false
    /// Whether there is a session; a connection without one is asked nothing more.
    var isSecure = false
    /// Whether the connection must write before it can read again.
    var readsWhenWritable = false
    /// Whether it was accepted beyond the limit on connections.
    var isSurplus = false
    /// Counts the connections that have used this slot (`EventToken`).
    var version: UInt32 = 0
    var state = ConnectionState()
    var parser: RequestParser
    var chunks = ChunkedDecoder()
    /// Bytes of an incomplete request, head first.
    var input = ByteBuffer()
    /// A chunked request in the form of one with a length: its head, then its body.
    var assembled = ByteBuffer()
    /// Answers that the socket could not take yet.
    var output = ByteBuffer()
    /// The processor time that it has used.
    var share = Share()
    /// Its part of the totals of the load.
    var part = Load.Part()
    /// What the handler counts of the connection.
    var account: UInt32 = 0
    private var deadlineSecond: Int32 = 0
    private var retirementSecond: Int32 = 0
    /// How fast its body arrives, or its answers are received.
    var pace = TransferPace()

    init(limits: Limits) { parser = RequestParser(limits: limits) }

    /// The head of the request that has begun; the parser keeps it until the next one is parsed.
    var head: RequestHead {
        _read { yield parser.head }
    }

    /// Monotonic second at which its current step times out.
    var deadline: Int64 {
        get { Int64(deadlineSecond) }
        set { deadlineSecond = Int32(clamping: newValue) }
    }

    /// Monotonic second from which each answer closes the connection.
    var retiresAt: Int64 {
        get { Int64(retirementSecond) }
        set { retirementSecond = Int32(clamping: newValue) }
    }

    /// Whether a request has begun to arrive.
    var isInRequest: Bool { state.isInRequest(hasInput: !input.isEmpty) }

    /// How much memory it uses besides itself: storage that has been written to.
    ///
    /// A body with a length fills no more of its buffer than that length, whatever the capacity; a
    /// chunked body only grows.
    var bufferedByteCount: Int {
        var byteCount = input.capacity + output.capacity + assembled.count
        if let length = bodyByteCount {
            byteCount -= max(0, input.capacity - head.byteCount - length)
        }
        return byteCount
    }

    /// The length of the body that is arriving; nil if there is none, or it is chunked.
    private var bodyByteCount: Int? {
        switch (state.phase, head.framing) {
        case (.body(let length), _): length
        case (.waitsToBegin, .length(let length)), (.begun, .length(let length)): length
        case (.waitsToBegin, .none), (.begun, .none): 0
        default: nil
        }
    }

    /// A body is about to arrive, or answers wait for the peer to receive them.
    mutating func beginTransfer(now: Int64, limits: borrowing Limits) {
        pace = TransferPace()
        deadline = now + Int64(limits.bodyTimeoutSeconds)
    }

    /// Some of those bytes have arrived or been sent.
    mutating func continueTransfer(by byteCount: Int, now: Int64, limits: borrowing Limits) {
        deadline = pace.deadline(after: deadline, moved: byteCount, now: now, limits: limits)
    }

    /// Nothing was read while answers waited, so the connection's current step gets its full time
    /// again.
    mutating func restartDeadline(now: Int64, limits: borrowing Limits) {
        switch state.phase {
        case .body, .chunked, .waitsToBegin, .begun: beginTransfer(now: now, limits: limits)
        case .head where !input.isEmpty: deadline = now + Int64(limits.headerTimeoutSeconds)
        default: deadline = now + Int64(limits.keepAliveTimeoutSeconds)
        }
    }

    /// How long the connection has to send its first request.
    func firstTimeoutSeconds(limits: borrowing Limits) -> Int64 {
        Int64(isSurplus ? limits.surplusTimeoutSeconds : limits.keepAliveTimeoutSeconds)
    }

    /// Whether it has been between two requests for a while.
    ///
    /// The next request of a connection that was answered a moment ago may already be on its way,
    /// and its answer can close the connection.
    func isIdle(now: Int64, limits: borrowing Limits) -> Bool {
        let isNew = state.phase == .proxyHeader || state.phase == .handshake
        let timeout = isNew ? limits.headerTimeoutSeconds : limits.keepAliveTimeoutSeconds
        let sinceWhen = deadline - Int64(timeout)
        return (isNew || state.phase == .head) && input.isEmpty && output.isEmpty
            && now - sinceWhen >= Self.pauseSeconds
    }

    /// How long a busy client may pause between an answer and its next request.
    private static var pauseSeconds: Int64 { 2 }

    /// Finds the client for which the proxy asks.
    mutating func findClient(by proxies: Proxies, _ head: RequestHead, _ bytes: Span<UInt8>) {
        peer.address = PeerName(proxies.client(of: head, bytes) ?? source)
    }

    /// While a request's head is incomplete, only the proxy is known.
    mutating func forgetClient() { peer.address = PeerName(source) }

    /// Whether there is memory for this many more bytes of a large chunked body.
    mutating func tryReserveChunks(_ byteCount: Int) -> Bool {
        assembled.count < Self.largeByteCount || assembled.tryReserve(byteCount)
    }

    private static let largeByteCount = 1 << 20

    /// Decodes the part of a chunked body that has arrived; returns how many bytes are done.
    mutating func decodeChunks(_ bytes: Span<UInt8>, limit: Int) throws(RequestError) -> Int {
        try chunks.decode(bytes, into: &assembled, limit: limit)
    }

    /// Releases storage that only a large request needed.
    mutating func shrink() {
        if input.isEmpty, input.capacity > Self.keptByteCount { input = ByteBuffer() }
        if assembled.isEmpty, assembled.capacity > Self.keptByteCount { assembled = ByteBuffer() }
        if output.isEmpty, output.capacity > Self.keptByteCount { output = ByteBuffer() }
    }

    /// Releases the bytes of a request that will not be read to its end.
    mutating func forgetRequest() {
        input = ByteBuffer()
        assembled = ByteBuffer()
    }

    /// A buffer up to this size stays with its connection for the next request.
    private static let keptByteCount = 1024
}
