// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// This process's share of the machine.
package struct ProcessUsage: Equatable {
    /// Of all processors, in user and in system mode.
    package var processorNanoseconds: Int64 = 0
    package var virtualByteCount: Int64 = 0
    /// Shared pages count in each process that has them.
    package var residentByteCount: Int64 = 0
    package var openDescriptorCount: Int64 = 0

    /// The present usage; values that /proc does not tell are 0.
    ///
    /// The corresponding file is /proc/self/statm of proc(5).
    package static func ofThisProcess() -> ProcessUsage {
        var usage = ProcessUsage()
        usage.processorNanoseconds = processorNanoseconds()
        usage.openDescriptorCount = openDescriptorCount()
        guard let file = try? Descriptor.open("/proc/self/statm", O_RDONLY) else { return usage }
        let pages = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            guard let count = (try? file.read(into: buffer)) ?? nil else { return [] as [Int64] }
            return firstNumbers(2, in: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        guard pages.count == 2 else { return usage }
        let pageByteCount = Int64(sysconf(Int32(_SC_PAGESIZE)))
        usage.virtualByteCount = pages[0] * pageByteCount
        usage.residentByteCount = pages[1] * pageByteCount
        return usage
    }

    /// At most `limit` numbers that `text` begins with, each with a space behind it.
    static func firstNumbers(_ limit: Int, in text: UnsafeRawBufferPointer) -> [Int64] {
        var numbers: [Int64] = []
        var value: Int64 = 0
        for byte in text where numbers.count < limit {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where value < 1 << 50:
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: " "):
                numbers.append(value)
                value = 0
            default: return numbers
            }
        }
        return numbers
    }

    private static func processorNanoseconds() -> Int64 {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Since Linux 6.2 the directory's size is their number, which saves listing thousands.
    private static func openDescriptorCount() -> Int64 {
        let status = try? FileStatus(at: "/proc/self/fd")
        if let status, status.byteCount > 0 { return status.byteCount }
        // The listing itself has one open.
        let count = try? Directory.count(in: "/proc/self/fd") { $0[0] != UInt8(ascii: ".") }
        return Int64(max(0, (count ?? 1) - 1))
    }
}
