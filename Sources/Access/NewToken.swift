// SPDX-License-Identifier: Apache-2.0

import Bytes
import OpenSSL

/// A new token: the secret, which only its client will have, and its line in the file.
package struct NewToken: Sendable {
    package let name: String
    package let secret: String
    /// Without its line end.
    package let line: String

    /// Bytes of randomness in a secret.
    static let secretByteCount = 32

    /// Why the token cannot be made, as the end of a sentence.
    package struct Refused: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// Draws a secret.
    ///
    /// - Parameters:
    ///   - streams: patterns, separated by commas; `-` for none.
    ///   - expires: a day `YYYY-MM-DD`; nil for never.
    package init(
        name: String, streams: String, isObserver: Bool, expires: String?
    ) throws(Refused) {
        guard let bytes = SecretBytes.make(Self.secretByteCount), let hash = SHA256() else {
            throw Refused(description: "the system's generator returns no random bytes")
        }
        var encoded = ByteBuffer()
        encoded.append(base64: bytes.span, .urlSafe)
        secret = Token.secretPrefix + String(encoded)
        let text = secret
        guard let digest = hash.digest(of: text.utf8.span) else {
            throw Refused(description: "OpenSSL cannot hash")
        }
        var words = [name, TokenFile.digestPrefix + Self.hexadecimal(digest), streams]
        if isObserver { words.append(TokenFile.observeWord) }
        if let expires { words.append(TokenFile.expiresWord + expires) }
        self.name = name
        line = words.joined(separator: " ")
        // The line is read back before it is written, because an extra or missing word would shift
        // the others.
        let read = TokenFile(path: "", text: line)
        if let mistake = read.mistakes.first { throw Refused(description: mistake.why) }
        guard read.tokens.count == 1, TokenFile.words(of: line[...]).count == words.count else {
            throw Refused(description: "a name, streams or a date cannot contain spaces or #")
        }
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.span.indices.map { index in
            String(digest[index] >> 4, radix: 16) + String(digest[index] & 15, radix: 16)
        }.joined()
    }
}
