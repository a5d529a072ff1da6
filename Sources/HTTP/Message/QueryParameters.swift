// SPDX-License-Identifier: Apache-2.0

import Bytes

/// One `name=value` of a query, still encoded.
package struct QueryParameter: Sendable, Equatable {
    package var name: Range<Int>
    /// Also empty if there is no `=`.
    package var value: Range<Int>
}

/// Splits a query at `&` and `=` (URL Standard, 5.1), and skips empty pieces.
///
/// It holds only offsets, so every call must pass the same bytes.
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

    /// Whether `encoded`, once decoded, is `literal`.
    package static func matches(
        _ encoded: Range<Int>, of bytes: Span<UInt8>, _ literal: StaticString
    ) -> Bool {
        var index = encoded.lowerBound
        for offset in 0..<literal.utf8CodeUnitCount {
            guard index < encoded.upperBound,
                bytes.formByte(at: &index, before: encoded.upperBound)
                    == literal.utf8Start[offset]
            else { return false }
        }
        return index == encoded.upperBound
    }
}
