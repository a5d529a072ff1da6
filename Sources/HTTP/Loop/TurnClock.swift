// SPDX-License-Identifier: Apache-2.0

import Linux

/// The monotonic time of a turn of the loop, read again after each piece of work.
final class TurnClock {
    private(set) var nanoseconds: Int64 = 0
    private(set) var second: Int64 = 0
    private let handler: any RequestHandler

    init(handler: any RequestHandler) {
        self.handler = handler
        read()
    }

    /// Reads the clock; reading it proves that the process is alive, however long its work takes.
    @inline(__always)
    func read() {
        nanoseconds = Clock.monotonicNanoseconds()
        let now = nanoseconds / 1_000_000_000
        if now == second { return }
        second = now
        handler.didReach(second: now)
    }
}
