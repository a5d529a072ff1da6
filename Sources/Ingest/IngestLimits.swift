// SPDX-License-Identifier: Apache-2.0

/// What becomes of a record that is over `IngestLimits.recordByteCount`.
package enum OversizePolicy: String, Sendable, CaseIterable {
    /// It is rejected, and kept with the rejected records.
    case reject
    /// Its first bytes are written as a message that says it was truncated.
    case truncate
}

/// The limits of one request.
package struct IngestLimits: Sendable, Equatable {
    /// Bytes of a body after decompression; inflate stops at it.
    package var decodedByteCount = 64 << 20
    /// Bytes of one record as the client sent it.
    package var recordByteCount = 1 << 20
    package var oversize = OversizePolicy.reject
    /// Levels of nesting, at most 1024; jq 1.6 refuses objects nested deeper than 128.
    package var depth = 128
    /// Characters of one number; Python refuses integers of more than 4300 digits.
    package var numberByteCount = 4096
    /// Fields of one form, empty ones too; at most 1000.
    package var formFieldCount = 256
    /// Bytes that one request may add to the batch: one-letter lines grow sixteenfold.
    package var batchByteCount = 256 << 20
    /// The same where a protocol has its own reader, which may write what comes once, such as labels,
    /// into every line.
    package var expandedByteCount = 256 << 20
    /// Bytes of rejected records kept of one request, in lines of their file; those beyond are only
    /// counted.
    package var rejectedByteCount = 16 << 20
    /// The same for each byte of the body as it came, and for a body without any: a small one must
    /// not fill the disk.
    package var rejectedBytesPerByte = 64
    package var rejectedBaseByteCount = 64 << 10
    /// Bytes of JSON indexed at a time; the index is four times as large and should stay in cache.
    package var windowByteCount = 32 << 10
    /// Scratch memory that is kept between requests.
    package var keptScratchByteCount = 1 << 20

    package init() {}
}
