// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Appends at a steady pace and prints how long the appends took, in nanoseconds, one a line.
///
/// `path`, `count`, `bytes` (of a record), `pace` (microseconds from one append to the next),
/// `slot` (milliseconds that count as a second of the schedule).
enum LatencyMode {
    static func run(_ settings: Settings) {
        let clock = SteppedClock(settings)
        let pace = Int64(settings.number("pace", default: 1000)) * 1000
        let byteCount = settings.number("bytes", default: 170)
        var took: [Int64] = []
        do {
            let file = try settings.openFile(now: clock.now, onEvent: { _ in })
            var due = monotonicNanoseconds()
            for _ in 0..<settings.number("count", default: 1000) {
                due += pace
                let wait = due - monotonicNanoseconds()
                if wait > 0 { usleep(UInt32(wait / 1000)) }
                let line = record("l", byteCount: byteCount)
                let (start, now) = (monotonicNanoseconds(), clock.now)
                try file.append(line.span, now: now)
                took.append(monotonicNanoseconds() - start)
            }
        } catch {
            fail("\(error)")
        }
        for nanoseconds in took { print(nanoseconds) }
    }

    private static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
