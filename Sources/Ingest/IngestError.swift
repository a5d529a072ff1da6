// SPDX-License-Identifier: Apache-2.0

/// Why nothing of a body was used.
package enum IngestError: Error, Equatable {
    /// There is nothing in it but white space.
    case emptyBody
    /// The compressed body is damaged, or something else follows it.
    case corruptCompression
    /// It is not compressed as it is said to be.
    case notCompressed
    /// It is compressed, once more than it is said to be.
    case compressed(CompressedBody)
    /// The compressed body ends too early.
    case truncatedCompression
    /// To decode the body takes a window of more than `limit` bytes.
    case windowTooLarge(limit: Int)
    /// The body is larger than `limit` bytes once decoded.
    case decodedTooLarge(limit: Int)
    /// The records would be larger than `limit` bytes in the file.
    case batchTooLarge(limit: Int)
    /// It is not of the format of its protocol, so that no records can be found in it.
    case malformed
    case outOfMemory
}
