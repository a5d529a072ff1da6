// SPDX-License-Identifier: Apache-2.0

/// What the media type of a body says it is: a hint, never more.
package enum BodyFormat: UInt8, Sendable, CaseIterable {
    /// No type, or one that says nothing.
    case unknown
    case json
    /// One JSON value a line.
    case ndjson
    /// `application/json-seq`: a record separator in front of each value (RFC 7464).
    case sequence
    case form
    /// The query of a GET, which is a form without a choice.
    case query
    case text
    /// A message of protobuf.
    case protobuf
}

/// The codings that a body may come in: those of RFC 9110, section 8.4.1, and RFC 8878, and two that
/// a protocol chooses.
package enum ContentCoding: UInt8, Sendable, CaseIterable {
    case identity, gzip, deflate, zstd
    /// One block of Snappy, or its framing format, which begins unlike any block. An object of JSON
    /// is read as it is.
    case snappy
    /// Gzip, zlib's format or zstd if the body begins like one of them, otherwise `identity`.
    case detected
}

/// How the records of a stream stand in its file, one per line.
package enum StreamFormat: String, Sendable, CaseIterable {
    /// Each line is a JSON object.
    case json
    /// Each line is what the client sent, with what could forge a line escaped.
    case raw
}
