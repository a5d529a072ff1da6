// SPDX-License-Identifier: Apache-2.0

/// A compressed format that a body begins like; no text does.
package enum CompressedBody: Sendable {
    case gzip, zstandard

    /// Looks at the first bytes of a body that should be decoded by now.
    init?(of body: Span<UInt8>) {
        func begins(_ magic: [4 of UInt8], _ count: Int) -> Bool {
            guard body.count >= count else { return false }
            for index in 0..<count where body[index] != magic[index] { return false }
            return true
        }
        // RFC 1952, section 2.3.1; RFC 8878, section 3.1.1.
        if begins([0x1F, 0x8B, 0, 0], 2) {
            self = .gzip
        } else if begins([0x28, 0xB5, 0x2F, 0xFD], 4) {
            self = .zstandard
        } else {
            return nil
        }
    }
}
