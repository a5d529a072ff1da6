// SPDX-License-Identifier: Apache-2.0

/// How the end of a request's body is found (RFC 9112, 6.3).
package enum BodyFraming: Sendable, Equatable {
    /// Neither length nor transfer coding: a request without a body.
    case none
    case length(Int)
    case chunked

    /// Reads a `Content-Length`: digits alone (RFC 9110, 8.6), saturating instead of overflowing.
    static func contentLength(
        _ bytes: Span<UInt8>, _ value: Range<Int>
    ) throws(RequestError) -> Int {
        if value.isEmpty { throw .invalidContentLength }
        var length = 0
        for index in value {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else {
                // RFC 9110, 8.6 lets a recipient merge identical values in a list; in practice only
                // clients that look for two parsers that disagree send them.
                let isList = bytes.first(of: UInt8(ascii: ","), in: value) != nil
                throw isList ? .repeatedContentLength : .invalidContentLength
            }
            let (product, overflowed) = length.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int(digit))
            length = overflowed || carried ? .max : sum
        }
        return length
    }

    /// Accepts exactly `chunked`, the only transfer coding that this server supports.
    static func checkTransferEncoding(
        _ bytes: Span<UInt8>, _ value: Range<Int>
    ) throws(RequestError) {
        if bytes.equalsIgnoringCase(value, "chunked") { return }
        // RFC 9112, 6.1: 501 for an unknown coding. A `chunked` with parameters, twice, or not last
        // is not an unknown coding but an attempt to be read in two ways: 400.
        if value.isEmpty { throw .invalidTransferEncoding }
        var start = value.lowerBound
        while start <= value.upperBound {
            let comma = bytes.first(of: UInt8(ascii: ","), in: start..<value.upperBound)
            let end = comma ?? value.upperBound
            let member = bytes.trimmingWhitespace(start..<end)
            let nameEnd = bytes.end(of: .token, in: member)
            let isChunked = bytes.equalsIgnoringCase(member.lowerBound..<nameEnd, "chunked")
            let isLast = comma == nil && nameEnd == member.upperBound
            guard nameEnd > member.lowerBound, !isChunked || isLast,
                nameEnd == member.upperBound || isParameterStart(bytes[nameEnd])
            else { throw .invalidTransferEncoding }
            start = end + 1
        }
        // `chunked, chunked` has failed above, because its first member is not last.
        throw .unsupportedTransferCoding
    }

    private static func isParameterStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ";") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
