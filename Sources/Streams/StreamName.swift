import Bytes

/// The names that streams may have: `[a-z0-9][a-z0-9._-]{0,63}`, never with `..` in it.
///
/// A name becomes a file's, so nothing that a path could mean may get through. Names that end in
/// `.rejected` belong to the rejected records of another stream.
package enum StreamName {
    package static let maximumByteCount = 64

    /// The rule of names, to complete the sentence 'it must be …'.
    package static let allowed =
        "1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit, no '..'"
    /// The rule of patterns, to complete the same sentence.
    package static let allowedPattern = "names of streams in which * stands for any text"

    package static func isValid(_ name: Span<UInt8>) -> Bool {
        guard !name.isEmpty, name.count <= maximumByteCount, isAlphanumeric(name[0]) else {
            return false
        }
        for index in 0..<name.count {
            let byte = name[index]
            guard isAlphanumeric(byte) || isPunctuation(byte) else { return false }
            if byte == UInt8(ascii: "."), index > 0, name[index - 1] == byte { return false }
        }
        return !name.hasSuffix(".rejected")
    }

    /// The stream that an active file belongs to, `app` for `app.log` and for `app.rejected.log`;
    /// nil for one that is no stream's.
    package static func stream(ofFile name: String) -> String? {
        guard name.hasSuffix(".log") else { return nil }
        let stem = name.dropLast(".log".count)
        return String(stem.hasSuffix(".rejected") ? stem.dropLast(".rejected".count) : stem)
    }

    /// Whether `pattern` can be a pattern of names: their characters, and `*` anywhere.
    package static func isValidPattern(_ pattern: Span<UInt8>) -> Bool {
        guard !pattern.isEmpty, pattern.count <= maximumByteCount else { return false }
        for index in 0..<pattern.count {
            let byte = pattern[index]
            guard isAlphanumeric(byte) || byte == UInt8(ascii: "*") || isPunctuation(byte) else {
                return false
            }
        }
        return true
    }

    /// Whether one of `patterns`, in which `*` stands for any bytes, is `name`.
    package static func isAllowed(_ name: Span<UInt8>, by patterns: [[UInt8]]) -> Bool {
        patterns.contains { matches(name, $0) }
    }

    private static func matches(_ name: Span<UInt8>, _ pattern: [UInt8]) -> Bool {
        var (index, place) = (0, 0)
        // Behind the last star that was met, and up to where it reaches: only that one ever has to
        // reach further, as what came before it has been found as early as can be.
        var (behindStar, reached) = (0, 0)
        while index < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                place += 1
                (behindStar, reached) = (place, index)
            } else if place < pattern.count, pattern[place] == name[index] {
                (index, place) = (index + 1, place + 1)
            } else if behindStar > 0 {
                reached += 1
                (index, place) = (reached, behindStar)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
