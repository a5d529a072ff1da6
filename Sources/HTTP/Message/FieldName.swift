/// The header fields that this server acts on.
enum FieldName: UInt8, CaseIterable {
    case host, connection, contentLength, contentType, contentEncoding, transferEncoding
    case expect, authorization, requestID, apiKey
    case origin, accessControlRequestMethod
    case other

    /// Field names are case-insensitive (RFC 9110, 5.1); the length tells most of them apart.
    @inline(__always)
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        @inline(__always)
        func matches(_ name: StaticString) -> Bool { bytes.equalsIgnoringCase(range, name) }
        self =
            switch range.count {
            case 4 where matches("host"): .host
            case 6 where matches("expect"): .expect
            case 6 where matches("origin"): .origin
            case 9 where matches("x-api-key"): .apiKey
            case 10 where matches("connection"): .connection
            case 12 where matches("content-type"): .contentType
            case 12 where matches("x-request-id"): .requestID
            case 13 where matches("authorization"): .authorization
            case 14 where matches("content-length"): .contentLength
            case 16 where matches("content-encoding"): .contentEncoding
            case 17 where matches("transfer-encoding"): .transferEncoding
            case 29 where matches("access-control-request-method"): .accessControlRequestMethod
            default: .other
            }
    }

    /// The bit that remembers that the field was seen.
    @inline(__always) var bit: UInt32 { 1 &<< UInt32(rawValue) }
}
