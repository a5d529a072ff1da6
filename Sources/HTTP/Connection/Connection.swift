import Bytes
import Linux
import OpenSSL

/// A peer's connection: its socket, where it stands in its request, and bytes that wait.
///
/// A connection between two requests keeps no bytes and costs little more than this structure:
/// requests are parsed in the server's one receive buffer, and only those that are not whole yet
/// are copied into the connection's own.
struct Connection: ~Copyable {
    var socket: Socket?
    /// What the socket's bytes mean where it came through a TLS listener.
    var session: TLSSession?
    var peer = Peer()
    /// Whose connection it is, by its socket or by its proxy's word; nil: it came by a Unix
    /// socket.
    var source: HostAddress?
    /// Whether `source` is a proxy that passes on the requests of others.
    var isForwarding = false
    /// Whether there is a session: all that a connection without one is asked.
    var isSecure = false
    /// Whether reading waits for the socket to take something first.
    var readsWhenWritable = false
    /// Whether it came when there were as many as there may be.
    var isSurplus = false
    /// Which of the connections that have had this slot this is (`EventToken`).
    var version: UInt32 = 0
    var state = ConnectionState()
    var parser: RequestParser
    var chunks = ChunkedDecoder()
    /// Bytes of a request that is not whole, head first.
    var input = ByteBuffer()
    /// A chunked request as it would have come with a length: its head, then its body.
    var assembled = ByteBuffer()
    /// Answers that the socket would not take yet.
    var output = ByteBuffer()
    /// What it has used of the processor.
    var share = Share()
    /// Its part in the sums of the load.
    var part = Load.Part()
    /// What the handler counts of the connection.
    var account: UInt32 = 0
    private var deadlineSecond: Int32 = 0
    private var retirementSecond: Int32 = 0
    /// How fast its body comes, or its answers go.
    var pace = TransferPace()

    init(limits: Limits) { parser = RequestParser(limits: limits) }

    /// The head of the request that has begun; the parser keeps it until the next one is parsed.
    var head: RequestHead {
        _read { yield parser.head }
    }

    /// Monotonic second at which it has taken too long for what it is doing.
    var deadline: Int64 {
        get { Int64(deadlineSecond) }
        set { deadlineSecond = Int32(clamping: newValue) }
    }

    /// Monotonic second from which answers say that they are the last.
    var retiresAt: Int64 {
        get { Int64(retirementSecond) }
        set { retirementSecond = Int32(clamping: newValue) }
    }

    /// Whether a request has begun to arrive.
    var isInRequest: Bool { state.isInRequest(hasInput: !input.isEmpty) }

    /// What it keeps in memory beside itself: storage that has been written to.
    ///
    /// A body with a length never fills more than that of what its buffer may have grown to; a
    /// chunked body only grows.
    var bufferedByteCount: Int {
        var byteCount = input.capacity + output.capacity + assembled.count
        if let length = bodyByteCount {
            byteCount -= max(0, input.capacity - head.byteCount - length)
        }
        return byteCount
    }

    /// The length of the body that has begun to arrive; nil where none has, or one in chunks.
    private var bodyByteCount: Int? {
        switch (state.phase, head.framing) {
        case (.body(let length), _): length
        case (.waitsToBegin, .length(let length)), (.begun, .length(let length)): length
        case (.waitsToBegin, .none), (.begun, .none): 0
        default: nil
        }
    }

    /// Bytes are awaited, of a body or by a peer that receives its answers.
    mutating func beginTransfer(now: Int64, limits: borrowing Limits) {
        pace = TransferPace()
        deadline = now + Int64(limits.bodyTimeoutSeconds)
    }

    /// Some of them have come or gone.
    mutating func continueTransfer(by byteCount: Int, now: Int64, limits: borrowing Limits) {
        deadline = pace.deadline(after: deadline, moved: byteCount, now: now, limits: limits)
    }

    /// Nothing was read while answers waited: time begins again for what it had begun.
    mutating func restartDeadline(now: Int64, limits: borrowing Limits) {
        switch state.phase {
        case .body, .chunked, .waitsToBegin, .begun: beginTransfer(now: now, limits: limits)
        case .head where !input.isEmpty: deadline = now + Int64(limits.headerTimeoutSeconds)
        default: deadline = now + Int64(limits.keepAliveTimeoutSeconds)
        }
    }

    /// How long it may take to send its first request.
    func firstTimeoutSeconds(limits: borrowing Limits) -> Int64 {
        Int64(isSurplus ? limits.surplusTimeoutSeconds : limits.keepAliveTimeoutSeconds)
    }

    /// Whether it has been between two requests for a while.
    ///
    /// A connection that was answered a moment ago may have its next request on the way already,
    /// and that one can be told that it is the last.
    func isIdle(now: Int64, limits: borrowing Limits) -> Bool {
        let isNew = state.phase == .proxyHeader || state.phase == .handshake
        let timeout = isNew ? limits.headerTimeoutSeconds : limits.keepAliveTimeoutSeconds
        let sinceWhen = deadline - Int64(timeout)
        return (isNew || state.phase == .head) && input.isEmpty && output.isEmpty
            && now - sinceWhen >= Self.pauseSeconds
    }

    /// How long a busy client may pause between an answer and its next request.
    private static var pauseSeconds: Int64 { 2 }

    /// Finds out for whom the proxy asks.
    mutating func findClient(by proxies: Proxies, _ head: RequestHead, _ bytes: Span<UInt8>) {
        peer.address = PeerName(proxies.client(of: head, bytes) ?? source)
    }

    /// Of a request whose head is not whole only the proxy is known.
    mutating func forgetClient() { peer.address = PeerName(source) }

    /// Whether there is memory for so many bytes more of a large chunked body.
    mutating func tryReserveChunks(_ byteCount: Int) -> Bool {
        assembled.count < Self.largeByteCount || assembled.tryReserve(byteCount)
    }

    private static let largeByteCount = 1 << 20

    /// Decodes what has come of a chunked body; returns how many bytes are done.
    mutating func decodeChunks(_ bytes: Span<UInt8>, limit: Int) throws(RequestError) -> Int {
        try chunks.decode(bytes, into: &assembled, limit: limit)
    }

    /// Gives back storage that only a large request needed.
    mutating func shrink() {
        if input.isEmpty, input.capacity > Self.keptByteCount { input = ByteBuffer() }
        if assembled.isEmpty, assembled.capacity > Self.keptByteCount { assembled = ByteBuffer() }
        if output.isEmpty, output.capacity > Self.keptByteCount { output = ByteBuffer() }
    }

    /// Gives back what is kept of a request that will not be read to its end.
    mutating func forgetRequest() {
        input = ByteBuffer()
        assembled = ByteBuffer()
    }

    /// A buffer up to this size stays with its connection for the next request.
    private static let keptByteCount = 1024
}
