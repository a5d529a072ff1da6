// SPDX-License-Identifier: Apache-2.0

/// What one connection may use of this process: a name and a default for every limit.
///
/// Sizes are bytes. What exceeds a limit has a documented answer, named beside it.
package struct Limits: Sendable, Equatable {
    /// The request line without its CRLF; a longer one is 414.
    package var requestLineByteCount = 16 << 10
    /// All header lines with their CRLF, without the blank line; more is 431.
    package var headerByteCount = 32 << 10
    /// Header lines; one more is 431.
    package var headerCount = 100

    /// A body as it arrives, still compressed but without chunk framing; a larger one is 413.
    package var bodyByteCount = 32 << 20
    /// The chunk extensions of one body together; more is 400.
    package var chunkExtensionByteCount = 16 << 10
    /// All trailer lines with their CRLF; more is 431.
    package var trailerByteCount = 8 << 10
    /// Trailer lines; one more is 431.
    package var trailerCount = 32

    /// Connections per process; beyond them a request is answered 503 and its connection closed.
    package var connections = 4096
    /// Connections beyond `connections` that are accepted only to be answered 503; beyond these
    /// nothing is accepted until one ends.
    package var surplusConnections = 64
    /// Connections per process and address, 0 for any number; beyond them like beyond
    /// `connections`.
    package var connectionsPerAddress = 0
    /// Connections of one address beyond `connectionsPerAddress` that are accepted only to be
    /// answered 503; beyond these they are closed without an answer.
    package var surplusConnectionsPerAddress = 16
    /// Requests whose bodies are arriving; one more is 503 before its body is read.
    package var requestsInFlight = 1024
    /// Memory for the requests and answers of all connections together; a request that would exceed
    /// it is 503, before its body is read or in the middle of it.
    package var bufferedByteCount = 256 << 20
    /// Connections that the kernel queues for `accept`.
    package var listenBacklog = 1024
    /// Requests that are committed and answered together; more end the turn early.
    package var requestsPerTurn = 1024
    /// Nanoseconds after which a turn's requests are committed and answered.
    package var turnNanoseconds = 4_000_000
    /// Nanoseconds for which a connection is served before others get their turn.
    package var visitNanoseconds = 1_000_000
    /// The same for a connection that has recently used little of the processor and goes first.
    package var freshVisitNanoseconds = 250_000

    /// From the first byte of a head to its last; a slower one is 408.
    package var headerTimeoutSeconds = 10
    /// The pauses of a body that it has not made up for; longer ones are 408.
    ///
    /// The same holds for answers that a peer is slow to receive.
    package var bodyTimeoutSeconds = 30
    /// The average rate, in bytes a second, at which a body must arrive and answers must be
    /// received; 0 for any.
    package var minimumRate = 240
    /// Between two requests; the connection is then closed without an answer.
    package var keepAliveTimeoutSeconds = 75
    /// For a connection beyond `connections` to send a request that can be rejected.
    package var surplusTimeoutSeconds = 2
    /// The age from which an answer says `Connection: close`, so that long-lived clients spread
    /// over processes.
    package var connectionAgeSeconds = 300
    /// For requests in flight at shutdown.
    package var drainTimeoutSeconds = 8

    package init() {}
}
