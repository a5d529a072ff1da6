import Bytes
import Linux
import OpenSSL

/// A peer's connection: its socket, where it stands in its request, and bytes that wait.
///
/// A connection that is between two requests has no bytes waiting and costs little more than this
/// structure: requests are parsed in the server's one receive buffer, and only what is not yet
/// whole is copied into the connection's own.
struct Connection: ~Copyable {
    enum Phase: Equatable {
        /// No connection has this slot.
        case free
        /// A proxy is to say whose connection it is.
        case proxyHeader
        /// TLS is being agreed upon.
        case handshake
        /// Between requests, or in the middle of a head.
        case head
        /// The head is read; this many bytes follow it.
        case body(Int)
        case chunked
        /// The last answer is on its way; what still comes is thrown away. Closing at once would
        /// reset the connection, and the peer could lose the answer (RFC 9112, 9.6).
        case lingering
    }

    var socket: Socket?
    /// What the socket's bytes mean where it came through a TLS listener.
    var session: TLSSession?
    var peer = Peer()
    /// Whose connection it is, by its socket or by what a proxy has said of it; nil: it came by a
    /// Unix socket.
    var source: HostAddress?
    /// Whether that is a proxy whose requests may be those of others.
    var isForwarding = false
    /// Whether there is a session: all that a connection without one is asked.
    var isSecure = false
    /// Whether reading waits for the socket to take something first.
    var readsWhenWritable = false
    /// Which of the connections that have had this slot this is.
    var generation: UInt32 = 0
    var phase = Phase.free
    /// Whether the connection ends when `output` is sent.
    var closesAfterOutput = false
    /// Whether epoll waits for the socket to take more.
    var isWaitingToWrite = false
    /// Whether it waits to be served.
    var place = Place.none
    /// How many events of it were passed over while it waits.
    var ignoredEventCount: UInt8 = 0
    /// Whether it came when there were as many as there may be.
    var isSurplus = false
    /// Whether it is among the connections of its address.
    var isCounted = false
    /// Whether it is one of the server's requests in flight.
    var isInFlight = false
    var parser: RequestParser
    var head = RequestHead()
    var chunks = ChunkedDecoder()
    /// Bytes of a request that is not whole, head first.
    var input = ByteBuffer()
    /// A chunked request as it would have come with a length: its head, then its body.
    var assembled = ByteBuffer()
    /// Answers that the socket would not take yet.
    var output = ByteBuffer()
    /// What it has used of the processor.
    var share = Share()
    /// The handler's work on its request, where that takes longer than one visit.
    var work = Connection.noWork
    /// What the handler counts of the connection.
    var account: UInt32 = 0
    /// Whether others go before it, however little it has used of the processor: in a handshake,
    /// which costs more than most requests, and after an answer that was costly to make.
    var isBehind = false
    private var countedBytes: UInt32 = 0
    private var deadlineSecond: Int32 = 0
    private var retirementSecond: Int32 = 0
    /// How fast its body comes, or its answers go.
    var pace = TransferPace()

    init(limits: Limits) { parser = RequestParser(limits: limits) }

    /// Where a connection waits to be served.
    enum Place: UInt8 {
        case none
        /// Among those that have used little of the processor; to be read.
        case fresh
        case waiting
        /// The same, and nothing has been read of what its socket has.
        case waitingToRead
        /// Outside the schedule, until its request can begin.
        case parked
    }

    /// Its part in the server's sum of what is buffered.
    var countedByteCount: Int {
        get { Int(countedBytes) }
        set { countedBytes = UInt32(clamping: newValue) }
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

    static let noWork: Int32 = -1
    /// The request is whole, and its work could not begin yet.
    static let workToBegin: Int32 = -2

    /// Whether its request has come as a whole and waits for the handler.
    var isWhole: Bool { work != Connection.noWork }

    /// Whether it waits to be served.
    var isQueued: Bool { place != .none }

    /// Whether a request has begun to arrive.
    var isInRequest: Bool {
        switch phase {
        case .free, .proxyHeader, .handshake, .lingering: false
        case .head: !input.isEmpty
        case .body, .chunked: true
        }
    }

    /// What it keeps in memory beside itself: storage that has been written to.
    ///
    /// A body with a length never fills more than that of what its buffer may have grown to; a
    /// chunked body only grows.
    var bufferedByteCount: Int {
        var byteCount = input.capacity + output.capacity + assembled.count
        if case .body(let length) = phase {
            byteCount -= max(0, input.capacity - head.byteCount - length)
        }
        return byteCount
    }

    /// Bytes are awaited, of a body or by a peer that takes its answers.
    mutating func beginTransfer(now: Int64, limits: borrowing Limits) {
        pace = TransferPace()
        deadline = now + Int64(limits.bodyTimeoutSeconds)
    }

    /// Some of them have come or gone.
    mutating func continueTransfer(by byteCount: Int, now: Int64, limits: borrowing Limits) {
        deadline = pace.deadline(after: deadline, moved: byteCount, now: now, limits: limits)
    }

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
