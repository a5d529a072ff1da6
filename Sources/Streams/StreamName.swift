// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The names that streams may have: `[a-z0-9][a-z0-9._-]{0,63}`, never with `..` in it.
///
/// A name becomes the name of a file, so it must not contain anything that has a meaning in a path.
/// A name that ends in `.rejected` belongs to the rejected records of another stream.
package enum StreamName {
    package static let maximumByteCount = 64

    /// The rule of names, to complete the sentence 'it must be …'.
    package static let allowed =
        "1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit, no '..'"

    package static func isValid(_ name: Span<UInt8>) -> Bool {
        guard !name.isEmpty, name.count <= maximumByteCount, isAlphanumeric(name[0]) else {
            return false
        }
        for index in 0..<name.count {
            let byte = name[index]
            guard isCharacter(byte) else { return false }
            if byte == UInt8(ascii: "."), index > 0, name[index - 1] == byte { return false }
        }
        return !name.hasSuffix(".rejected")
    }

    /// Whether names may contain the byte.
    static func isCharacter(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
