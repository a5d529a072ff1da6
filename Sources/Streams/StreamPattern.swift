// SPDX-License-Identifier: Apache-2.0

/// The name of a stream, or a pattern in which `*` stands for any text.
package struct StreamPattern: Sendable, Equatable, CustomStringConvertible {
    /// The rule of patterns, to complete the sentence 'it must be …'.
    package static let allowed = "names of streams in which * stands for any text"

    /// Matches every name.
    package static let any = StreamPattern(bytes: [star])

    private let bytes: [UInt8]

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a pattern: the characters of names, and `*` anywhere.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let isAllowed = bytes.allSatisfy { StreamName.isCharacter($0) || $0 == Self.star }
        guard 1...StreamName.maximumByteCount ~= bytes.count, isAllowed else { return nil }
        self.bytes = bytes
    }

    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it has no star, so that it matches one name at most.
    package var isName: Bool { !bytes.contains(Self.star) }

    /// Whether `other` matches no name that this pattern does not match.
    ///
    /// Only a star matches a star: the pattern that matches another one as if it were a name matches
    /// every name that the other does.
    package func covers(_ other: StreamPattern) -> Bool { matches(other.bytes.span) }

    package func matches(_ name: Span<UInt8>) -> Bool {
        var (index, place) = (0, 0)
        // The place after the last star so far, and the part of the name that the star covers so
        // far. Only that star ever has to cover more, because every text before it was found as
        // early as possible.
        var (behindStar, reached) = (0, 0)
        while index < name.count {
            if place < bytes.count, bytes[place] == Self.star {
                place += 1
                (behindStar, reached) = (place, index)
            } else if place < bytes.count, bytes[place] == name[index] {
                (index, place) = (index + 1, place + 1)
            } else if behindStar > 0 {
                reached += 1
                (index, place) = (reached, behindStar)
            } else {
                return false
            }
        }
        return bytes[place...].allSatisfy { $0 == Self.star }
    }

    private static let star = UInt8(ascii: "*")
}

extension [StreamPattern] {
    /// Whether one of the patterns matches the name.
    package func allow(_ name: Span<UInt8>) -> Bool {
        for pattern in self where pattern.matches(name) { return true }
        return false
    }
}
