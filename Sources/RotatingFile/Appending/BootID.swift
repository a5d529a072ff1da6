// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// Names the run of the kernel, random(4): another one means that memory was lost in between.
struct BootID: Equatable {
    var high: Int64
    var low: Int64

    /// Zero where /proc is not mounted, which then never tells a reboot.
    static let current = read()

    private static func read() -> BootID {
        let text = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            let opened = try? Descriptor.open("/proc/sys/kernel/random/boot_id", O_RDONLY)
            let count = try? opened?.read(into: buffer)
            return String(decoding: buffer[..<(count ?? 0)], as: UTF8.self)
        }
        let digits = text.filter(\.isHexDigit)
        return BootID(
            high: Int64(bitPattern: UInt64(digits.prefix(16), radix: 16) ?? 0),
            low: Int64(bitPattern: UInt64(digits.dropFirst(16), radix: 16) ?? 0))
    }
}
