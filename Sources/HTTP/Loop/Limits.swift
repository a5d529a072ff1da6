/// What one connection may ask of this process: a name for every bound, and its default.
///
/// Sizes are bytes. What is over a limit has a documented answer, named beside it.
package struct Limits: Sendable, Equatable {
    /// The request line without its CRLF; a longer one is 414.
    package var requestLineByteCount = 16 << 10
    /// All header lines with their CRLF, the blank line apart; more is 431.
    package var headerByteCount = 32 << 10
    /// Header lines; one more is 431.
    package var headerCount = 100

    /// A body as it comes, still compressed but without chunk framing; a larger one is 413.
    package var bodyByteCount = 32 << 20
    /// The chunk extensions of one body together; more is 400.
    package var chunkExtensionByteCount = 16 << 10
    /// All trailer lines with their CRLF; more is 431.
    package var trailerByteCount = 8 << 10
    /// Trailer lines; one more is 431.
    package var trailerCount = 32

    /// Connections per process; beyond them a request is 503 and its connection's last.
    package var connections = 4096
    /// Connections beyond `connections` that are accepted to be told so; beyond these too nothing
    /// is accepted until one ends.
    package var surplusConnections = 64
    /// Connections per process and address, 0 for any number; beyond them as beyond `connections`.
    package var connectionsPerAddress = 0
    /// Connections of one address beyond `connectionsPerAddress` that are accepted to be told so;
    /// beyond these they are closed without an answer.
    package var surplusConnectionsPerAddress = 16
    /// Requests whose bodies are on their way; one more is 503 before its body is read.
    package var requestsInFlight = 1024
    /// What all connections together keep of requests and answers; a request that would make it
    /// more is 503, before its body is read or in the middle of it.
    package var bufferedByteCount = 256 << 20
    /// Connections that the kernel queues for `accept`.
    package var listenBacklog = 1024
    /// Requests that are committed and answered together; with more the turn is cut short.
    package var requestsPerTurn = 1024
    /// Nanoseconds after which what a turn has brought is committed and answered.
    package var turnNanoseconds = 4_000_000
    /// Nanoseconds for which a connection is served before others are.
    package var visitNanoseconds = 1_000_000
    /// The same for one that has used little of the processor lately and goes before the others.
    package var freshVisitNanoseconds = 250_000

    /// From the first byte of a head to its last; a slower one is 408.
    package var headerTimeoutSeconds = 10
    /// For the pauses of a body, as far as it has not made up for them; longer ones are 408.
    ///
    /// The same holds for answers that a peer takes its time to receive.
    package var bodyTimeoutSeconds = 30
    /// Bytes a second that a body has to come at, and answers have to go at, on average; 0: any.
    package var minimumRate = 240
    /// Between two requests; the connection is then closed without a word.
    package var keepAliveTimeoutSeconds = 75
    /// For a connection beyond `connections` to send a request that can be refused.
    package var surplusTimeoutSeconds = 2
    /// Before an answer says `Connection: close`, so that long-lived clients spread over processes.
    package var connectionAgeSeconds = 300
    /// For requests in flight at shutdown.
    package var drainTimeoutSeconds = 8

    package init() {}
}
