// SPDX-License-Identifier: Apache-2.0

/// The checksum CRC-32C, by Castagnoli's polynomial (RFC 3720, appendix B.4).
enum CRC32C {
    /// The checksum of `bytes`.
    static func of(_ bytes: Span<UInt8>) -> UInt32 {
        let table = table.span
        var checksum = UInt32.max
        for index in bytes.indices {
            checksum = table[Int((checksum ^ UInt32(bytes[index])) & 0xFF)] ^ checksum >> 8
        }
        return ~checksum
    }

    /// What each value of a byte does to the checksum.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82F6_3B78 }
    }
}
