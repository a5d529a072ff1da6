// SPDX-License-Identifier: Apache-2.0

/// The types of `Content-Type` that ingest distinguishes; the header is a hint, not a promise.
package enum MediaType: UInt8, Sendable {
    /// No `Content-Type`, or an empty one.
    case missing
    /// `application/json` and `application/*+json`.
    case json
    /// One JSON value a line, under the names that clients use for it.
    case ndjson
    /// `application/json-seq` (RFC 7464) and `application/*+json-seq`.
    case sequence
    /// `application/x-www-form-urlencoded`, which `curl -d` sends for everything.
    case form
    /// `text/plain`.
    case text
    case other
    // Bodies that cannot be stored at all: the answer is 415.
    /// Several bodies in one, as `curl -F` sends them.
    case multipart
    /// Binary content: pictures, archives, binary encodings.
    case binary
    /// Text of any type in a charset other than UTF-8.
    case foreignText

    /// Whether bodies of this type are read.
    package var isSupported: Bool { rawValue <= MediaType.other.rawValue }

    /// Reads a media type and its charset (RFC 9110, 8.3.1 and 8.3.2).
    init(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        let end = bytes.first(of: UInt8(ascii: ";"), in: value) ?? value.upperBound
        let range = bytes.trimmingWhitespace(value.lowerBound..<end)
        func matches(_ name: StaticString) -> Bool { bytes.equalsIgnoringCase(range, name) }
        self =
            switch range.count {
            case 0: value.isEmpty ? .missing : .other
            case 10 where matches("text/plain"): .text
            case 16 where matches("application/json"): .json
            case 33 where matches("application/x-www-form-urlencoded"): .form
            default: Self.other(bytes, range)
            }
        if end < value.upperBound, isSupported,
            Self.isForeign(bytes, charset: MediaTypeParameters(end..<value.upperBound))
        {
            self = .foreignText
        }
    }

    private static func other(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MediaType {
        guard let subtype = bytes.dropping("application/", from: range) else {
            if bytes.dropping("multipart/", from: range) != nil { return .multipart }
            return isBinary(bytes, range) ? .binary : .other
        }
        // RFC 6838, 3.4: the x- prefix means only 'not registered'.
        let name = bytes.dropping("x-", from: subtype) ?? subtype
        func matches(_ other: StaticString) -> Bool { bytes.equalsIgnoringCase(name, other) }
        if matches("ndjson") || matches("jsonl") || matches("jsonlines") || matches("json-lines")
            || matches("json-stream")
        {
            return .ndjson
        }
        if matches("json-seq") || bytes.ends(subtype, with: "+json-seq") { return .sequence }
        if bytes.ends(subtype, with: "+json") { return .json }
        return isBinary(bytes, application: subtype, name) ? .binary : .other
    }

    private static func isBinary(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes.dropping("image/", from: range) != nil || bytes.dropping("audio/", from: range) != nil
            || bytes.dropping("video/", from: range) != nil
            || bytes.dropping("font/", from: range) != nil
            || bytes.dropping("model/", from: range) != nil
    }

    /// `application/octet-stream` says nothing, and some clients send text with it.
    private static func isBinary(
        _ bytes: Span<UInt8>, application subtype: Range<Int>, _ name: Range<Int>
    ) -> Bool {
        func matches(_ other: StaticString) -> Bool { bytes.equalsIgnoringCase(name, other) }
        return matches("gzip") || matches("zip") || matches("zip-compressed") || matches("zstd")
            || matches("tar") || matches("bzip2") || matches("xz") || matches("7z-compressed")
            || matches("compress") || matches("compressed") || matches("pdf") || matches("wasm")
            || matches("protobuf") || matches("vnd.google.protobuf") || matches("msgpack")
            || matches("vnd.msgpack") || matches("cbor") || matches("avro")
            || bytes.ends(subtype, with: "+gzip") || bytes.ends(subtype, with: "+zip")
            || bytes.ends(subtype, with: "+cbor") || bytes.ends(subtype, with: "+protobuf")
    }

    /// Whether the charset is one that UTF-8 does not include.
    private static func isForeign(
        _ bytes: Span<UInt8>, charset parameters: MediaTypeParameters
    ) -> Bool {
        var parameters = parameters
        while let (name, value) = parameters.next(in: bytes) {
            guard bytes.equalsIgnoringCase(name, "charset") else { continue }
            func matches(_ name: StaticString) -> Bool { bytes.equalsIgnoringCase(value, name) }
            let isUTF8 =
                value.isEmpty || matches("utf-8") || matches("utf8") || matches("us-ascii")
                || matches("ascii")
            if !isUTF8 { return true }
        }
        return false
    }
}

/// The parameters after a media type, `; name=value` each (RFC 9110, 5.6.6).
private struct MediaTypeParameters {
    private var rest: Range<Int>

    init(_ range: Range<Int>) { rest = range }

    /// The next name, and its value without quotes.
    mutating func next(in bytes: Span<UInt8>) -> (name: Range<Int>, value: Range<Int>)? {
        guard let semicolon = bytes.first(of: UInt8(ascii: ";"), in: rest) else { return nil }
        let start = semicolon + 1
        // A semicolon in quotes belongs to the value.
        var end = start
        var isQuoted = false
        while end < rest.upperBound, isQuoted || bytes[end] != UInt8(ascii: ";") {
            if bytes[end] == UInt8(ascii: "\"") { isQuoted.toggle() }
            end += 1
        }
        rest = end..<rest.upperBound
        let equals = bytes.first(of: UInt8(ascii: "="), in: start..<end) ?? end
        let value = bytes.trimmingWhitespace(min(equals + 1, end)..<end)
        return (bytes.trimmingWhitespace(start..<equals), bytes.droppingQuotes(value))
    }
}

extension Span where Element == UInt8 {
    fileprivate func ends(_ range: Range<Int>, with suffix: StaticString) -> Bool {
        let start = range.upperBound - suffix.utf8CodeUnitCount
        return start > range.lowerBound && equalsIgnoringCase(start..<range.upperBound, suffix)
    }

    fileprivate func droppingQuotes(_ range: Range<Int>) -> Range<Int> {
        let quote = UInt8(ascii: "\"")
        guard range.count >= 2, self[range.lowerBound] == quote,
            self[range.upperBound - 1] == quote
        else { return range }
        return range.lowerBound + 1..<range.upperBound - 1
    }
}
