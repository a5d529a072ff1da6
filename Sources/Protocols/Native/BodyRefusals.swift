// SPDX-License-Identifier: Apache-2.0

import HTTP
import Ingest

extension ContentEncoding {
    /// The coding of a body on a path that prescribes none.
    ///
    /// - Throws: why it cannot be read.
    package func coding() throws(Refusal) -> ContentCoding {
        switch self {
        case .identity: .identity
        case .gzip: .gzip
        case .deflate: .deflate
        case .zstd: .zstd
        case .snappy, .brotli, .compress, .none, .several, .unsupported: throw refusal
        }
    }

    /// The field of a 415 that lists the accepted codings (RFC 9110, 15.5.16).
    package static var accepted: StaticString { "Accept-Encoding: gzip, deflate, zstd\r\n" }

    /// Why a body with this coding is rejected.
    package var refusal: Refusal {
        Refusal(
            .unsupportedMediaType, "unsupported_encoding", message,
            headers: ResponseHeaders(fields: Self.accepted))
    }

    private var message: StaticString {
        switch self {
        case .none:
            "Content-Encoding: none is not a coding; leave the header out for a body that is not compressed, or send gzip, deflate or zstd."
        case .brotli:
            "Content-Encoding: br (Brotli) is not supported; send gzip, deflate or zstd, or no Content-Encoding for a body that is not compressed."
        case .snappy:
            "Content-Encoding: snappy is not supported on this path; send gzip, deflate or zstd, or no Content-Encoding for a body that is not compressed."
        case .compress:
            "Content-Encoding: compress is not supported; send gzip, deflate or zstd, or no Content-Encoding for a body that is not compressed."
        case .several:
            "The Content-Encoding lists several codings; send one, gzip, deflate or zstd, or none of them for a body that is not compressed."
        default:
            "The Content-Encoding is not supported; send gzip, deflate or zstd, or no Content-Encoding for a body that is not compressed."
        }
    }
}

extension MediaType {
    /// The field of a 415 that lists the accepted types (RFC 9110, 15.5.16).
    private static var accepted: StaticString {
        "Accept: application/json, application/x-ndjson, application/json-seq, text/plain;charset=utf-8, application/x-www-form-urlencoded\r\n"
    }

    /// Why a body with this type is rejected.
    package var refusal: Refusal {
        let headers = ResponseHeaders(fields: Self.accepted)
        return self == .foreignText
            ? Refusal(.unsupportedMediaType, "unsupported_charset", message, headers: headers)
            : Refusal(.unsupportedMediaType, "unsupported_type", message, headers: headers)
    }

    private var message: StaticString {
        switch self {
        case .multipart:
            "A multipart body (curl -F) is not supported; send the content alone, as curl --data-binary @FILE does, with its own Content-Type."
        case .foreignText:
            "The charset of the Content-Type is not UTF-8; convert the text (iconv -t UTF-8) and send it as UTF-8."
        default:
            "The Content-Type is not text, and a log holds only text; send JSON, NDJSON or UTF-8 text, and compressed text with Content-Encoding."
        }
    }
}
