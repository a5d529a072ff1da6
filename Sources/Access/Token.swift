// SPDX-License-Identifier: Apache-2.0

import OpenSSL
import RotatingFile
import Streams

/// A client that may send records, or see the state of the service.
///
/// Only the SHA-256 of its secret is kept. A slow, salted hash, which passwords need, would add
/// nothing: secrets are 256 random bits, so there is no dictionary to try and no two are the same.
package struct Token: Sendable {
    package let name: String
    let digest: SHA256.Digest
    /// The streams to which it may write; empty for none.
    let streams: [StreamPattern]
    /// Whether it may request what `observation.access` protects.
    let isObserver: Bool
    /// Epoch seconds from which it is no longer valid.
    let expiresAt: Int64?
    /// Of `name`.
    package let nameBytes: [UInt8]

    init(
        name: String, digest: SHA256.Digest, streams: [StreamPattern], isObserver: Bool = false,
        expiresAt: Int64? = nil
    ) {
        self.name = name
        self.digest = digest
        self.streams = streams
        self.isObserver = isObserver
        self.expiresAt = expiresAt
        nameBytes = Array(name.utf8)
    }

    /// A name that no stream can have is harmless here, because there is no such stream.
    package func mayWrite(_ stream: Span<UInt8>) -> Bool {
        !StreamName.isValid(stream) || streams.allow(stream)
    }

    /// The prefix of all secrets, so that scanners for secrets find them.
    static let secretPrefix = "cw_"

    /// Whether a token may have this name: short, without a colon, which ends the name in `Basic`
    /// (RFC 7617, 2), and without characters that JSON or a label of a metric would have to escape.
    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: false
            }
        }
        guard let first = bytes.first, isAlphanumeric(first), bytes.count <= nameByteLimit,
            !text.hasPrefix(secretPrefix)
        else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    static let nameByteLimit = 64
    static let allowedName =
        "1 to \(nameByteLimit) of letters, digits, '.', '_' and '-', the first a letter or digit,"
        + " and not \(secretPrefix) in front"
}
