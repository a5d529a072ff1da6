// SPDX-License-Identifier: Apache-2.0

import Bytes
import OpenSSL

/// Finds the token whose secret a request carries.
///
/// Allocates nothing for a request.
package final class Authenticator {
    let table: TokenTable
    private let hash: SHA256
    private var decoded = ByteBuffer(capacity: Authenticator.encodedByteLimit)

    /// The longest secret, in bytes, that is checked; those of `cordwood token new` have 46.
    static let secretByteLimit = 256
    /// Base64 of the longest name, a colon and the longest secret.
    static let encodedByteLimit = (Token.nameByteLimit + 1 + secretByteLimit + 2) / 3 * 4

    enum Finding: Equatable {
        /// The place of the token in the table.
        case token(Int)
        /// The right secret, but the token has expired.
        case expired(Int)
        /// A secret that no token has.
        case wrong
        case missing
    }

    /// Nil if OpenSSL cannot hash.
    package init?(_ table: TokenTable) {
        guard let hash = SHA256() else { return nil }
        self.table = table
        self.hash = hash
    }

    /// Finds the sender of a request.
    ///
    /// - Parameters:
    ///   - authorization: the value of the field Authorization; empty if absent.
    ///   - apiKey: the secret alone, such as the value of the field X-Api-Key; empty if absent.
    ///   - takesAnyUser: whether the name beside a secret does not count.
    ///   - now: epoch seconds.
    func sender(
        _ authorization: Span<UInt8>, apiKey: Span<UInt8>, takesAnyUser: Bool = false,
        now: @autoclosure () -> Int64
    ) -> Finding {
        guard let index = found(authorization, apiKey, takesAnyUser) else { return .missing }
        guard index >= 0 else { return .wrong }
        if let end = table.tokens[index].expiresAt, now() >= end { return .expired(index) }
        return .token(index)
    }

    /// The place of the token; -1 if the credentials are wrong, nil if the request has none.
    private func found(
        _ authorization: Span<UInt8>, _ apiKey: Span<UInt8>, _ takesAnyUser: Bool
    ) -> Int? {
        let byAuthorization = found(OfferedCredentials(authorization), authorization, takesAnyUser)
        if apiKey.isEmpty { return byAuthorization }
        let byKey = index(ofSecret: apiKey)
        if authorization.isEmpty { return byKey }
        // Fields with different secrets count as wrong: otherwise it would be left to chance which
        // counts.
        return byAuthorization == byKey ? byKey : -1
    }

    private func found(
        _ credentials: OfferedCredentials, _ bytes: Span<UInt8>, _ takesAnyUser: Bool
    ) -> Int? {
        switch credentials {
        case .none: nil
        case .secret(let range): index(ofSecret: bytes.extracting(range))
        case .nameAndSecret(let range): index(ofBasic: bytes.extracting(range), takesAnyUser)
        }
    }

    private func index(ofBasic encoded: Span<UInt8>, _ takesAnyUser: Bool) -> Int {
        decoded.removeAll()
        guard encoded.count <= Self.encodedByteLimit, Base64.decode(encoded, into: &decoded) else {
            return -1
        }
        func index(_ decoded: borrowing ByteBuffer) -> Int {
            let pair = decoded.span
            // RFC 7617, 2: the first colon ends the name.
            let colon = pair.firstIndex(of: UInt8(ascii: ":"), from: 0)
            guard colon < pair.count else { return -1 }
            let index = self.index(ofSecret: pair.extracting((colon + 1)...))
            if index < 0 || takesAnyUser { return index }
            let name = table.tokens[index].nameBytes
            return pair.extracting(..<colon).equals(name.span) ? index : -1
        }
        defer { decoded.removeAll() }
        return index(decoded)
    }

    private func index(ofSecret secret: Span<UInt8>) -> Int {
        guard !secret.isEmpty, secret.count <= Self.secretByteLimit,
            let digest = hash.digest(of: secret)
        else { return -1 }
        return table.index(of: digest) ?? -1
    }
}
