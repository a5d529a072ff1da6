// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// How much memory this process has for itself.
package enum ProcessMemory {
    /// Has large blocks, once freed, be the kernel's again at once, mallopt(3).
    ///
    /// Left alone, glibc takes the first of them for a habit: after a body of 32 MiB it would keep
    /// up to 64 MiB of free memory. Smaller blocks stay in the heap, where they cost no page
    /// faults.
    package static func returnLargeBlocks() {
        clinux_set_heap_thresholds(4 << 20, 8 << 20)
    }

    /// Resident bytes that are neither of a file nor of a shared mapping; nil when /proc tells
    /// nothing.
    ///
    /// The corresponding file is /proc/self/statm of proc(5). Pages that a fork has left in common
    /// count in each process.
    package static func privateByteCount() -> Int? {
        guard let file = try? Descriptor.open("/proc/self/statm", O_RDONLY) else { return nil }
        let pages = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            guard let count = (try? file.read(into: buffer)) ?? nil else { return nil as Int? }
            return privatePages(in: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return pages.map { $0 * pageByteCount }
    }

    private static let pageByteCount = sysconf(Int32(_SC_PAGESIZE))

    /// The second number less the third.
    static func privatePages(in text: UnsafeRawBufferPointer) -> Int? {
        var (field, value, resident) = (0, 0, 0)
        for byte in text {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), value < 1 << 50 {
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
                continue
            }
            guard byte == UInt8(ascii: " ") else { return nil }
            if field == 1 { resident = value }
            if field == 2 { return max(0, resident - value) }
            (field, value) = (field + 1, 0)
        }
        return nil
    }
}
