// SPDX-License-Identifier: Apache-2.0

import Access
import HTTP
import Ingest
import Protocols

// Why requests are rejected: a value for each reason. HTTP itself rejects malformed requests.

// MARK: Paths, methods and their parts

extension Problem {
    static func noSuchPath(_ signpost: Signpost) -> Problem {
        Problem(.notFound, "no_such_path", signpost.ofPath)
    }

    /// A path that would exist without its last slash, of a stream or of something else.
    static func trailingSlash(ofStream isOfStream: Bool, _ signpost: Signpost) -> Problem {
        isOfStream
            ? Problem(.notFound, "no_such_stream", signpost.ofSlash)
            : Problem(.notFound, "no_such_path", signpost.ofSlash)
    }

    static var noSuchStream: Problem {
        Problem(
            .notFound, "no_such_stream",
            "A stream's name is a to z, 0 to 9, '.', '_' and '-', at most 64 of them, begins with a letter or digit, and has neither '..' nor the ending '.rejected'."
        )
    }

    static var streamNotAllowed: Problem {
        Problem(
            .forbidden, "stream_not_allowed",
            "This stream is not among those that streams.allow permits.")
    }

    static var rawStream: Problem {
        Problem(
            .badRequest, "raw_stream",
            "The format of this stream is raw: it holds lines of text as they come, and this protocol sends objects; send to a stream whose format is json."
        )
    }

    static func methodNotAllowed(_ allow: MethodSet) -> Problem {
        Problem(
            .methodNotAllowed, "method_not_allowed",
            "This path does not support the method; Allow lists those that it supports.",
            headers: ResponseHeaders(allow: allow))
    }

    /// The same for a path that accepts records.
    static func sendRecords(_ allow: MethodSet, _ signpost: Signpost) -> Problem {
        Problem(
            .methodNotAllowed, "method_not_allowed", signpost.ofMethod,
            headers: ResponseHeaders(allow: allow))
    }

    static var invalidAck: Problem {
        Problem(
            .badRequest, "invalid_ack",
            "The query's ack is neither write nor fsync; send one of them, or leave it out.")
    }

    static var invalidAtomic: Problem {
        Problem(
            .badRequest, "invalid_atomic",
            "The query's atomic is neither true nor false; send one of them, or leave it out.")
    }

    static var malformedTailQuery: Problem {
        Problem(
            .badRequest, "malformed_query",
            "Send stream=NAME, and to continue, file=FILE&from=OFFSET from the last answer."
        )
    }

    static var unknownStream: Problem {
        Problem(
            .notFound, "unknown_stream",
            "No stream has this name; /ui/streams lists all streams.")
    }

    static func malformed(_ error: RequestError, limits: Limits) -> Problem {
        Problem(error.status, error.code, error.message, limit: error.limit(in: limits))
    }
}

// MARK: Bodies

extension Problem {
    /// A body that could not be read.
    init(_ error: IngestError) {
        switch error {
        case .emptyBody:
            self.init(
                .badRequest, "empty_body", "The body has no record; send at least one.")
        case .corruptCompression:
            self.init(
                .badRequest, "corrupt_body",
                "The compressed body is damaged, or something follows it; compress it again.")
        case .notCompressed:
            self.init(
                .badRequest, "not_compressed",
                "The body is not compressed as its Content-Encoding says; send it without that header, or compress it."
            )
        case .compressed(let compression):
            self.init(
                .unsupportedMediaType, "undeclared_compression", compression.message,
                headers: ResponseHeaders(fields: ContentEncoding.accepted))
        case .truncatedCompression:
            self.init(
                .badRequest, "truncated_body",
                "The compressed body ends too early; send all of it.")
        case .windowTooLarge(let byteCount):
            self.init(
                .unsupportedMediaType, "window_too_large",
                "The zstd body needs a window over the limit; compress it at level 19 or below, without --long or --ultra.",
                limit: byteCount, headers: ResponseHeaders(fields: ContentEncoding.accepted))
        case .decodedTooLarge(let byteCount):
            self.init(
                .contentTooLarge, "decoded_body_too_large",
                "The decoded body is over the limit; send smaller batches.",
                limit: byteCount)
        case .batchTooLarge(let byteCount):
            self.init(
                .contentTooLarge, "batch_too_large",
                "The records would be over the limit in the file; send smaller batches.",
                limit: byteCount)
        case .malformed:
            self.init(
                .badRequest, "malformed_body",
                "The body is not of the format that this path prescribes; check what is sent to it."
            )
        case .outOfMemory: self = .overload(.memory)
        }
    }
}

