import Bytes

/// One `name=value` of a query, still encoded.
package struct QueryParameter: Sendable, Equatable {
    package var name: Range<Int>
    /// Empty, too, when there is no `=`.
    package var value: Range<Int>
}

/// Takes a query, or an `application/x-www-form-urlencoded` body, apart at `&` and `=`
/// (URL Standard, 5.1); empty pieces are left out.
///
/// It holds offsets only: give it the same bytes at every call.
package struct QueryParameters: Sendable {
    private var rest: Range<Int>

    package init(_ range: Range<Int>) { rest = range }

    package mutating func next(in bytes: Span<UInt8>) -> QueryParameter? {
        while !rest.isEmpty {
            let end = bytes.first(of: UInt8(ascii: "&"), in: rest) ?? rest.upperBound
            let piece = rest.lowerBound..<end
            rest = min(end + 1, rest.upperBound)..<rest.upperBound
            if piece.isEmpty { continue }
            let equals = bytes.first(of: UInt8(ascii: "="), in: piece)
            return QueryParameter(
                name: piece.lowerBound..<(equals ?? end),
                value: (equals.map { $0 + 1 } ?? end)..<end)
        }
        return nil
    }

    /// Appends `encoded` to `decoded`: `+` is a space and `%xy` an octet, NUL and all.
    ///
    /// At an invalid escape, `decoded` is left as it was and `invalidEscape` thrown.
    package static func decode(
        _ encoded: Range<Int>, of bytes: Span<UInt8>, into decoded: inout ByteBuffer
    ) throws(RequestError) {
        let count = decoded.count
        decoded.reserve(encoded.count)
        var index = encoded.lowerBound
        while index < encoded.upperBound {
            guard let byte = decodeOctet(at: &index, before: encoded.upperBound, of: bytes) else {
                decoded.truncate(to: count)
                throw .invalidEscape
            }
            decoded.append(byte)
        }
    }

    /// Whether `encoded`, once decoded, is `literal`.
    package static func matches(
        _ encoded: Range<Int>, of bytes: Span<UInt8>, _ literal: StaticString
    ) -> Bool {
        var index = encoded.lowerBound
        for offset in 0..<literal.utf8CodeUnitCount {
            guard index < encoded.upperBound,
                let byte = decodeOctet(at: &index, before: encoded.upperBound, of: bytes),
                byte == literal.utf8Start[offset]
            else { return false }
        }
        return index == encoded.upperBound
    }

    @inline(__always)
    private static func decodeOctet(
        at index: inout Int, before end: Int, of bytes: Span<UInt8>
    ) -> UInt8? {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "+") { return UInt8(ascii: " ") }
        guard byte == UInt8(ascii: "%") else { return byte }
        guard index + 2 <= end, let high = bytes[index].hexadecimalValue,
            let low = bytes[index + 1].hexadecimalValue
        else { return nil }
        index += 2
        return high << 4 | low
    }
}
