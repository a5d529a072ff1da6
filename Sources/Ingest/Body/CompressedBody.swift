// SPDX-License-Identifier: Apache-2.0

/// A compressed format that a body begins like; no text does.
package enum CompressedBody: Sendable {
    case gzip, zstd

    /// Looks at the first bytes of a body that should be decoded by now.
    package init?(of body: Span<UInt8>) {
        func begins(_ magic: [4 of UInt8], _ count: Int) -> Bool {
            guard body.count >= count else { return false }
            for index in 0..<count where body[index] != magic[index] { return false }
            return true
        }
        // RFC 1952, section 2.3.1; RFC 8878, section 3.1.1.
        if begins([0x1F, 0x8B, 0, 0], 2) {
            self = .gzip
        } else if begins([0x28, 0xB5, 0x2F, 0xFD], 4) {
            self = .zstd
        } else {
            return nil
        }
    }
}

extension ContentCoding {
    /// The coding of a body whose first bytes decide it, or else this one.
    func resolved(for body: Span<UInt8>) -> ContentCoding {
        switch self {
        case .detected: ContentCoding(detecting: body)
        case .snappy: body.isObjectAndNotSnappy ? .identity : .snappy
        default: self
        }
    }

    /// `gzip`, `deflate` in zlib's format, or `zstd` if a body begins like one of them, or else
    /// `identity`.
    private init(detecting body: Span<UInt8>) {
        switch CompressedBody(of: body) {
        case .gzip: self = .gzip
        case .zstd: self = .zstd
        // 0x78 is a window of 32 KiB, which all write; a dictionary, which nobody sends, would make
        // the text `x ` a header.
        case nil:
            self = body.beginsZlib && body[0] == 0x78 && body[1] & 0x20 == 0 ? .deflate : .identity
        }
    }
}

extension Span<UInt8> {
    /// Whether it begins with the header of zlib's format for deflate (RFC 1950, section 2.2).
    var beginsZlib: Bool {
        guard count >= 2, self[0] & 0x0F == 8 else { return false }
        return (UInt16(self[0]) << 8 | UInt16(self[1])) % 31 == 0
    }

    /// Whether it begins like a JSON object, and not like a block of Snappy.
    ///
    /// Read as a block, `{` and white space are lengths, and what follows is a tag. The first tag has
    /// to be one of a literal, because there is nothing yet to copy.
    fileprivate var isObjectAndNotSnappy: Bool {
        let start = skippingWhiteSpace(from: 0)
        guard start + 1 < count, self[start] == .openBrace else { return false }
        if start > 0 || self[1] & 3 != 0 { return true }
        // `{ "`: a text that begins with a quotation mark is no message of protobuf that is sent.
        return self[1] == .space && skippingWhiteSpace(from: 1) < count
            && self[skippingWhiteSpace(from: 1)] == .quote
    }
}
