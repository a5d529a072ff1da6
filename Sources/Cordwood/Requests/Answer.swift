import HTTP
import Ingest

/// An answer that the worker has promised and will write at the end of the turn.
struct Answer {
    enum Content {
        /// Records went into the batch of the stream with this index.
        case ingested(stream: Int, report: IngestReport, isDurable: Bool)
        /// The body could not be read at all.
        case unreadable(IngestError)
        /// A stream's file cannot be opened.
        case unavailable
        /// The stream would be one too many.
        case tooManyStreams
        /// The file system is nearly full.
        case diskLow
        /// The worker has as much to do as it may have.
        case overload(Overload)
        case malformed(RequestError)
        case failure(Failure)
        case denied(AccessRefusal)
        /// A word of plain text.
        case text(StaticString)
        /// Nothing but the status 200.
        case empty
        /// The methods that the path has (RFC 9110, 9.3.7).
        case methods(StaticString)
        case readiness
        case health
        case metrics
        case page
        case streamList
        case tail(TailQuery)
        case contract
    }

    var content: Content
    /// The place of the route's label.
    var route: Int
    /// Where the worker keeps the request's id until the end of the turn.
    var requestID: Range<Int>
    /// The place of the token that came with it; -1: none did.
    var sender = -1
    /// Monotonic nanosecond at which the request had come, if that was not in this turn; else 0.
    var startedAt: Int64 = 0
    var isHead = false
    /// Whether an HTTP/1.0 client asked to keep the connection.
    var confirmsKeepAlive = false
    /// Where the encoder keeps what lets a page of another origin read it; empty: nothing does.
    var sharing = 0..<0
}

/// What there is at a listener, for a sentence that leads there from where nothing is.
enum Signpost {
    case records
    case recordsAndPage
    /// A listener for operators.
    case administration

    /// For a path that is none.
    var ofPath: StaticString {
        switch self {
        case .records: "There is nothing at this path; records go to /logs or /logs/{stream}."
        case .recordsAndPage:
            "There is nothing at this path; records go to /logs or /logs/{stream}, and a browser finds a page at /ui."
        case .administration:
            "There is nothing at this path of a listener that takes no records; a browser finds a page at /ui, programs /health, /readyz and /metrics."
        }
    }

    /// For a path that ends with a slash.
    var ofSlash: StaticString {
        switch self {
        case .records:
            "The path ends with '/', and no path here does; leave it out, as in /logs/web."
        case .recordsAndPage:
            "The path ends with '/', and no path here does; leave it out, as in /logs/web and /ui."
        case .administration:
            "The path ends with '/', and no path here does; leave it out, as in /ui."
        }
    }

    /// For a method that a path of records does not have, as a browser's GET.
    var ofMethod: StaticString {
        switch self {
        case .records, .administration:
            "Records are sent here by POST, as to /logs and /logs/{stream}; Allow lists the methods. For a browser there is a page at /ui once ui.enabled is true, or at an address of admin.listen."
        case .recordsAndPage:
            "Records are sent here by POST, as to /logs and /logs/{stream}; Allow lists the methods. A browser finds a page at /ui."
        }
    }
}

/// Why a request that is well formed is refused.
enum Failure {
    case noSuchPath(Signpost)
    case noSuchStream
    /// With the code that it has without the slash.
    case trailingSlash(code: StaticString, Signpost)
    case methodNotAllowed(StaticString)
    /// The same, where records are sent.
    case sendRecords(StaticString, Signpost)
    case streamNotAllowed
    case unsupportedEncoding(ContentEncoding)
    case unsupportedType(MediaType)
    case invalidAck
    case invalidAtomic
    case malformedTailQuery
    case unknownStream

    var status: Status {
        switch self {
        case .noSuchPath, .noSuchStream, .trailingSlash, .unknownStream: .notFound
        case .methodNotAllowed, .sendRecords: .methodNotAllowed
        case .streamNotAllowed: .forbidden
        case .unsupportedEncoding, .unsupportedType: .unsupportedMediaType
        case .invalidAck, .invalidAtomic, .malformedTailQuery: .badRequest
        }
    }

    var code: StaticString {
        switch self {
        case .noSuchPath: "no_such_path"
        case .noSuchStream: "no_such_stream"
        case .trailingSlash(let code, _): code
        case .methodNotAllowed, .sendRecords: "method_not_allowed"
        case .streamNotAllowed: "stream_not_allowed"
        case .unsupportedEncoding: "unsupported_encoding"
        case .unsupportedType(.foreignText): "unsupported_charset"
        case .unsupportedType: "unsupported_type"
        case .invalidAck: "invalid_ack"
        case .invalidAtomic: "invalid_atomic"
        case .malformedTailQuery: "malformed_query"
        case .unknownStream: "unknown_stream"
        }
    }

    var message: StaticString {
        switch self {
        case .noSuchPath(let signpost): signpost.ofPath
        case .sendRecords(_, let signpost): signpost.ofMethod
        case .noSuchStream:
            "A stream's name is a to z, 0 to 9, '.', '_' and '-', at most 64 of them, begins with a letter or digit, and has neither '..' nor the ending '.rejected'."
        case .trailingSlash(_, let signpost): signpost.ofSlash
        case .methodNotAllowed:
            "This path has no such method; Allow lists those that it has."
        case .streamNotAllowed:
            "This stream is not among those that streams.allow permits."
        case .unsupportedEncoding(let encoding): encoding.refusal
        case .unsupportedType(let type): type.refusal
        case .invalidAck:
            "The query's ack is neither write nor fsync; send one of them, or leave it out."
        case .invalidAtomic:
            "The query's atomic is neither true nor false; send one of them, or leave it out."
        case .malformedTailQuery:
            "Ask with stream=NAME, and to go on with file=FILE&from=OFFSET as the answer before said."
        case .unknownStream:
            "There is no stream of this name; /ui/streams lists those that there are."
        }
    }

    var headers: ResponseHeaders {
        var headers = ResponseHeaders()
        switch self {
        case .methodNotAllowed(let allow), .sendRecords(let allow, _): headers.allow = allow
        case .unsupportedEncoding: headers.fields = ContentEncoding.accepted
        case .unsupportedType: headers.fields = MediaType.accepted
        default: break
        }
        return headers
    }
}