extension CompressedBody {
    fileprivate var message: StaticString {
        switch self {
        case .gzip:
            "The body looks like gzip; compress it once and send Content-Encoding: gzip."
        case .zstd:
            "The body looks like zstd; compress it once and send Content-Encoding: zstd."
        }
    }
}

// MARK: Temporary failures

extension Problem {
    static func overload(_ overload: Overload) -> Problem {
        switch overload {
        case .connections:
            .unavailable(
                "too_many_connections",
                "There are more connections than limits.connections; send again later.",
                counter: .overloadConnections)
        case .connectionsPerAddress:
            .unavailable(
                "too_many_connections_per_address",
                "There are more connections from this address than limits.connections_per_address; close some, or send again later.",
                counter: .overloadConnectionsPerAddress)
        case .requestsInFlight:
            .unavailable(
                "too_many_requests_in_flight",
                "More requests are in flight than limits.requests_in_flight; send again later.",
                counter: .overloadRequestsInFlight)
        case .bufferedBytes:
            .unavailable(
                "too_many_buffered_bytes",
                "More bytes are in memory than limits.buffered_bytes; send again later.",
                counter: .overloadBufferedBytes)
        case .memory:
            .unavailable(
                "out_of_memory", "There is no memory for this body; send it again later.",
                counter: .overloadMemory)
        }
    }

    static var diskLow: Problem {
        .unavailable(
            "disk_low",
            "The disk is nearly full and accepts no records until there is room; send again later.",
            counter: .overloadDiskLow)
    }

    static var tooManyStreams: Problem {
        .unavailable(
            "too_many_streams",
            "This would be a new stream, and streams.max_count is reached; write to an existing one, or send again later.",
            counter: .overloadStreams)
    }

    static var fileUnavailable: Problem {
        .unavailable(
            "write_failed", "The stream's file cannot be opened; send again later.",
            counter: .overloadWriteError)
    }

    static var notWritten: Problem {
        .unavailable(
            "write_failed",
            "The records could not be written; none of them is in the file; send again later.",
            counter: .overloadWriteError)
    }

    static var notSynchronized: Problem {
        .unavailable(
            "sync_failed",
            "The records could not be synchronized to the disk; send them again later.",
            counter: .overloadSyncError)
    }

    static var directoryUnreadable: Problem {
        .unavailable(
            "directory_unreadable",
            "The directory cannot be listed; the reason is in the diagnostic log.")
    }
}

// MARK: Missing rights

extension Problem {
    /// A request that its sender is not allowed to make (RFC 9110, 15.5.2 and 15.5.4; RFC 6585, 4);
    /// these have lines of their own in the log.
    init(_ denial: Denial) {
        switch denial {
        case .missing:
            self.init(
                .unauthorized, "missing_token",
                "A token is needed; send it as Authorization: Bearer, as the password of Basic beside its name, or as X-Api-Key.",
                // RFC 6750, 3.1: a request without credentials gets no error code.
                headers: ResponseHeaders(
                    wwwAuthenticate: #"Bearer realm="cordwood", Basic realm="cordwood""#),
                counter: .authMissing)
        case .wrong:
            self.init(
                .unauthorized, "wrong_token",
                "This token is unknown, or does not match the name or the other token that was sent with it.",
                headers: Self.invalidToken, counter: .authInvalid)
        case .expired:
            self.init(
                .unauthorized, "expired_token",
                "This token has expired; ask for a new one.",
                headers: Self.invalidToken, counter: .authExpired)
        case .streamNotAllowed:
            self.init(
                .forbidden, "stream_not_allowed", "This token may not write to this stream.",
                counter: .authStreamNotAllowed)
        case .notAnObserver:
            self.init(
                .forbidden, "not_an_observer",
                "This token may not read this; its line needs the word observe.",
                counter: .authNotAnObserver)
        case .tooManyGuesses(let seconds):
            self.init(
                .tooManyRequests, "too_many_wrong_tokens",
                "Too many wrong tokens came from this address; send the right one, or wait.",
                headers: ResponseHeaders(retryAfterSeconds: seconds), counter: .authRateLimited)
        }
        isMistake = false
    }

    private static var invalidToken: ResponseHeaders {
        ResponseHeaders(
            wwwAuthenticate:
                #"Bearer realm="cordwood", error="invalid_token", Basic realm="cordwood""#)
    }
}
