// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Glibc

/// When a worker asks for a successor: after so many requests, or when it uses so much memory.
struct Recycling: Equatable {
    private let requestLimit: Int?
    private let memoryLimit: Int?
    private let startedAt: Int64

    /// - Parameters:
    ///   - process: the worker's; the limit of requests differs by it.
    ///   - startedAt: monotonic seconds.
    init(_ settings: Configuration.Recycle, process: pid_t, startedAt: Int64) {
        requestLimit = settings.requestCount.map { Self.spread($0, process) }
        memoryLimit = settings.memoryByteCount
        self.startedAt = startedAt
    }

    /// - Parameters:
    ///   - now: monotonic seconds.
    ///   - memory: the bytes of memory that only this process uses; called only if they matter.
    func isDue(requestCount: Int, now: Int64, memory: () -> Int?) -> Bool {
        if let requestLimit, requestCount >= requestLimit { return true }
        guard let memoryLimit, now - startedAt >= Self.leastAgeSeconds, let used = memory() else {
            return false
        }
        return used > memoryLimit
    }

    /// A tenth more or less, so that not all workers are replaced at the same time.
    private static func spread(_ count: Int, _ process: pid_t) -> Int {
        count + count / 10 * (Int(process) % 21 - 10) / 10
    }

    /// If the limit is less than any worker needs, workers do not replace each other without end.
    private static let leastAgeSeconds: Int64 = 10
}
