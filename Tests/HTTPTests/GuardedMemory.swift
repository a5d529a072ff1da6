// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Memory that ends where an unreadable page begins, so that reading one octet too far is a crash.
final class GuardedMemory {
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int
    private let pageSize = 4096

    init(byteCount: Int) {
        let rounded = (byteCount + pageSize - 1) / pageSize * pageSize
        self.byteCount = max(rounded, pageSize)
        guard
            let base = mmap(
                nil, self.byteCount + pageSize, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            base != MAP_FAILED,
            mprotect(base + self.byteCount, pageSize, PROT_NONE) == 0
        else { fatalError("no guarded memory: errno \(errno)") }
        self.base = base
    }

    deinit { munmap(base, byteCount + pageSize) }

    /// Calls `body` with a copy of the octets that ends at the guard page.
    func withCopy<Result>(
        of bytes: ArraySlice<UInt8>, _ body: (Span<UInt8>) throws -> Result
    ) rethrows -> Result {
        let start = base + (byteCount - bytes.count)
        bytes.withUnsafeBytes { source in
            if let from = source.baseAddress { memcpy(start, from, source.count) }
        }
        // SAFETY: bytes.count octets from start were just written and end with the mapping.
        let span = Span<UInt8>(
            _unsafeStart: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)),
            count: bytes.count)
        return try body(span)
    }
}

/// The octets of a text whose characters are octets, from NUL to ÿ.
func octets(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

/// The reverse of `octets`.
func text(_ bytes: some Sequence<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}
