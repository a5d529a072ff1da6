// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A clock that counts slots instead of seconds and that a test may step, for all processes at
/// once.
struct SteppedClock {
    private let slot: Int64
    private let offset: UnsafePointer<Int64>?

    /// Counts slots of `slot` milliseconds, with the offset in the file `clock`, if there is one.
    init(_ settings: Settings) {
        slot = Int64(settings.number("slot", default: 100))
        let path = settings.text("clock")
        offset = path.isEmpty ? nil : Self.map(path)
    }

    /// Slots since 1970.
    var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        return (milliseconds + (offset?.pointee ?? 0)) / slot
    }

    private static func map(_ path: String) -> UnsafePointer<Int64> {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        let base = mmap(nil, MemoryLayout<Int64>.size, PROT_READ, MAP_SHARED, file, 0)
        // SAFETY: the mapping lasts as long as the process and begins on a page.
        guard let base, base != MAP_FAILED else { fail("cannot map \(path)") }
        return UnsafePointer(base.assumingMemoryBound(to: Int64.self))
    }
}
