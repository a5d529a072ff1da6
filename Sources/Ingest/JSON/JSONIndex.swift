// SPDX-License-Identifier: Apache-2.0

import CSimdJSON

/// The tokens of one window of JSON text, and a cursor on them.
///
/// It keeps no bytes: each call is given the window that `build` was given.
struct JSONIndex: ~Copyable {
    // nil only when there was no memory, which `build` reports.
    private let index: OpaquePointer?

    init(limits: IngestLimits) {
        index = json_index_create(UInt32(clamping: limits.depth), limits.numberByteCount)
    }

    deinit { json_index_destroy(index) }

    /// How many bytes of text there is room for; the memory is four times as large.
    var capacity: Int { index.map { json_index_capacity($0) } ?? 0 }

    /// Indexes `window`, behind which 64 bytes must be readable.
    mutating func build(
        _ window: Span<UInt8>, isLast: Bool
    ) throws(IngestError) -> JSONIndexStatus {
        guard let index else { throw .outOfMemory }
        // SAFETY: whoever made the span guarantees the padding; see `Ingester.ingest`.
        let status = window.withUnsafeBufferPointer { bytes in
            json_index_build(index, bytes.baseAddress, bytes.count, isLast)
        }
        if status == .noMemory { throw .outOfMemory }
        return status
    }

    /// Reads a value, or whole lines of one object of at most `lineLimit` bytes each.
    mutating func read(_ window: Span<UInt8>, lineLimit: Int) -> JSONReading {
        window.withUnsafeBufferPointer { json_index_read(index, $0.baseAddress, lineLimit) }
    }

    /// Reads an element and the separator behind it.
    mutating func readElement(_ window: Span<UInt8>) -> JSONReading {
        window.withUnsafeBufferPointer { json_index_read_element(index, $0.baseAddress) }
    }

    /// Goes to the first token at or behind `offset`.
    mutating func seek(_ offset: Int) { json_index_seek(index, offset) }
}

extension Span<UInt8> {
    /// Whether these bytes are UTF-8.
    package var isUTF8: Bool {
        // Of a few bytes a call costs more than a look.
        if count < 16 { return validPrefixCount == count }
        return withUnsafeBufferPointer { json_is_utf8($0.baseAddress, $0.count) }
    }
}
