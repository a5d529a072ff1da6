// SPDX-License-Identifier: Apache-2.0

/// Whether clients should send here, as `/readyz` reports.
package enum Readiness: Equatable {
    case ready
    /// This worker ends, and no other takes its place.
    case draining
    /// The service will stop soon, and still accepts requests.
    case stopping
    case diskLow
    case writesFail

    /// - Parameters:
    ///   - isDraining: whether the worker that answers drains.
    ///   - isStopAnnounced: whether the master has announced a stop.
    ///   - runningWorkerCount: of all workers. If some run, a worker that drains has only been
    ///     replaced, and the service is as ready as the others are.
    ///   - now: monotonic nanoseconds.
    package init(
        isDraining: Bool, isStopAnnounced: Bool, runningWorkerCount: Int, isDiskLow: Bool,
        writes: WriteTimes, now: Int64
    ) {
        if isStopAnnounced {
            self = isDraining ? .draining : .stopping
        } else if isDraining, runningWorkerCount == 0 {
            // The master is gone.
            self = .draining
        } else if isDiskLow {
            self = .diskLow
        } else {
            self = writes.areFailing(now: now) ? .writesFail : .ready
        }
    }

    package var line: StaticString {
        switch self {
        case .ready: "ready\n"
        case .draining: "draining\n"
        case .stopping: "stopping\n"
        case .diskLow: "disk low\n"
        case .writesFail: "writes fail\n"
        }
    }
}

/// When a write last failed, and when one last succeeded: monotonic nanoseconds, 0 for never.
package struct WriteTimes: Equatable {
    package var failedAt: Int64
    package var writtenAt: Int64

    package init(failedAt: Int64, writtenAt: Int64) {
        self.failedAt = failedAt
        self.writtenAt = writtenAt
    }

    /// Whether all writes fail: one failed in the last ten seconds, and none has succeeded since a
    /// second before it.
    ///
    /// The second keeps a service ready if its other streams can be written. After the ten seconds
    /// clients may try again, because only their requests can show that writing works again.
    func areFailing(now: Int64) -> Bool {
        failedAt > 0 && now - failedAt < Self.memory && failedAt - writtenAt >= Self.tolerance
    }

    private static let memory: Int64 = 10_000_000_000
    private static let tolerance: Int64 = 1_000_000_000
}
