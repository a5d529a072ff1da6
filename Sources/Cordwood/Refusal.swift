import HTTP
import Ingest

/// How a body that could not be read at all is answered.
struct Refusal {
    var status: Status
    var code: StaticString
    var message: StaticString
    /// The limit that was exceeded, in bytes.
    var limit: Int?

    init(_ error: IngestError) {
        status = .badRequest
        switch error {
        case .emptyBody:
            code = "empty_body"
            message = "There is no record in the body; send one."
        case .corruptCompression:
            code = "corrupt_body"
            message = "The compressed body is damaged; compress it again."
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
        }
    }

    /// Where it is counted.
    var cell: Cell {
        switch self {
        case .connections: .overloadConnections
        case .connectionsPerAddress: .overloadConnectionsPerAddress
        case .requestsInFlight: .overloadRequestsInFlight
        case .bufferedBytes: .overloadBufferedBytes
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
        case .identity, .unsupported: self = .identity
        }
    }
}

extension BodyFormat {
    /// What the media type says the body is: a hint.
    init(_ type: MediaType) {
        switch type {
        case .json: self = .json
        case .ndjson: self = .ndjson
        case .form: self = .form
        case .text: self = .text
        case .missing, .other: self = .unknown
        }
    }
}
