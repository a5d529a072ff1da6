// SPDX-License-Identifier: Apache-2.0

/// The header fields that HTTP itself acts on; all others are those of a `FieldTable`.
enum FieldName: UInt8, CaseIterable {
    case host, connection, contentLength, contentType, contentEncoding, transferEncoding, expect
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
            case 10 where matches("connection"): .connection
            case 12 where matches("content-type"): .contentType
            case 14 where matches("content-length"): .contentLength
            case 16 where matches("content-encoding"): .contentEncoding
            case 17 where matches("transfer-encoding"): .transferEncoding
            default: .other
            }
    }

    /// The bit that remembers that the field was seen.
    @inline(__always) var bit: UInt32 { 1 &<< UInt32(rawValue) }
}
