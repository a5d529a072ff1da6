// SPDX-License-Identifier: Apache-2.0

/// The members of a comma-separated field value (RFC 9110, 5.6.1), empty ones left out.
struct ListMembers {
    private var rest: Range<Int>

    init(_ value: Range<Int>) { rest = value }

    mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        while !rest.isEmpty {
            let end = bytes.first(of: UInt8(ascii: ","), in: rest) ?? rest.upperBound
            let member = bytes.trimmingWhitespace(rest.lowerBound..<end)
            rest = min(end + 1, rest.upperBound)..<rest.upperBound
            if !member.isEmpty { return member }
        }
        return nil
    }
}
