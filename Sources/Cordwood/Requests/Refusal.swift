import HTTP
import Ingest

/// How a body that could not be read at all is answered.
struct Refusal {
    var status: Status
    var code: StaticString
    var message: StaticString
    /// The limit that was exceeded, in bytes.
    var limit: Int?
    /// Further header fields, each with its CRLF.
    var fields: StaticString?

    init(_ error: IngestError) {
        status = .badRequest
        switch error {
        case .emptyBody:
            code = "empty_body"
            message = "There is no record in the body; send one."
        case .corruptCompression:
            code = "corrupt_body"
            message =
                "The compressed body is damaged, or something follows it; compress it again."
        case .notCompressed:
            code = "not_compressed"
            message =
                "The body is not compressed as its Content-Encoding says; send it without that header, or compress it."
        case .compressed(let compression):
            status = .unsupportedMediaType
            code = "undeclared_compression"
            message = compression.refusal
            fields = ContentEncoding.accepted
        case .truncatedCompression:
            code = "truncated_body"
            message = "The compressed body ends too early; send all of it."
        case .decodedTooLarge(let byteCount):
            status = .contentTooLarge
            code = "decoded_body_too_large"
            message = "The body is over the limit once decoded; send smaller batches."
            limit = byteCount
        case .batchTooLarge(let byteCount):
            status = .contentTooLarge
            code = "batch_too_large"
            message = "The records would be over the limit in the file; send smaller batches."
            limit = byteCount
        case .outOfMemory:
            status = .serviceUnavailable
            code = "out_of_memory"
            message = "There is no memory for this body; send it again later."
        }
    }
}

extension Overload {
    var code: StaticString {
        switch self {
        case .connections: "too_many_connections"
        case .connectionsPerAddress: "too_many_connections_per_address"
        case .requestsInFlight: "too_many_requests_in_flight"
        case .bufferedBytes: "too_many_buffered_bytes"
        case .memory: "out_of_memory"
        }
    }

    var message: StaticString {
        switch self {
        case .connections:
            "There are more connections than limits.connections; send again later."
        case .connectionsPerAddress:
            "There are more connections from this address than limits.connections_per_address; close some, or send again later."
        case .requestsInFlight:
            "More requests are on their way than limits.requests_in_flight; send again later."
        case .bufferedBytes:
            "More bytes are held in memory than limits.buffered_bytes; send again later."
        case .memory: "There is no memory for this body; send it again later."
        }
    }

    /// Where it is counted.
    var cell: Cell {
        switch self {
        case .connections: .overloadConnections
        case .connectionsPerAddress: .overloadConnectionsPerAddress
        case .requestsInFlight: .overloadRequestsInFlight
        case .bufferedBytes: .overloadBufferedBytes
        case .memory: .overloadMemory
        }
    }
}

extension Compression {
    fileprivate var refusal: StaticString {
        switch self {
        case .gzip:
            "The body looks like gzip; compress it once and send Content-Encoding: gzip."
        case .zstandard:
            "The body looks like zstd, which is not understood; send it as it is, or compressed with gzip and Content-Encoding: gzip."
        }
    }
}

extension Failure {
    /// Why the body that `head` announces cannot be read, whatever is in it.
    init?(bodyOf head: RequestHead) {
        guard head.method != .get else { return nil }
        if !head.contentEncoding.isSupported {
            self = .unsupportedEncoding(head.contentEncoding)
        } else if !head.mediaType.isSupported {
            self = .unsupportedType(head.mediaType)
        } else {
            return nil
        }
    }
}

extension ContentEncoding {
    /// What a 415 lists (RFC 9110, 15.5.16).
    static var accepted: StaticString { "Accept-Encoding: gzip, deflate\r\n" }

    var refusal: StaticString {
        switch self {
        case .none:
            "Content-Encoding: none is no coding; leave the header out for a body that is not compressed, or send gzip or deflate."
        case .brotli:
            "Content-Encoding: br (Brotli) is not understood; send gzip or deflate, or no Content-Encoding for a body that is not compressed."
        case .zstandard:
            "Content-Encoding: zstd is not understood; send gzip or deflate, or no Content-Encoding for a body that is not compressed."
        case .compress:
            "Content-Encoding: compress is not understood; send gzip or deflate, or no Content-Encoding for a body that is not compressed."
        case .several:
            "The Content-Encoding lists several codings; send one, gzip or deflate, or none of them for a body that is not compressed."
        default:
            "The Content-Encoding is not one that is understood; send gzip or deflate, or no Content-Encoding for a body that is not compressed."
        }
    }
}

extension MediaType {
    /// What a 415 lists (RFC 9110, 15.5.16).
    static var accepted: StaticString {
        "Accept: application/json, application/x-ndjson, application/json-seq, text/plain;charset=utf-8, application/x-www-form-urlencoded\r\n"
    }

    var refusal: StaticString {
        switch self {
        case .multipart:
            "A multipart body (curl -F) is not taken apart; send the content alone, as curl --data-binary @FILE does, with its own Content-Type."
        case .foreignText:
            "The charset of the Content-Type is not UTF-8, the only one that is stored; convert the text (iconv -t UTF-8) and send it as UTF-8."
        default:
            "The Content-Type is never text, and a log holds nothing else; send JSON, NDJSON or UTF-8 text, and compressed text with Content-Encoding."
        }
    }
}

extension ContentCoding {
    /// What the body is compressed with.
    ///
    /// One that is not understood has been refused before.
    init(_ encoding: ContentEncoding) {
        switch encoding {
        case .gzip: self = .gzip
        case .deflate: self = .deflate
        default: self = .identity
        }
    }
}

extension BodyFormat {
    /// What the media type says the body is: a hint.
    init(_ type: MediaType) {
        switch type {
        case .json: self = .json
        case .ndjson: self = .ndjson
        case .sequence: self = .sequence
        case .form: self = .form
        case .text: self = .text
        // Those that are not supported have been refused before.
        case .missing, .other, .multipart, .binary, .foreignText: self = .unknown
        }
    }
}
